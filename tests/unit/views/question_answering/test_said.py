"""What is said of an answer, at each side of each rule; the passage and the bars as HTML."""

import re
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest

from components.messages import message
from components.models import Answer
from components.ui.widgets.verdict import plain
from components.views.question_answering.passage import around, passage_html, silence_html, tokens_html
from components.views.question_answering.said import doubts, finding, is_silent

TEXT = "Maria Lopez has run the bakery on the corner since 1998."


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr("components.ui.state.language.language", lambda: "en")


def answers(*found: tuple[str, float]) -> tuple[Answer, ...]:
    return tuple(Answer(words, TEXT.index(words), TEXT.index(words) + len(words), score) for words, score in found)


def reading(*found: tuple[str, float], none: float = 0.1, lead: float = -5.0):
    return SimpleNamespace(candidates=answers(*found), no_answer_probability=none, lead=lead)


def test_the_finding_by_rule():
    sure, only = reading(("Maria Lopez", 0.6)), reading(("Maria Lopez", 0.59))
    assert plain(finding(sure, False)) == message("question_answering.finding_sure", "en", answer="Maria Lopez", percent="60%")
    assert plain(finding(only, False)) == message("question_answering.finding_only", "en", answer="Maria Lopez", percent="59%")
    silent, unsure = reading(("1998", 0.1), none=0.5), reading(("1998", 0.33), none=0.05)
    assert plain(finding(silent, True)) == message("question_answering.finding_none", "en", percent="50%")
    assert plain(finding(unsure, True)) == message("question_answering.finding_none_sure", "en", answer="1998", percent="33%", none="5.0%")
    assert plain(finding(silent, True, False)) == message("question_answering.finding_none_so_far", "en")
    assert plain(finding(reading(none=0.97), True)) == message("question_answering.finding_none", "en", percent="97%")


def test_silence_wins_above_the_threshold_or_where_nothing_is_found():
    assert is_silent(reading(("1998", 0.5), lead=-3.9), -4.0) and not is_silent(reading(("1998", 0.5), lead=-4.0), -4.0)
    assert is_silent(reading(), 10.0)


@pytest.mark.parametrize(
    ("found", "none", "lead", "keys"),
    [
        ([("Maria Lopez", 0.9), ("1998", 0.04)], 0.01, -9, []),
        ([("Maria Lopez", 0.9), ("1998", 0.05)], 0.01, -9, ["second"]),
        ([("Maria Lopez", 0.5), ("1998", 0.3)], 0.1, -9, ["unsure"]),
        ([("Maria Lopez", 0.5), ("1998", 0.1)], 0.3, -9, ["unsure_none"]),
        ([("Maria Lopez", 0.5)], 0.3, -9, ["unsure_none"]),
        ([("Maria Lopez", 0.9)], 0.01, -4.5, ["close_answer"]),
        ([("Maria Lopez", 0.5), ("1998", 0.3)], 0.1, -4.5, ["unsure", "close_answer"]),
        ([("Maria Lopez", 0.2)], 0.6, -3.5, ["close_none"]),
        ([("Maria Lopez", 0.2)], 0.6, 3.0, []),
    ],
)
def test_the_doubts_by_rule(found, none, lead, keys):
    one = reading(*found, none=none, lead=lead)
    begun = [re.split(r"[“\d]", plain(html))[0] for html in doubts(one, is_silent(one, -4.0), -4.0)]
    values = {"percent": "5", "share": "5", "other": "x", "distance": "5"}
    assert begun == [re.split(r"[“\d]", message(f"question_answering.{key}", "en", **values))[0] for key in keys]


def test_the_answer_is_marked_and_of_the_others_those_of_five_per_cent():
    found = answers(("Maria Lopez", 0.9), ("1998", 0.05), ("corner", 0.049))
    html = passage_html(TEXT, found, False, spoken="said")
    assert re.findall(r'<mark class="(qa-\w+)">([^<]+)<', html) == [("qa-first", "Maria Lopez"), ("qa-other", "1998")]
    assert unescape(re.sub(r"<small>.*?</small>|<[^>]+>", "", html)) == TEXT
    assert "<mark" not in passage_html(TEXT, found, True, spoken="said")


def test_markup_of_a_visitor_is_escaped():
    html = passage_html("<b>x</b> 1998", (Answer("1998", 9, 13, 0.9),), False, spoken='"><img>')
    assert "<b>" not in html and "<img>" not in html


def test_a_piece_of_a_long_text_shows_what_is_inside():
    html = passage_html(TEXT, answers(("Maria Lopez", 0.9), ("1998", 0.08)), False, spoken="", low=20, high=len(TEXT))
    assert "Maria" not in html and "… " in html and "1998" in html


def test_the_bars_are_shares_of_start_and_end_round_the_answer():
    tokens = tuple(f"t{number}" for number in range(60))
    starts, ends = np.zeros(60, dtype=np.float32), np.zeros(60, dtype=np.float32)
    starts[30], ends[31] = 20, 20
    one = SimpleNamespace(tokens=tokens, start_scores=starts, end_scores=ends, places=(SimpleNamespace(first=30, last=31),))
    html = tokens_html(one)
    assert html.count("qa-in") == 2 and html.count("99.9%</span>") == 2
    low, high = around(tokens, 30, 31)
    assert low <= 30 < 31 < high and high - low <= 30
    assert around(("a",), 0, 0) == (0, 1) and around(tokens, 0, 59) == (0, 30)


def test_silence_is_shown_beside_what_came_nearest():
    html = silence_html(reading(("1998", 0.02), none=0.97))
    assert "97%" in html and "2.0%" in html and "1998" in html and html.count("qa-hatched") == 1
