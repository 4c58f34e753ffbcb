"""Do you need fine-tuning? What the methods that tune nothing get right, before the start and beside the result, and the one of them that can be kept."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components.evaluation.paired import Paired
from components.models.turns import time_limit
from components.training.cheap import MOST_ROWS, Cheap, cheap_scores
from components.training.doctor import Report
from components.training.kept_head import can_be_kept, is_kept, request_kept
from components.training.relabelled import RELABELLED, remembered
from components.training.results import BASELINES, ClassificationResult
from components.training.runs import Run
from components.training.settings import Settings
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.state.runs import launcher, next_name, open_run, run_key, store
from components.ui.state.visitor import network, visitor_key
from components.ui.widgets.errors import guarded
from components.ui.widgets.verdict import said

from .data import PREFIX, TrainingData
from .pictures import Dot, dots
from .samples import SAMPLE
from .start import run_facts

SECONDS = 180.0  # the most that the comparison before the start may take
OF_A_RUN = ("name", "encoding", "fixes", SAMPLE, "account", RELABELLED)


def plan_key(data: TrainingData, settings: Settings) -> tuple[object, ...]:
    """What the split and the vectors hang on."""
    return (data.signature, settings.backbone, settings.max_length, settings.seed, settings.test, settings.validation, settings.group)


def show_before(data: TrainingData, settings: Settings, report: Report, name: str) -> None:
    """Before the start, when asked for: majority, counting words and the frozen encoder on the rows that the tuned model will be tested on."""
    if data.task != "classification" or not report.trainable:
        return
    with st.container(key="tune-untuned"):
        st.subheader(t("tune.cheap"), anchor=False)
        if len(data.frame) > MOST_ROWS:
            st.caption(t("tune.cheap_later", most=f"{MOST_ROWS:,}"))
            return
        key, asked = plan_key(data, settings), f"{PREFIX}:cheap:asked"
        if st.session_state.get(asked) != key:
            st.markdown(t("tune.cheap_what"))
            st.button(t("tune.cheap_go"), key=f"{PREFIX}:cheap", on_click=lambda: st.session_state.update({asked: key}))
            return
        with guarded():
            _show_cheap(kept(f"{PREFIX}:cheap:found", key, lambda: _computed(data, settings)))
            _keep_button(settings, lambda: _keep(data, settings, name), "tune:keep")


def _computed(data: TrainingData, settings: Settings) -> Cheap:
    bar = st.progress(0.0, t("tune.cheap_running"))

    def tell(share: float) -> None:
        bar.progress(share, t("tune.cheap_running"))

    try:
        with time_limit(SECONDS):
            return cheap_scores(data.frame, settings, remembered(data.fixes, data.origin), tell)
    finally:
        bar.empty()


def _show_cheap(found: Cheap) -> None:
    names = [name for name in BASELINES if name in found.scores]
    best = max(names, key=lambda name: found.scores[name].right)
    values: dict[str, Any] = {"rows": f"{found.test:,}", "right": f"{found.scores[best].right:,}", "method": t(f"runs.method_{best}")}
    listed = [Dot(t(f"runs.short_{name}"), found.scores[name].right, found.test, first=name == best) for name in names]
    drawn = dots(listed, t("runs.dots_alt", listed=t("evaluation.separator").join(f"{one.name} {one.right}/{one.rows}" for one in listed)))
    st.html(
        f'<div class="hi-say"><h3 class="hi-finding">{said("tune.cheap_finding", **values)}</h3><div class="drawn">{drawn}</div>'
        f"<div><p>{said('tune.cheap_same_rows', train=f'{found.train:,}', **values)}</p></div></div>"
    )


def show_beside(run: Run, result: ClassificationResult) -> None:
    """Beside the judgement: whether the tuning was worth it, in one sentence, and the way to keep what was not tuned."""
    if is_kept(run):
        st.markdown(t("runs.kept_is"))
        return
    paired = result.pairs.get("frozen")
    if paired is None:
        return
    with st.container(key="runs-untuned"):
        st.html(f"<p>{cheap_words(paired)}</p>")
        if run.owned:
            _keep_button(run.settings, lambda: _keep_of(run), "runs:keep")


def cheap_words(paired: Paired) -> str:
    """The tuned model (first) beside the frozen encoder (second): HTML from `said`."""
    difference = paired.difference
    values: dict[str, Any] = {"tuned": f"{paired.first:,}", "frozen": f"{paired.second:,}", "rows": f"{paired.rows:,}"}
    values |= {"low": f"{100 * difference.low:+.1f}", "high": f"{100 * difference.high:+.1f}"}
    values["points"] = f"{100 * difference.value:+.1f}"
    if paired.verdict == "first" and difference.low > 0:
        return said("runs.cheap_paid", **values)
    return said("runs.cheap_worse" if paired.verdict == "second" and difference.high < 0 else "runs.cheap_enough", **values)


def _keep_button(settings: Settings, keep: Callable[[], None], key: str) -> None:
    if can_be_kept(settings.backbone):
        st.button(t("runs.keep_frozen"), key=key, on_click=keep, icon=":material/bookmark_add:", help=t("runs.keep_frozen_help"))


def _keep(data: TrainingData, settings: Settings, name: str) -> None:
    with guarded():
        made = request_kept(store(), visitor_key(), settings, data.frame, name, run_facts(data), network())
        launcher().ensure()
        open_run(made.id)


def _keep_of(run: Run) -> None:
    with guarded():
        facts = {name: run.data[name] for name in OF_A_RUN if name in run.data} | {"from": run.id}
        rows = store().rows(run.id, run_key())
        made = request_kept(store(), visitor_key(), run.settings, rows, next_name(run.name), facts, network())
        launcher().ensure()
        open_run(made.id)
