"""All runs of this visitor: look, rename, share, compare two, start again with a change, delete."""

from datetime import datetime

import streamlit as st

from components.charts.numbers import significant
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.runs import ACTIVE, duration, launcher, megabytes, open_run, run_again, state_of, store
from components.ui.state.visitor import key_is_in_the_address, visitor_key
from components.ui.widgets.address import copy_address_of
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.options import named

from .compare import show_pair


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
    """Two of the finished runs side by side."""
    finished = {run.id: run for run in store().runs(visitor_key()) if run.scores}
    if len(finished) < 2:
        return
    st.subheader(t("runs.compare"), anchor=False)
    names = {id: f"{run.name} · {_when(run)}" for id, run in finished.items()}
    left, right = st.columns(2)
    first = left.selectbox(t("runs.first"), list(names), index=1, format_func=named(names), key="runs:first")
    second = right.selectbox(t("runs.second"), list(names), format_func=named(names), key="runs:second")
    show_pair(finished[first], finished[second])


@st.fragment(run_every=2.0)
def _watch(seen: list[tuple[str, str]]) -> None:
    launcher().ensure()
    runs = store().runs(visitor_key())
    if [(run.id, run.state) for run in runs] != seen:
        st.rerun()
    for run in runs:
        if run.state == "running" and run.progress.step:
            left = duration(run.progress.seconds_left)
            st.progress(run.progress.share, t("runs.running_now", name=escaped_markdown(run.name, 60), left=left))


def _show_run(run: Run) -> None:
    with st.container(border=True, key=f"run-{run.id}"):
        left, middle, right = st.columns([4, 4, 2], vertical_alignment="center")
        left.markdown(f"**{escaped_markdown(run.name, 60)}**  \n{state_of(run)} · {_when(run)}")
        middle.markdown(f"{_scores(run)}  \n{duration(run.seconds or None)} · {megabytes(run.size_bytes)}")
        if right.button(t("runs.open"), key=f"runs:open:{run.id}", width="stretch"):
            open_run(run.id)
            st.switch_page("pages/fine_tune.py", query_params={"run": run.id})
        with right.popover(t("runs.more"), width="stretch"):
            _actions(run)


def _actions(run: Run) -> None:
    key = visitor_key()
    name = st.text_input(t("runs.rename"), run.name, key=f"runs:name:{run.id}", max_chars=100)
    if name.strip() and name != run.name:
        store().rename(run.id, key, name)
        st.rerun()
    st.caption(t("runs.share"))
    copy_address_of("fine_tune", t("runs.copy_address"), {"run": run.id, "key": run.read_key}, key=f"runs:link:{run.id}")
    if run.state not in ACTIVE and st.button(t("runs.again"), key=f"runs:again:{run.id}", icon=":material/restart_alt:"):
        run_again(run.id)
        st.switch_page("pages/fine_tune.py", query_params={"from": run.id})
    if run.state in ACTIVE:
        st.button(t("runs.stop"), key=f"runs:stop:{run.id}", on_click=store().stop, args=(run.id, key))
    elif st.checkbox(t("runs.sure"), key=f"runs:sure:{run.id}"):
        st.button(t("runs.delete"), key=f"runs:delete:{run.id}", on_click=store().delete, args=(run.id, key), type="primary")


def _scores(run: Run) -> str:
    shown = [f"{t(f'runs.{name}')} {significant(run.scores[name])}" for name in ("accuracy", "macro_f1") if name in run.scores]
    if "perplexity_after" in run.scores:
        shown.append(f"{t('runs.perplexity')} {significant(run.scores['perplexity_after'])}")
    return " · ".join(shown) or "–"


def _when(run: Run) -> str:
    return datetime.fromtimestamp(run.created).strftime("%Y-%m-%d %H:%M")
