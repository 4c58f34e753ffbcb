"""Marks in a text: exact characters, escaped."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.ui.widgets.highlight import Mark, highlight_html


def bare(html: str) -> str:
    """The text that a reader sees, without the names of the marks."""
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"<small>.*?</small>", "", html)))


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Zs", "Zl", "Zp"]), min_size=1), st.data())
def test_the_text_stays_whole_and_marks_hold_their_characters(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    html = highlight_html(text, [Mark(start, end, "PER")])
    assert bare(html) == text
    [marked] = re.findall(r"<mark[^>]*>(.*?)<small>", html, re.DOTALL)
    assert unescape(marked) == text[start:end]


def test_script_in_text_name_and_tooltip_is_escaped():
    html = highlight_html("<script>x</script> Ann", [Mark(19, 22, "<b>", tooltip='"><img>')])
    assert "<script" not in html and "<b>" not in html and "<img>" not in html


def test_overlapping_or_outside_marks_are_an_error():
    for marks in ([Mark(0, 2), Mark(1, 3)], [Mark(2, 9)], [Mark(1, 1)]):
        with pytest.raises(ValueError, match="overlaps"):
            highlight_html("abcd", marks)
