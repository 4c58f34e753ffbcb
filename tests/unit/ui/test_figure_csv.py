"""The numbers of a figure as a file: words of a visitor's text stand in it, and a spreadsheet computes none of them."""

import io

import pandas as pd

from components.ui.widgets.figures import _csv


def test_a_word_that_is_a_formula_is_written_as_text():
    table = pd.DataFrame([[0.25, -1.5]], index=['=HYPERLINK("http://evil")'], columns=["@SUM(1)", "cat"])
    text = _csv(table).decode("utf-8-sig")
    assert "'=HYPERLINK" in text and "'@SUM(1)" in text and "-1.5" in text and "'-1.5" not in text


def test_numbers_and_names_are_read_back():
    table = pd.DataFrame({"word": ["猫", "a,b"], "share": [0.1 + 0.2, 1e-7]})
    back = pd.read_csv(io.BytesIO(_csv(lambda: table)), encoding="utf-8-sig")
    assert back["word"].tolist() == ["猫", "a,b"] and back["share"].tolist() == [0.1 + 0.2, 1e-7]
