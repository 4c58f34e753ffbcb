"""Tables as people have them, uploaded to a page: what was decided is said in words, every row is accounted for, and there is a way back."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl
import pandas as pd
from openpyxl import Workbook
from streamlit.testing.v1 import AppTest

from components.messages import message

from .conftest import assert_well

ROWS = [[f"film number {number} was seen", ("pos", "neg")[number % 2]] for number in range(8)]
HEADER = ["text", "label"]
OPEN_PAGE = Callable[..., AppTest]


@dataclass(frozen=True)
class Upload:
    """A file, what must be read of it, and the sentences that say how: message keys with their values."""

    name: str
    data: bytes
    used: int
    left_out: int = 0
    says: tuple[tuple[str, dict[str, object]], ...] = ()
    first: tuple[str, ...] = tuple(ROWS[0])
    columns: tuple[str, ...] = tuple(HEADER)


def lines(rows: list[list[str]]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(rows: list[list[str]], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    return saved(book)


def book_with_a_note() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "note"
    book.active.append(["Please read before use."])
    sheet = book.create_sheet("answers")
    for row in (HEADER, *ROWS):
        sheet.append(row)
    return saved(book)


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("inner.csv", lines([HEADER, *ROWS]))
    return file.getvalue()


QUOTED = [["film's end", "pos"], *ROWS[1:]]
UPLOADS = {
    "formulas without values": Upload(
        "x.xlsx",
        book_of([HEADER, [ROWS[0][0], "=A1"], *ROWS[1:]]),
        8,
        says=(("tables.read_formulas", {"n": 1, "rows": "2"}),),
        first=(ROWS[0][0], ""),
    ),
    "merged cells": Upload("x.xlsx", book_of([HEADER, *ROWS], "B2:B4"), 8, says=(("tables.read_merged", {"n": 2, "rows": "3-4"}),)),
    "two header rows": Upload(
        "x.csv",
        ("Opinion,,Place\nText,Stars,City\n" + lines([[text, str(n % 3), "Kobe"] for n, (text, _) in enumerate(ROWS)])).encode(),
        8,
        says=(("tables.read_two_headers", {"first": 1, "second": 2}),),
        first=(ROWS[0][0], "0", "Kobe"),
        columns=("Opinion", "Opinion / Stars", "Place / City"),
    ),
    "rows glued by a quote": Upload(
        "x.csv",
        (lines([HEADER, *ROWS]) + '"begins,pos\nmiddle,neg\nends",pos\n').encode(),
        11,
        says=(("tables.read_unglued", {"n": 1, "lines": "10"}),),
    ),
    "single quotes": Upload(
        "x.csv",
        lines([HEADER, *QUOTED]).replace("film's end", "'film''s end'").encode(),
        8,
        says=(("tables.read_single_quotes", {}),),
        first=("film's end", "pos"),
    ),
    "a title above the header": Upload(
        "x.csv",
        ("Survey of 2026\n\n" + lines([HEADER, *ROWS])).encode(),
        8,
        1,
        says=(("tables.read_title", {"line": 3, "above": "1", "n": 1}),),
    ),
    "a note as the first sheet": Upload("x.xlsx", book_with_a_note(), 8, says=(("tables.read_sheet", {"sheet": "answers", "n": 2}),)),
    "JSON of columns": Upload("x.json", json.dumps({name: [row[n] for row in ROWS] for n, name in enumerate(HEADER)}).encode(), 8),
    "zip": Upload("x.zip", archive(), 8, says=(("tables.read_packed", {"name": "inner.csv"}),)),
    "a broken UTF-8 byte": Upload("x.csv", (lines([HEADER, *ROWS]) + "店の映画はとても良い,pos\n").encode() + b"\xe5\x93 x,neg\n", 9, 1),
}


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    app.file_uploader(key="sim:file").upload(name, data, "application/octet-stream").run()
    assert_well(app)
    return app


def said(app: AppTest) -> str:
    """All that the page says, as it is read: Markdown's escapes are not shown."""
    return re.sub(r"\\(.)", r"\1", "\n".join(one.value for one in (*app.markdown, *app.caption, *app.warning)))


def preview(app: AppTest, columns: tuple[str, ...]) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if tuple(frame.value.columns) == columns)


def accounted(file: Upload, language: str) -> str:
    """The beginning of the sentence that accounts for every row of the file."""
    if not file.left_out:
        return message("tables.summary_all_used", language)
    counts = {"rows": str(file.used + file.left_out), "used": str(file.used), "n": str(file.left_out)}
    return message("tables.summary_account", language, groups="|", **counts).split("|")[0]


def test_what_was_decided_is_said_and_every_row_accounted_for(open_page: OPEN_PAGE, language: str) -> None:
    app = open_page("similarity", language, sim_mode="table")
    for kind, file in UPLOADS.items():
        words = said(upload(app, file.name, file.data))
        for key, values in file.says:
            assert message(key, language, **values) in words, (kind, words)
        assert accounted(file, language) in words, (kind, words)
        shown = preview(app, file.columns)
        assert tuple(shown.iloc[0]) == file.first, (kind, shown)
        assert len(app.session_state["sim:table"].frame) == file.used, kind


def test_rows_left_out_are_listed_with_line_and_reason(open_page: OPEN_PAGE, language: str) -> None:
    app = upload(open_page("similarity", language, sim_mode="table"), "x.csv", UPLOADS["a broken UTF-8 byte"].data)
    columns = tuple(message(f"tables.problem_{name}", language) for name in ("line", "reason"))
    assert preview(app, columns)[columns[0]].tolist() == [11]


def test_a_file_without_a_header_has_a_button_for_the_other_reading_and_the_way_back(open_page: OPEN_PAGE, language: str) -> None:
    app = upload(open_page("similarity", language, sim_mode="table"), "x.csv", lines(ROWS).encode())
    assert message("tables.read_no_header", language, line=1) in said(app)
    assert len(app.session_state["sim:table"].frame) == 8
    other = app.button(key="sim:other")
    assert other.label == message("tables.read_with_header", language, line=1)

    other.click().run()
    assert_well(app)
    assert app.session_state["sim:table"].frame.columns.tolist() == ROWS[0] and len(app.session_state["sim:table"].frame) == 7
    app.button(key="sim:back").click().run()
    assert_well(app)
    assert len(app.session_state["sim:table"].frame) == 8 and not [one for one in app.button if one.key == "sim:back"]


def test_every_choice_is_undone_by_going_back(open_page: OPEN_PAGE) -> None:
    app = upload(open_page("similarity", "en", sim_mode="table"), "x.csv", lines([HEADER, *ROWS]).encode())
    app.selectbox(key="sim:delimiter").set_value(";").run()
    app.selectbox(key="sim:codec").set_value("cp932").run()
    assert_well(app)
    assert app.session_state["sim:table"].frame.columns.tolist() == ["text,label"]
    app.button(key="sim:back").click().run()
    assert_well(app)
    assert app.session_state["sim:table"].frame.to_numpy().tolist() == ROWS
    assert app.selectbox(key="sim:delimiter").value is None and app.selectbox(key="sim:codec").value is None
