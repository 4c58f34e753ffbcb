"""What is said while a training goes on and while it stops."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from components.messages import message
from components.training.results import Reason
from components.training.runs import Progress, Run
from components.training.settings import Settings
from components.views.runs.progress import numbers, stop_box


@pytest.fixture(params=["ja", "en"], autouse=True)
def language(request):
    import streamlit as st

    st.session_state["lang"] = request.param
    yield request.param
    del st.session_state["lang"]


def run(stage="train", step=82, stopping=False, judging: float | None = 3.2, **changes) -> Run:
    progress = Progress(stage=stage, step=step, steps=105, seconds_left=6.4, judging=judging)
    made = Run(
        "1", "r", "running", Reason(), Settings(), {}, 0.0, 100.0, None, 10.0, progress, None, None, 0, 0, True, Path("."), stopping=stopping
    )  # fmt: skip
    return replace(made, **changes)


def lines(html: str) -> list[tuple[str, str]]:
    return [(kind, unescape(text)) for kind, text in re.findall(r'<li class="(\w*)"[^>]*>(.*?)</li>', html)]


def about(language, seconds):
    return message("runs.about", language, time=message("runs.seconds", language, n=seconds))


def test_done_passed_over_all_starts_and_left(language):
    shown = numbers(run(), 122.0)
    values = re.findall(r"<b>(.*?)</b>", shown)
    assert values == ["82 / 105", message("runs.seconds", language, n=32), about(language, 6)]
    assert "--share:78.1%" in shown and "waits" not in shown


def test_a_stopping_run_tells_what_the_judging_will_take_instead(language):
    shown = numbers(run(stopping=True), 122.0)
    assert re.findall(r"<b>(.*?)</b>", shown)[-1] == about(language, 3) and 'class="waits"' in shown
    assert message("runs.left", language) not in numbers(run(stopping=True, judging=None), 122.0)
    assert "<b>" not in numbers(run(state="queued"), 122.0)


def test_stopping_waits_for_the_step_then_judges_the_best_weights_and_says_for_how_long(language):
    checks = [{"score": 0.5}, {"score": 0.8}, {"score": 0.7}]
    weights = message("runs.stop_weights", language, number=2)
    judging = message("runs.stop_judging_timed", language, weights=weights, rows=162, time=about(language, 3))
    waits = lines(stop_box(run(stopping=True), checks, 162))
    assert waits[0] == ("now", message("runs.stop_waits", language, step=82)) and [kind for kind, _ in waits] == ["now", "", "", ""]
    assert waits[2][1] == judging
    judged = lines(stop_box(run(stage="judge", stopping=True), checks, 162))
    assert [kind for kind, _ in judged] == ["done", "done", "now", ""]
    assert judged[0][1] == message("runs.stop_stopped", language, step=82) and judged[2][1] == judging


def test_what_is_not_known_yet_is_not_made_up(language):
    early = lines(stop_box(run(stage="prepare", step=0, stopping=True, judging=None), [], 0))
    assert early[0][1] == message("runs.stop_before", language) and early[2][1] == message("runs.stop_judging_later", language)
    unmeasured = lines(stop_box(run(stopping=True, judging=None), [], 20))
    weights = message("runs.stop_weights_now", language)
    assert unmeasured[2][1] == message("runs.stop_judging", language, weights=weights, rows=20)
