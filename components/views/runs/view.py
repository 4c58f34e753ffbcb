"""A run as it goes on: its place in the queue, progress, stopping, curves, resuming. The page may be closed; the run goes on."""

import time

import pandas as pd
import streamlit as st

from components.charts.training import TrainingWords, training_figure
from components.errors import TrainingError
from components.training.kept_head import is_kept
from components.training.runs import RESUMABLE, Event, Run
from components.training.starting_weights import replaced_beneath
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.state.runs import ACTIVE, duration, launcher, open_run, run_again, run_key, state_of, store, train_again, waiting_words
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import show_figure
from components.ui.widgets.verdict import said, show_finding

from .judged.verdict import measure_name, written
from .pictures import STEPS, rail
from .progress import numbers, stop_box
from .stop import stop_button

REPLACED = "training.weights-replaced"
CHECKED = ("micro_f1", "spearman", "span_f1", "f1")  # measures of the validation rows, by the tasks that have them
LOOK = 1.0  # seconds between two looks at a run


def show_rail(at: str, done: float = 0.0) -> None:
    """The four steps, with the one that the visitor is at."""
    st.html(rail([t(f"tune.step_{name}") for name in STEPS], STEPS.index(at), t("tune.steps"), done))


def show_head(run: Run) -> None:
    """The steps, the run's name; why it ended where that needs a word."""
    if run.state in ACTIVE:
        return
    show_rail("use" if run.result else "learn")
    st.markdown(_summary(run))
    key, values = run.reason
    if key:
        shown = escaped_markdown(t(key, **values), 600)
        (st.error if run.state == "failed" else st.warning if run.state == "interrupted" else st.caption)(shown)
    _show_reader(run)


def _show_reader(run: Run) -> None:
    """Who looks at another's run by its link can't change it."""
    if not run.owned:
        st.caption(t("runs.read_only"))


def show_ways_on(run: Run) -> None:
    """What can be done instead of looking at the run: go on with it, once more with a change, or anew."""
    _show_resume(run)
    if run.owned and run.state not in ACTIVE:
        st.button(t("runs.again"), on_click=run_again, args=(run.id,), key="runs:again", icon=":material/restart_alt:")
    st.button(t("runs.new"), on_click=open_run, args=(None,), key="runs:new", icon=":material/add:")


def show_progress(run: Run) -> None:
    """While it waits or trains: looked at every second."""
    _watch(run.id)


@st.fragment(run_every=LOOK)
def _watch(id: str) -> None:
    run = store().get(id, run_key())
    if run.state not in ACTIVE:
        st.rerun()
    launcher().ensure()
    events = store().events(id, run_key())
    checks = _checks(events)
    show_rail("learn", run.progress.share)
    st.markdown(_summary(run))
    _show_reader(run)
    show_finding(_finding(run, checks, events))
    left, right = st.columns([6, 1], vertical_alignment="center")
    left.html(numbers(run, time.time()))
    if run.owned:
        running = run.state == "running"
        with right:
            stop_button(
                f"{id} {run.state}",
                t("runs.stop" if running else "runs.leave_queue"),
                t("runs.stopping" if running else "runs.leaving"),
                stops=run.stopping,
                stop=lambda: store().stop(id, run_key()),
            )
    if run.stopping:
        st.html(stop_box(run, [event.content for event in checks], _rows_of(run, "test")))
    _show_curve(run, events, checks)
    st.caption(t("runs.may_close"))


def _finding(run: Run, checks: list[Event], events: list[Event]) -> str:
    """What there is to say now: why it waits, how the last check went, or what the stopping waits for."""
    progress = run.progress
    if run.state == "queued":
        return said("runs.finding_queued", words=waiting_words(run))
    if run.stopping:
        return said("runs.finding_stopping_judge" if progress.stage == "judge" else "runs.finding_stopping")
    if progress.stage == "judge":
        return said("runs.finding_judge", rows=f"{_rows_of(run, 'test'):,}")
    if checks:
        last, number = checks[-1].content, len(checks)
        rows = _rows_of(run, "validation")
        if run.settings.task == "classification" and rows:
            return said("runs.finding_check", number=number, rows=f"{rows:,}", right=f"{round(last['accuracy'] * rows):,}")
        if measure := next((name for name in CHECKED if name in last), None):
            return said(
                "runs.finding_check_measure",
                number=number,
                rows=f"{rows:,}",
                measure=measure_name(measure),
                value=written(measure, last[measure]),
            )
        if run.settings.task != "domain_adaptation":
            return said("runs.finding_check_loss", number=number, loss=f"{last['loss']:.2f}")
        return said("runs.finding_check_masked", number=number, share=f"{last.get('accuracy', 0):.0%}")
    losses = [event.content["loss"] for event in events if event.kind == "loss"]
    if losses and run.progress.steps:
        until = progress.seconds_left and progress.seconds_left / max(progress.steps - progress.step, 1) * _until_check(run)
        return said("runs.finding_first", loss=f"{losses[0]:.2f}", time=duration(until))
    return said("runs.preparing")


def _until_check(run: Run) -> float:
    """Steps until the end of the epoch."""
    per_epoch = run.progress.steps / run.settings.epochs
    return per_epoch - run.progress.step % per_epoch


def show_curves(run: Run) -> None:
    """The curve of a run that has ended."""
    events = store().events(run.id, run_key())
    _show_curve(run, events, _checks(events))


def _show_curve(run: Run, events: list[Event], checks: list[Event]) -> None:
    """Training loss by step, and the loss on the validation rows after each epoch."""
    losses = [(event.content["step"], event.content["loss"]) for event in _latest_pass([event for event in events if event.kind == "loss"])]
    judged = [(event.content["step"], event.content["loss"]) for event in checks if "loss" in event.content]
    if not losses:
        return
    steps = run.progress.steps or losses[-1][0]
    stopped = run.stopping or run.state == "stopped"
    here = t("runs.stopped_here" if stopped else "runs.now")
    words = TrainingWords(t("runs.loss_axis"), t("runs.loss_training"), t("runs.loss_validation"), t("runs.epoch"), here)
    figure = training_figure(
        losses,
        judged,
        steps=steps,
        epochs=run.settings.epochs,
        words=words,
        now=run.progress.step if run.state in ACTIVE or stopped else None,
        stopped=stopped,
        height=240 if run.stopping else 300,
    )
    alt = t("runs.loss_alt", first=f"{losses[0][1]:.2f}", last=f"{losses[-1][1]:.2f}")
    if judged:
        alt += t("runs.checks_alt", checks=len(judged), last=f"{judged[-1][1]:.2f}", best=f"{min(loss for _, loss in judged):.2f}")
    table = pd.DataFrame(losses, columns=[t("runs.step"), t("runs.loss")]).merge(
        pd.DataFrame(judged, columns=[t("runs.step"), t("runs.validation")]), how="outer"
    )
    show_figure(figure, key="run-loss", caption=t("runs.curves_caption"), alt=alt, data=table)


def _show_resume(run: Run) -> None:
    """The button that goes on with a stopped or interrupted run, where what it began on is still there."""

    def resume() -> None:
        with guarded():
            store().resume(run.id, run_key())
            launcher().ensure()

    if run.state in RESUMABLE and run.owned and not _replaced(run):
        st.button(t("runs.resume"), key="runs:resume", on_click=resume, icon=":material/play_arrow:")


def show_replaced(run: Run) -> None:
    """Where a bundled model beneath the run has been made anew: what that means for it, and the button that trains it again on the new one.
    Nothing where nothing was replaced, or the run has nothing that could be lost."""
    id = _replaced(run)
    if id is None:
        return
    if run.reason.key != REPLACED:
        words = t("runs.replaced_unfinished" if run.state in RESUMABLE else "runs.replaced", id=id)
        st.info(words, icon=":material/published_with_changes:")

    def again() -> None:
        with guarded():
            train_again(run)

    if run.owned:
        st.button(t("runs.train_again"), key="runs:train-again", on_click=again, icon=":material/model_training:")


def _replaced(run: Run) -> str | None:
    """The bundled model beneath an ended run that has been made anew since it began."""
    return replaced_beneath(run) if run.state in (*RESUMABLE, "done") or run.reason.key == REPLACED else None


def _rows_of(run: Run, part: str) -> int:
    """How many rows are kept for "validation" or "test"; 0 until they are dealt."""

    def counts() -> dict[str, int]:
        try:
            counted = store().rows(run.id, run_key(), "parts")["part"].value_counts()
            return {str(part): int(rows) for part, rows in counted.items()}
        except TrainingError:
            return {}

    return kept("runs:parts", (run.id, run.started, run.progress.stage), counts).get(part, 0)


def _checks(events: list[Event]) -> list[Event]:
    return _latest_pass([event for event in events if event.kind == "evaluation"])


def _latest_pass(events: list[Event]) -> list[Event]:
    """After a resume steps may stand twice: the later one counts."""
    return sorted({event.content["step"]: event for event in events}.values(), key=lambda event: event.content["step"])


def _summary(run: Run) -> str:
    """The run's name and what was trained, in one line."""
    settings = run.settings
    parts = [t(f"tune.task_{settings.task}"), t("runs.how_kept") if is_kept(run) else t(f"tune.how_{settings.tune}")]
    if run.state not in ACTIVE:
        parts.append(state_of(run))
    if run.seconds and run.state not in ACTIVE:
        parts.append(t("runs.took", time=duration(run.seconds)))
    return f"**{escaped_markdown(run.name, 100)}** · {' · '.join(parts)}"
