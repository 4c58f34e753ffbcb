"""The learning curve of a judged run, on demand: would more rows help? One job in the queue, watched from the run's own page."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import KEY_COLOUR, QUERY_COLOUR
from components.evaluation.intervals import Interval
from components.training.curve import LEAST_ROWS, SHARES, curve_points, request_curve
from components.training.results import ClassificationResult, CurvePoint
from components.training.runs import RESUMABLE, Run
from components.training.starting_weights import replaced_beneath
from components.ui.state.language import t
from components.ui.state.runs import ACTIVE, duration, launcher, run_key, store, waiting_words
from components.ui.state.visitor import visitor_key
from components.ui.widgets.address import choice
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import show_figure

MEASURES = ("macro_f1", "accuracy")


def show_learning_curve(run: Run, result: ClassificationResult) -> None:
    """The curve where it was made; its job where one waits, trains or was stopped; else the button that asks for it."""
    points = curve_points(run)
    if points:
        _show_points(points)
        return
    if result.rows.train < LEAST_ROWS:
        st.caption(t("training.curve-too-few-rows", least=LEAST_ROWS))
        return
    jobs = [job for job in store().derived(run.id, run_key()) if job.data.get("purpose") == "curve"]
    job = jobs[0] if jobs else None
    if job and job.state in ACTIVE:
        _watch(run.id, job.id)
        return
    if job and job.state != "done":
        key, values = job.reason
        st.info(escaped_markdown(t(key, **values), 600), icon=":material/info:")
    if not run.owned:
        st.caption(t("runs.curve_none"))
        return
    if replaced := replaced_beneath(run):
        st.caption(t("runs.curve_replaced", id=replaced))
        return
    resumable = job is not None and job.state in RESUMABLE
    st.markdown(t("runs.curve_about", shares=_shares(), time=duration(len(SHARES) * run.seconds)))
    words = t("runs.curve_resume") if resumable else t("runs.curve_start")
    st.button(words, key="runs:curve", on_click=_begin, args=(run, job if resumable else None), icon=":material/show_chart:")


def _begin(run: Run, stopped: Run | None) -> None:
    with guarded():
        if stopped:
            store().resume(stopped.id, run_key())
        else:
            request_curve(store(), visitor_key(), run, run_key())
        launcher().ensure()


@st.fragment(run_every=1.0)
def _watch(id: str, job_id: str) -> None:
    jobs = store().derived(id, run_key())
    job = next((job for job in jobs if job.id == job_id), None)
    if job is None or job.state not in ACTIVE:
        st.rerun()
    launcher().ensure()
    left, right = st.columns([5, 1], vertical_alignment="center")
    progress = job.progress
    if job.state == "queued":
        left.progress(0.0, waiting_words(job))
    elif progress.step:
        part, parts = progress.part, progress.parts
        done = min((part - 1 + progress.share) / parts, 1.0)
        words = t("runs.curve_progress", part=part, parts=parts, share=f"{SHARES[part - 1]:.0%}", left=duration(progress.seconds_left))
        left.progress(done, words)
    else:
        left.progress(0.0, t("runs.preparing"))
    if job.owned:
        words = t("runs.stop") if job.state == "running" else t("runs.leave_queue")
        right.button(words, on_click=lambda: store().stop(job_id, run_key()), disabled=job.stopping, key="runs:curve-stop", width="stretch")
    st.caption(t("runs.may_close"))


def _show_points(points: Sequence[CurvePoint]) -> None:
    score = choice(t("runs.curve_score"), MEASURES, key="tune_curve_score", label_of=lambda name: t(f"runs.{name}"))
    rows = [point.rows for point in points]
    curves = [
        Curve(t(name), *_columns(points, who, score, colour))
        for who, name, colour in (("model", "runs.this_model", QUERY_COLOUR), ("tfidf", "runs.baseline_tfidf", KEY_COLOUR))
    ]
    axis: dict[str, Any] = {"x_title": t("runs.curve_rows")}
    figure = line_figure(rows, curves, y_title=t(f"runs.{score}"), markers=True, log_x=True, height=340, **axis)
    half, whole = _scores(points, "model", score)[-2:]
    values = {"half": significant(half.value), "whole": significant(whole.value), "rows": f"{rows[-1]:,}"}
    show_figure(
        figure,
        key="run-learning-curve",
        caption=t("runs.curve_caption"),
        alt=t("runs.curve_alt", score=t(f"runs.{score}"), first=f"{rows[0]:,}", **values),
        data=line_table(rows, curves, **axis),
    )
    rising = whole.value > half.high
    st.markdown(t("runs.curve_rising" if rising else "runs.curve_level", score=t(f"runs.{score}"), **values))


def _columns(points: Sequence[CurvePoint], who: str, score: str, colour: str) -> tuple[list[float], str, list[float], list[float]]:
    intervals = _scores(points, who, score)
    return (
        [interval.value for interval in intervals],
        colour,
        [interval.low for interval in intervals],
        [interval.high for interval in intervals],
    )


def _scores(points: Sequence[CurvePoint], who: str, score: str) -> list[Interval]:
    return [getattr(getattr(point, who), score) for point in points]


def _shares() -> str:
    return t("runs.and").join(f"{share:.0%}" for share in SHARES)
