"""A table written is a table that other programs read: pandas and openpyxl are the judges."""

import csv
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.tables.columns import guess_columns
from components.tables.writing import is_formula
from components.training import read_table, write_table

FRAME = pd.DataFrame({"文": ["良い, とても", 'a "b"\nc', "", "NA"], "label": ["1", "001", "-1.5", "null"]}, dtype="str")
ADDED = pd.DataFrame({"label": ["x", "y", "z", "w"], "score": [0.5, 0.25, 1.0, 0.125]})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_pandas_reads_the_csv_with_the_users_columns_first(encoding):
    written = write_table(FRAME, ADDED, encoding=encoding)
    back = pd.read_csv(io.BytesIO(written.data), dtype=str, keep_default_na=False, encoding=encoding)
    assert list(back.columns) == ["文", "label", "label (2)", "score"]
    assert back[["文", "label"]].to_numpy().tolist() == FRAME.to_numpy().tolist()
    assert back["score"].tolist() == ["0.5", "0.25", "1.0", "0.125"]
    assert written.defused == 0 and written.data.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert read_table(written.data, "x.csv").frame.equals(back)


def test_openpyxl_reads_the_xlsx_as_text():
    frame = pd.DataFrame({"a": ["=1+1", "#N/A", "007", "_x0041_", "x" * 40_000, "bell\x07"]}, dtype="str")
    written = write_table(frame, kind="xlsx")
    cells = [row[0] for row in openpyxl.load_workbook(io.BytesIO(written.data)).active.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * 6 or [cell.data_type for cell in cells] == ["inlineStr"] * 6
    assert cells[0].value == "=1+1" and written.defused == 1
    assert len(cells[4].value) == 32_767 and written.cut == 1
    assert read_table(written.data, "x.xlsx").frame["a"].tolist()[:4] == ["=1+1", "#N/A", "007", "_x0041_"]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "=HYPERLINK(1)", "＝1+1"])
def test_formulas_are_defused_and_counted(cell):
    written = write_table(pd.DataFrame({"a": [cell]}, dtype="str"))
    assert written.defused == 1
    assert next(csv.reader(io.StringIO(written.data.decode("utf-8-sig"), newline="").readlines()[1:]))[0].startswith("'")


@pytest.mark.parametrize("cell", ["-1.5", "+3", "-1,000", "1e-5", "-5%", "a=b", "良い", ""])
def test_numbers_and_words_are_no_formulas(cell):
    assert not is_formula(cell)


def test_characters_that_cp932_lacks_are_reported():
    written = write_table(pd.DataFrame({"a": ["絵文字😀と한글", "良い"]}, dtype="str"), encoding="cp932")
    assert written.unencodable == ("글", "한", "😀")
    assert written.data.decode("cp932").splitlines()[1] == "絵文字?と??"


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=15)


@settings(max_examples=150, deadline=5_000)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_what_is_written_is_read_back(cells):
    cells = [row for row in cells if any(map(str.strip, row))] or [("x", "")]  # rows of blanks are left out, and counted
    frame = pd.DataFrame(
        cells, columns=["first text", "second text"], dtype="str"
    )  # no cell: a header that is one of its values is doubted
    back = read_table(write_table(frame).data, "x.csv").frame.to_numpy().tolist()
    assert back == [[("'" + cell if is_formula(cell) else cell) for cell in row] for row in cells]


def test_columns_are_guessed_by_content_then_by_name():
    reviews = [f"レビュー {number} 番は、とても長くて具体的な感想を書いた文章です。" for number in range(40)]
    frame = pd.DataFrame(
        {"id": [str(n) for n in range(40)], "date": ["2026-01-02"] * 40, "c": ["良い", "悪い"] * 20, "x": reviews}, dtype="str"
    )
    assert (guess_columns(frame).text, guess_columns(frame).label) == ("x", "c")
    two = pd.DataFrame({"text": reviews, "shop": ["A", "B"] * 20, "label": list("01234") * 8}, dtype="str")
    assert guess_columns(two).label == "label"
    assert guess_columns(pd.DataFrame({"text": reviews}, dtype="str")).label is None
