"""What is said of a tuned model beside the frozen encoder, and of mended labels: the sentence by the paired rows, the numbers in it."""

import re
from html import unescape

import numpy as np
import pytest

from components.evaluation.intervals import paired_difference
from components.evaluation.paired import Paired
from components.messages import message
from components.views.runs import bought, cheap


@pytest.fixture(params=["ja", "en"], autouse=True)
def language(request, monkeypatch):
    import streamlit as st

    st.session_state["lang"] = request.param
    yield request.param
    del st.session_state["lang"]


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


@pytest.mark.parametrize(
    ("paired", "key"),
    [
        (Paired(200, 180, 4, 2), "runs.cheap_enough"),
        (Paired(200, 180, 0, 0), "runs.cheap_enough"),
        (Paired(200, 150, 30, 2), "runs.cheap_paid"),
        (Paired(200, 150, 2, 30), "runs.cheap_worse"),
    ],
)
def test_the_sentence_follows_the_paired_rows(paired, key, language):
    counts = [paired.both, paired.first_only, paired.second_only, paired.rows - paired.both - paired.first_only - paired.second_only]
    first, second = (np.repeat(right, counts) for right in ([True, True, False, False], [True, False, True, False]))
    expected = paired_difference(second, first)  # how much more often the first is right
    values = {"tuned": paired.first, "frozen": paired.second, "rows": 200}
    values |= {name: f"{100 * end:+.1f}" for name, end in (("points", expected.value), ("low", expected.low), ("high", expected.high))}
    assert words(cheap.cheap_words(paired)) == message(key, language, **values)


@pytest.mark.parametrize(("paired", "key"), [(Paired(200, 180, 4, 2), "runs.bought_chance"), (Paired(200, 150, 30, 2), "runs.bought_sure")])
def test_what_mended_labels_bought_is_told_with_its_interval(paired, key, language):
    said = words(bought.bought_words(paired, 9))
    assert said.endswith(message(key, language)) and all(number in said for number in ("9", "200", str(paired.first), str(paired.second)))
