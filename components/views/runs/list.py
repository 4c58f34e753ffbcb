"""All runs of this visitor in rows: look, try, rename, share, compare two, start again with a change, delete."""

from datetime import datetime
from html import escape

import streamlit as st

from components.evaluation.intervals import wilson
from components.training.judged import JudgedResult
from components.training.results import ClassificationResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.runs import ACTIVE, duration, launcher, megabytes, open_run, run_again, state_of, store
from components.ui.state.visitor import key_is_in_the_address, visitor_key
from components.ui.widgets.address import copy_address_of
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import escaped_markdown, printable
from components.ui.widgets.verdict import said, show_doubt, show_finding

from .compare import show_pair
from .judged.verdict import measure_name, with_ends
from .pictures import Dot, score, spark
from .trial import answer, trial_texts

NEW = "pages/fine_tune.py"
FEW_ROWS = 50  # judged rows under which an answer is doubted
STYLE = """<style>
.hi-name { font: 600 1.06rem/1.4 var(--hi-heading); overflow-wrap: anywhere; }
.hi-name + small { display: block; font-size: .8rem; line-height: 1.5; color: var(--hi-ink2); }
.hi-name b { display: inline-block; width: 12px; height: 12px; border-radius: 50%; border: 2px solid var(--hi-edge); margin-right: .35rem; vertical-align: 0; }
.hi-name b.a { background: var(--hi-ai); border-color: var(--hi-ai); }
.hi-size { font-size: .82rem; color: var(--hi-ink2); white-space: nowrap; font-variant-numeric: tabular-nums; }
.hi-pair ul { list-style: none; margin: .5rem 0 0; padding: 0 !important; }
.hi-pair li { border-top: 1px solid var(--hi-line); padding: .35rem 0; margin: 0; font-size: .94rem; }
.hi-pair q { quotes: none; font-weight: 600; }
[class*="st-key-run-line-"] { flex-wrap: nowrap; }
@media (max-width: 760px) { [class*="st-key-run-line-"] { flex-wrap: wrap; } [class*="st-key-run-line-"] > :has(.hi-name) { flex: 1 1 70%; } }
[class*="st-key-run-row-"] { border-top: 1px solid var(--hi-line); padding: .5rem 0; }
.st-key-runs-bar { background: var(--hi-raise); border: 1px solid var(--hi-edge); border-radius: 10px; padding: 6px 6px 6px 16px; flex-wrap: nowrap; }
</style>"""


def visitors_runs() -> list[Run]:
    """The visitor's runs, the newest first."""
    return store().runs(visitor_key())


def show_runs(runs: list[Run]) -> None:
    """The bar, what is said of all, and a row for each; looked at every two seconds while something waits or trains."""
    _show_bar(runs)
    show_finding(_finding(runs))
    if any(run.state in ACTIVE for run in runs):
        _watch([(run.id, run.state) for run in runs])
    pair = _pair(runs)
    with st.container(key="runs-rows", gap=None):
        for run in runs:
            _show_row(run, pair)
    st.markdown(f":small[{t('runs.rows_legend')}]")


def show_comparison(runs: list[Run]) -> None:
    """The two that are ticked."""
    judged = {run.id: run for run in runs if run.scores}
    if len(judged) < 2:
        return
    st.subheader(t("runs.compare"), anchor=False)
    pair = [judged[id] for id in _pair(runs)]
    if len(pair) < 2:
        st.caption(t("runs.tick_two"))
        return
    show_pair(*pair)


def _show_bar(runs: list[Run]) -> None:
    used, limits = sum(run.size_bytes for run in runs), store().limits
    values = {"n": len(runs), "runs": limits.runs, "used": megabytes(used), "size": megabytes(limits.bytes), "days": limits.days}
    with st.container(horizontal=True, vertical_alignment="center", key="runs-bar"):
        st.markdown(t("runs.quota", **values), width="stretch")
        if key_is_in_the_address():
            with st.popover(t("runs.about_key"), icon=":material/info:", type="tertiary"):
                st.markdown(t("runs.key_in_address"))
        if st.button(t("runs.new"), type="primary", key="runs:new-model"):
            st.switch_page(NEW)


def _finding(runs: list[Run]) -> str:
    """How many of the judged models are better than the best baseline by more than chance, as each one's own page says."""
    judged = [run.result for run in runs if isinstance(run.result, ClassificationResult | JudgedResult)]
    if not judged:
        return said("runs.list_finding_none", n=len(runs))
    clear = sum(_clear(result) for result in judged)
    return said("runs.list_finding", n=len(judged), clear=clear)


def _clear(result: ClassificationResult | JudgedResult) -> bool:
    """Whether it is better than the best baseline by more than chance."""
    best = result.best_baseline
    verdict = result.verdict(best) if isinstance(result, JudgedResult) else result.against(best).verdict
    return verdict == "first"


def _low(result: ClassificationResult) -> float:
    interval = wilson(result.judgement.right, result.judgement.rows)
    return interval.low if interval else 0.0


def _pair(runs: list[Run]) -> list[str]:
    """The ids of the two that are compared, in the order of the rows: those ticked last; until one is, the newest two that learned from the
    same rows."""
    judged = [run for run in runs if run.scores]
    alike = [
        [first.id, second.id]
        for place, first in enumerate(judged)
        for second in judged[place + 1 :]
        if (first.data.get("digest"), first.settings.task) == (second.data.get("digest"), second.settings.task)
    ]
    ticked = st.session_state.setdefault("runs:ticked", alike[0] if alike else [])
    return [run.id for run in judged if run.id in ticked][:2]


def _tick(id: str) -> None:
    ticked = [one for one in st.session_state.get("runs:ticked", []) if one != id]
    st.session_state["runs:ticked"] = [*ticked, id][-2:] if st.session_state[f"runs:tick:{id}"] else ticked


@st.fragment(run_every=2.0)
def _watch(seen: list[tuple[str, str]]) -> None:
    launcher().ensure()
    runs = visitors_runs()
    if [(run.id, run.state) for run in runs] != seen:
        st.rerun()
    for run in runs:
        if run.state == "running" and run.progress.step:
            left = duration(run.progress.seconds_left)
            st.progress(run.progress.share, t("runs.running_now", name=escaped_markdown(run.name, 60), left=left))


def _show_row(run: Run, pair: list[str]) -> None:
    trying = st.session_state.get("runs:trying") == run.id
    with st.container(key=f"run-row-{run.id}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", key=f"run-line-{run.id}"):
            if run.scores:
                st.session_state[f"runs:tick:{run.id}"] = run.id in pair
                st.checkbox(
                    t("runs.tick", name=escaped_markdown(run.name, 60)), key=f"runs:tick:{run.id}", on_change=_tick, args=(run.id,), label_visibility="collapsed",
                    width="content",
                )  # fmt: skip
            st.html(_name(run, pair), width="stretch")
            st.html(_curve(run) if run.result and run.result.epochs else "<span></span>", width=112)
            st.html(row_score(run), width=224)
            st.html(f'<span class="hi-size">{megabytes(run.size_bytes)}</span>', width=64)
            _show_ways(run, trying)
        if trying and isinstance(run.result, ClassificationResult):
            _try(run, run.result)


def _show_ways(run: Run, trying: bool) -> None:
    """Try it, open it, and what is rarely wanted."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", width=196, gap="xsmall"):
        if isinstance(run.result, ClassificationResult) and run.model_dir.exists():
            words = t("runs.close") if trying else t("runs.try_row")
            st.button(words, key=f"runs:try-row:{run.id}", on_click=_toggle, args=(run.id,))
        if st.button(t("runs.open"), key=f"runs:open:{run.id}", type="tertiary"):
            open_run(run.id)
            st.switch_page(NEW, query_params={"run": run.id})
        with st.popover(t("runs.more"), type="tertiary", key=f"runs:more:{run.id}"):
            _actions(run)


def _name(run: Run, pair: list[str]) -> str:
    parts = [state_of(run)] if run.state != "done" else []
    parts.append(t("runs.n_rows", n=f"{run.data.get('rows', 0):,}"))
    if isinstance(run.result, ClassificationResult):
        parts.append(t("tune.station_classes", n=len(run.result.labels)))
    if run.seconds:
        parts.append(duration(run.seconds))
    parts.append(_when(run))
    letter = ""
    if run.id in pair and len(pair) == 2:
        place = pair.index(run.id)
        letter = f'<b class="{"a" if not place else ""}" aria-hidden="true"></b>{"AB"[place]} '
    return f'<div class="hi-name">{letter}{escape(printable(run.name))}</div><small>{escape(" · ".join(parts))}</small>'


def _curve(run: Run) -> str:
    assert run.result is not None
    checks = [(float(epoch), scores["loss"]) for epoch, scores in sorted(run.result.epochs.items()) if "loss" in scores]
    if not checks:
        return "<span></span>"
    return spark(checks, t("runs.spark_alt", listed=t("evaluation.separator").join(f"{loss:.2f}" for _, loss in checks)))


def row_score(run: Run) -> str:
    """The accuracy with its interval and the method of counting words, or what else a run's score is."""
    if isinstance(run.result, ClassificationResult):
        judgement, tfidf = run.result.judgement, run.result.baselines.get("tfidf")
        dot = Dot("", judgement.right, judgement.rows, first=True)
        values = {"low": f"{dot.interval.low:.0%}", "high": f"{dot.interval.high:.0%}", "share": f"{dot.interval.value:.0%}"}
        return score(dot, tfidf.accuracy.value if tfidf else None, t("runs.score_alt", right=dot.right, rows=dot.rows, **values))
    if isinstance(run.result, JudgedResult):
        main = run.result.main
        return f'<span class="hi-size">{escape(f"{measure_name(main)} {with_ends(main, run.result.measures[main])}")}</span>'
    if "perplexity_after" in run.scores:
        before, after = (f"{run.scores[f'perplexity_{when}']:.1f}" for when in ("before", "after"))
        return f'<span class="hi-size">{escape(t("runs.perplexity_row", before=before, after=after))}</span>'
    return '<span class="hi-size">–</span>'


def _toggle(id: str) -> None:
    st.session_state["runs:trying"] = None if st.session_state.get("runs:trying") == id else id


def _try(run: Run, result: ClassificationResult) -> None:
    """A text for the model of this row, an unseen row at first."""
    key = f"runs:row-text:{run.id}"
    if key not in st.session_state:
        st.session_state[key] = next(iter(trial_texts(run).values()), "")
    with st.container(horizontal=True, vertical_alignment="center"):
        text = st.text_input(t("runs.try"), key=key, label_visibility="collapsed", max_chars=5_000)
        st.button(t("runs.try_go"), key=f"runs:row-go:{run.id}")
    with guarded():
        answer(run, text)
        if result.judgement.rows < FEW_ROWS:
            show_doubt(said("runs.doubt_few", rows=result.judgement.rows, low=f"{_low(result):.0%}"))


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
        st.switch_page(NEW, query_params={"from": run.id})
    if run.state in ACTIVE:
        st.button(t("runs.stop"), key=f"runs:stop:{run.id}", on_click=store().stop, args=(run.id, key))
    elif st.checkbox(t("runs.sure"), key=f"runs:sure:{run.id}"):
        st.button(t("runs.delete"), key=f"runs:delete:{run.id}", on_click=store().delete, args=(run.id, key), type="primary")


def _when(run: Run) -> str:
    return datetime.fromtimestamp(run.created).strftime("%m-%d %H:%M")
