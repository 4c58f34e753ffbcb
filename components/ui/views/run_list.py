"""All runs of this visitor: look, rename, share, compare two, start again with a change, delete."""

from datetime import datetime

import pandas as pd
import streamlit as st

from components.charts.theme import significant
from components.training.runs import Run

from ..language import t
from ..plain import plain
from ..runs import ACTIVE, duration, launcher, megabytes, open_run, state_of, store
from ..visitor import key_is_in_the_address, visitor_key

COMPARED = ("accuracy", "macro_f1", "weighted_f1", "ece", "perplexity_after", "masked_accuracy_after")


def show_runs() -> None:
    """The list; looked at every two seconds while something waits or trains."""
    runs = store().runs(visitor_key())
    if key_is_in_the_address():
        st.info(t("runs.key_in_address"), icon=":material/bookmark:")
    if not runs:
        st.info(t("runs.none"), icon=":material/model_training:")
        st.page_link("pages/fine_tune.py", label=t("runs.to_fine_tune"), icon=":material/add:")
        return
    used, limits = sum(run.size_bytes for run in runs), store().limits
    values = {"n": len(runs), "runs": limits.runs, "used": megabytes(used), "size": megabytes(limits.bytes), "days": limits.days}
    st.caption(t("runs.quota", **values))
    if any(run.state in ACTIVE for run in runs):
        _watch([(run.id, run.state) for run in runs])
    for run in runs:
        _show_run(run)


def show_comparison() -> None:
    """Two runs side by side: what was set differently, and the scores."""
    finished = {run.id: run for run in store().runs(visitor_key()) if run.scores}
    if len(finished) < 2:
        return
    st.subheader(t("runs.compare"), anchor=False)
    names = {id: f"{run.name} · {_when(run)}" for id, run in finished.items()}
    left, right = st.columns(2)
    first = finished[left.selectbox(t("runs.first"), list(names), format_func=names.get, key="runs:first")]
    second = finished[right.selectbox(t("runs.second"), list(names), index=1, format_func=names.get, key="runs:second")]
    one, other = first.settings.to_json(), second.settings.to_json()
    table = {name: (str(one[name]), str(other[name])) for name in one if one[name] != other[name]}
    if first.data.get("digest") != second.data.get("digest"):
        table[t("runs.data")] = (first.data.get("digest", ""), second.data.get("digest", ""))
    table |= {name: tuple(significant(run.scores[name]) if name in run.scores else "–" for run in (first, second)) for name in COMPARED if name in first.scores or name in second.scores}  # fmt: skip
    table[t("runs.cost_time")] = (duration(first.seconds), duration(second.seconds))
    st.dataframe(pd.DataFrame(table, index=[plain(first.name, 60), plain(second.name, 60)]).T)
    if first.data.get("digest") != second.data.get("digest"):
        st.caption(t("runs.other_data"))


@st.fragment(run_every=2.0)
def _watch(seen: list[tuple[str, str]]) -> None:
    launcher().ensure()
    runs = store().runs(visitor_key())
    if [(run.id, run.state) for run in runs] != seen:
        st.rerun()
    for run in runs:
        if run.state == "running" and run.progress.get("step"):
            left = duration(run.progress.get("seconds_left"))
            st.progress(min(run.progress["step"] / run.progress["steps"], 1.0), t("runs.running_now", name=plain(run.name, 60), left=left))


def _show_run(run: Run) -> None:
    with st.container(border=True, key=f"run-{run.id}"):
        left, middle, right = st.columns([4, 4, 2], vertical_alignment="center")
        left.markdown(f"**{plain(run.name, 60)}**  \n{state_of(run)} · {_when(run)}")
        middle.markdown(f"{_scores(run)}  \n{duration(run.seconds or None)} · {megabytes(run.size_bytes)}")
        if right.button(t("runs.open"), key=f"open:{run.id}", width="stretch"):
            open_run(run.id)
            st.switch_page("pages/fine_tune.py", query_params={"run": run.id})
        with right.popover(t("runs.more"), width="stretch"):
            _actions(run)


def _actions(run: Run) -> None:
    key = visitor_key()
    name = st.text_input(t("runs.rename"), run.name, key=f"name:{run.id}", max_chars=100)
    if name.strip() and name != run.name:
        store().rename(run.id, key, name)
        st.rerun()
    st.caption(t("runs.share"))
    st.code(f"?run={run.id}&key={run.read_key}", language=None)
    if run.state in ACTIVE:
        st.button(t("runs.stop"), key=f"stop:{run.id}", on_click=store().stop, args=(run.id, key))
    elif st.checkbox(t("runs.sure"), key=f"sure:{run.id}"):
        st.button(t("runs.delete"), key=f"delete:{run.id}", on_click=store().delete, args=(run.id, key), type="primary")


def _scores(run: Run) -> str:
    shown = [f"{t(f'runs.{name}')} {significant(run.scores[name])}" for name in ("accuracy", "macro_f1") if name in run.scores]
    if "perplexity_after" in run.scores:
        shown.append(f"{t('runs.perplexity')} {significant(run.scores['perplexity_after'])}")
    return " · ".join(shown) or "–"


def _when(run: Run) -> str:
    return datetime.fromtimestamp(run.created).strftime("%Y-%m-%d %H:%M")
