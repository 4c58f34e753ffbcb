"""The questions as they are worded, and how one is put together from computed values."""

from collections import Counter
from datetime import datetime

import pytest

from components.messages import LANGUAGES, catalogue
from components.ui.state.understood import Given
from components.ui.widgets import check
from components.ui.widgets.answer_sheet import sheet
from components.ui.widgets.check import MOST_WRONG, choose, count, questions_of
from components.ui.widgets.pages import GOALS, PAGES

NAMES = {name for names in PAGES.values() for name in names}
ASKING = {name for name in NAMES if questions_of(name)}


@pytest.fixture(autouse=True, params=LANGUAGES)
def spoken(request, monkeypatch):
    monkeypatch.setattr(check, "language", lambda: request.param)
    monkeypatch.setattr(check, "t", lambda key, /, **values: _text(request.param, key, values))
    return request.param


def _text(language, key, values):
    from components.messages import message

    return message(key, language, **values)


def test_every_page_that_teaches_asks_three_to_five_questions_and_stands_under_one_goal():
    assert {"vectors", "tokens", "attention", "positional", "masked_lm", "classification", "fine_tune"} <= ASKING and len(ASKING) >= 13
    assert all(3 <= len(questions_of(page)) <= 5 for page in ASKING)
    under = Counter(page for pages in GOALS.values() for page in pages)
    assert set(under.values()) == {1} and ASKING <= set(under) <= NAMES


def test_a_fixed_question_has_one_right_answer_and_wrong_ones_that_differ(spoken):
    for page in NAMES:
        for one in check.fixed_of(page):
            assert len(one.choices) == 1 + MOST_WRONG == len(set(one.choices)) and one.right in one.choices
            assert one.text.endswith(("?", "？", "。")) and one.reason


def test_the_catalogue_has_nothing_that_is_never_asked(spoken):
    ids = {id for page in NAMES for id in questions_of(page)}
    others = {"questions.separator", "questions.question_answering-phrase"}
    for key in catalogue(spoken).keys() - others:
        if key.startswith("questions."):
            assert "-".join(key.removeprefix("questions.").split("-")[:2]) in ids


def test_the_order_of_answers_comes_from_the_seed_alone():
    def order(seed, wrong=("a", "b", "c")):
        return choose("attention-later", "d", wrong, seed=seed, quoted={"query": "x"}, values={"place": 1, "n": 2}).choices

    assert order("one") == order("one") and len({order(str(number)) for number in range(30)}) > 5
    assert set(order("\ud800")) == {"a", "b", "c", "d"}, "half a surrogate pair is a seed as well"


def test_what_reads_like_the_right_answer_is_no_wrong_one():
    values = {"quoted": {"query": "x"}, "values": {"place": 1, "n": 2}}
    assert set(choose("attention-later", "a b", ["a  b", "c", "c", " "], **values).choices) == {"a b", "c"}
    assert choose("attention-later", "a", ["a", ""], **values) is None
    assert choose("attention-later", "", ["b"], **values) is None


def test_a_number_is_right_within_its_tolerance():
    asked = count("attention-rest", 40, tolerance=1, quoted={"query": "a", "key": "b"}, values={"percent": 60})
    assert [asked.accepts(number) for number in (38, 39, 40, 41, 42)] == [False, True, True, True, False]


def test_another_text_is_another_question():
    def asked(word):
        return choose("attention-later", "2", ["3"], quoted={"query": word}, values={"place": 1, "n": 2})

    assert asked("cat").mark == asked("cat").mark != asked("dog").mark


def test_the_sheet_escapes_what_was_typed_and_says_what_is_kept_of_earlier_visits(spoken):
    one = Given(
        "m", "attention-most", "<b>who</b>?", "cat & dog", "<i>so</i>", spoken, datetime(2026, 1, 2, 3, 4), ("x<y", "cat & dog"), True
    )
    known = {"attention-most": False, "attention-scale": True, "tokens-count": False, "gone-question": True}
    html = sheet({"m": one}, known, spoken, datetime(2026, 1, 2))
    assert "<b>" not in html and "<i>" not in html and "&lt;b&gt;who&lt;/b&gt;?" in html and "x&lt;y" in html and "cat &amp; dog" in html
    said = catalogue(spoken)
    for key in (
        "check.sheet_later",
        "check.sheet_earlier_first",
        "check.sheet_own",
        "questions.attention-scale",
        "questions.attention-scale-reason",
    ):
        assert said[key].replace("'", "&#x27;") in html
    assert f'lang="{spoken}"' in html and "2026" in html and "03:04" in html
    assert said["check.done"].format(done=3, n=sum(len(questions_of(page)) for page in NAMES)) in html
