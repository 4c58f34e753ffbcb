"""A run as it goes on: its place in the queue, progress, curves, stop and resume. The page may be closed; the run goes on."""

from typing import Any

import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import KEY_COLOUR, QUERY_COLOUR, VALUE_COLOUR
from components.training.runs import RESUMABLE, Event, Run
from components.training.starting_weights import replaced_beneath
from components.ui.state.language import t
from components.ui.state.runs import (
    ACTIVE,
    duration,
    launcher,
    open_run,
    run_again,
    run_key,
    state_of,
    store,
    train_again,
    waiting_words,
)
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import Panel, show_row

ICONS = {
    "queued": ":material/hourglass_top:",
    "running": ":material/model_training:",
    "stopped": ":material/stop_circle:",
    "interrupted": ":material/warning:",
    "failed": ":material/error:",
    "done": ":material/check_circle:",
}
REPLACED = "training.weights-replaced"


def show_head(run: Run) -> None:
    """Name, state and why."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    left.subheader(escaped_markdown(run.name, 100), anchor=False)
    with right.container(horizontal=True, horizontal_alignment="right"):
        if run.owned and run.state not in ACTIVE:
            st.button(t("runs.again"), on_click=run_again, args=(run.id,), key="runs:again", icon=":material/restart_alt:")
        st.button(t("runs.new"), on_click=open_run, args=(None,), key="runs:new", icon=":material/add:")
    st.markdown(f"{ICONS[run.state]} **{state_of(run)}** · {_summary(run)}")
    key, values = run.reason
    if key:
        shown = t(key, **values)
        (st.error if run.state == "failed" else st.warning if run.state == "interrupted" else st.info)(escaped_markdown(shown, 600))
    if not run.owned:
        st.caption(t("runs.read_only"))


def show_progress(run: Run) -> None:
    """While it waits or trains: looked at every second."""
    _watch(run.id, run.state)


@st.fragment(run_every=1.0)
def _watch(id: str, state: str) -> None:
    run = store().get(id, run_key())
    if run.state != state:
        st.rerun()  # the line above says the state
    launcher().ensure()
    progress = run.progress
    left, right = st.columns([5, 1], vertical_alignment="center")
    if run.state == "queued":
        left.progress(0.0, waiting_words(run))
    elif progress.step:
        words = t(
            "runs.progress",
            step=progress.step,
            steps=progress.steps,
            speed=significant(progress.rows_per_second),
            left=duration(progress.seconds_left),
        )
        left.progress(progress.share, t("runs.judging") if progress.stage == "judge" else words)
    else:
        left.progress(0.0, t("runs.preparing"))
    if run.owned:
        right.button(
            t("runs.stop") if run.state == "running" else t("runs.leave_queue"),
            on_click=lambda: store().stop(id, run_key()),
            disabled=run.stopping,
            key="runs:stop",
            width="stretch",
        )
    show_curves(run)
    st.caption(t("runs.may_close"))


def show_curves(run: Run) -> None:
    """Training loss by step, and the scores on the validation rows after each epoch."""
    events = store().events(run.id, run_key())
    losses = [event for event in events if event.kind == "loss"]
    panels = []
    if len(losses) > 1:
        panels.append(_loss_panel(_latest_pass(losses)))
    scores = _latest_pass([event for event in events if event.kind == "evaluation"])
    if scores:
        panels.append(_score_panel(scores))
    if panels:
        show_row(panels, key="run-curves", caption=t("runs.curves_caption"), width=400)


def show_resume(run: Run) -> None:
    """The button that goes on with a stopped or interrupted run."""

    def resume() -> None:
        with guarded():
            store().resume(run.id, run_key())
            launcher().ensure()

    if run.state in RESUMABLE and run.owned:
        st.button(t("runs.resume"), key="runs:resume", on_click=resume, icon=":material/play_arrow:")


def show_replaced(run: Run) -> bool:
    """Where a bundled model beneath the run has been made anew: what that means for it, and the button that trains it again on the new one.

    False where nothing was replaced, or the run has nothing that could be lost.
    """
    told = run.reason.key == REPLACED
    id = replaced_beneath(run) if run.state in (*RESUMABLE, "done") or told else None
    if id is None:
        return False
    if not told:
        words = t("runs.replaced_unfinished" if run.state in RESUMABLE else "runs.replaced", id=id)
        st.info(words, icon=":material/published_with_changes:")

    def again() -> None:
        with guarded():
            train_again(run)

    if run.owned:
        st.button(t("runs.train_again"), key="runs:train-again", on_click=again, icon=":material/model_training:")
    return True


def _latest_pass(events: list[Event]) -> list[Event]:
    """After a resume steps may stand twice: the later one counts."""
    return list({event.content["step"]: event for event in events}.values())


def _loss_panel(events: list[Event]) -> Panel:
    steps = [event.content["step"] for event in events]
    curves = [Curve(t("runs.loss"), [event.content["loss"] for event in events], QUERY_COLOUR)]
    axis: dict[str, Any] = {"x_title": t("runs.step")}
    figure = line_figure(steps, curves, y_title=t("runs.loss"), height=280, **axis)
    ends = {"first": significant(curves[0].y[0]), "last": significant(curves[0].y[-1])}
    return Panel("run-loss", figure, t("runs.loss_alt", **ends), line_table(steps, curves, **axis), name=t("runs.loss"))


def _score_panel(events: list[Event]) -> Panel:
    epochs = [event.content["epoch"] for event in events]
    names = [name for name in ("macro_f1", "accuracy", "perplexity") if name in events[0].content]
    curves = [
        Curve(t(f"runs.{name}"), [event.content[name] for event in events], colour)
        for name, colour in zip(names, (VALUE_COLOUR, KEY_COLOUR, QUERY_COLOUR), strict=False)
    ]
    axis: dict[str, Any] = {"x_title": t("runs.epoch")}
    figure = line_figure(epochs, curves, y_title=t("runs.validation"), height=280, markers=True, **axis)
    alt = t("runs.scores_alt", name=t(f"runs.{names[0]}"), last=significant(curves[0].y[-1]), epochs=len(epochs))
    return Panel("run-scores", figure, alt, line_table(epochs, curves, **axis), name=t("runs.validation"))


def _summary(run: Run) -> str:
    settings = run.settings
    parts = [
        t(f"tune.task_{settings.task}"),
        settings.backbone,
        t(f"tune.how_{settings.tune}"),
        t("runs.rows", n=f"{run.data.get('rows', 0):,}"),
    ]
    if run.seconds:
        parts.append(t("runs.took", time=duration(run.seconds)))
    return escaped_markdown(" · ".join(parts), 300)
