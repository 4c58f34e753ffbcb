"""Workbooks that are small and unpack to a great deal: each is refused in one sentence, soon and with little memory."""

import io
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from components.errors import TableError
from components.tables.table import read_table

ROOT = Path(__file__).parents[3]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, STYLES, STRINGS, LIST = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
TYPES = "[Content_Types].xml"
STRINGS_TYPE = (
    f'<Override PartName="/{STRINGS}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
MILLION = 1_000_000


def book(rows=(["text", "label"], ["good", "1"], ["bad", "0"]), **changed: str) -> bytes:
    """A workbook as openpyxl writes it, with some parts put in the place of its own."""
    workbook, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        workbook.active.append(row)
    workbook.save(out)
    changed = {{"sheet": SHEET, "styles": STYLES, "strings": STRINGS, "list": LIST}[part]: content for part, content in changed.items()}
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()} | changed
    parts[TYPES] = parts[TYPES].replace(b"</Types>", STRINGS_TYPE.encode() * (STRINGS in changed) + b"</Types>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        # A picture of noise, as the ratio of unpacked to packed bytes alone must not be what saves us.
        noise = random.Random(1).randbytes(sum(map(len, parts.values())) // 150)
        archive.writestr("xl/media/noise.png", noise, zipfile.ZIP_STORED)
    return out.getvalue()


def cells(content: str, before: str = "", after: str = "", head: str = "") -> str:
    return f"<worksheet {MAIN}{head}>{before}<sheetData>{content}</sheetData>{after}</worksheet>"


def row(content: str, number: int = 1) -> str:
    return f'<row r="{number}">{content}</row>'


def part(name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(book())) as archive:
        return archive.read(name).decode()


def sheets(count: int) -> str:
    one = part(LIST)
    listed = one[one.index("<sheet ") : one.index("</sheets>")]
    return one.replace(listed, "".join(listed.replace('"Sheet"', f'"s{number}"') for number in range(count)))


EMPTY = '<c r="A2"/>'
TEXT = '<c t="inlineStr"><is><t>{}</t></is></c>'
HOSTILE = {
    "two million cells in one row": lambda: book(sheet=cells(row(EMPTY * 2 * MILLION))),
    "two million cells in ten rows": lambda: book(sheet=cells("".join(row(EMPTY * (MILLION // 5), n) for n in range(1, 11)))),
    "two million cells in many rows": lambda: book(sheet=cells("".join(row(EMPTY * 1000, n) for n in range(1, 2001)))),
    "cells in a row within a row": lambda: book(sheet=cells(row(row(EMPTY * 1000) * 2000))),
    "rows of another namespace": lambda: book(sheet=cells(f'<row xmlns="x">{EMPTY}</row>' * MILLION)),
    "unknown elements before the cells": lambda: book(sheet=cells(row(EMPTY), before="<x/>" * 2 * MILLION)),
    "a million rows without cells": lambda: book(sheet=cells("<row/>" * 1_100_000)),
    "many attributes": lambda: book(sheet=cells(row("<c " + " ".join(f'a{n}=""' for n in range(MILLION)) + "/>"))),
    "a cell of fifty million characters": lambda: book(sheet=cells(row(TEXT.format("a" * 50 * MILLION)))),
    "a long namespace": lambda: book(sheet=cells(row(EMPTY * 10_000), head=f' xmlns:a="{"a" * MILLION}"').replace("<c ", "<a:c ")),
    "a row of many long cells": lambda: book(sheet=cells(row(TEXT.format("a" * 900_000) * 20))),
    "text between the rows": lambda: book(sheet=cells((row(EMPTY) + "a" * 900_000) * 20 * 3)),
    "two million fonts": lambda: book(styles=part(STYLES).replace("<fonts", "<fonts><x/></fonts><fonts").replace("<x/>", "<font/>" * 2 * MILLION)),
    "a style sheet of 90 MB": lambda: book(styles=part(STYLES) + " " * 90 * MILLION),
    "two million strings": lambda: book(strings=f"<sst {MAIN}>" + "<si/>" * 2 * MILLION + "</sst>"),
    "a string of a million runs": lambda: book(strings=f"<sst {MAIN}><si>" + "<r><t>a</t></r>" * MILLION + "</si></sst>"),
    "strings that are no strings": lambda: book(strings=f"<sst {MAIN}>" + "<x/>" * 2 * MILLION + "</sst>"),
    "a string of forty million characters": lambda: book(strings=f"<sst {MAIN}><si><t>" + "a" * 40 * MILLION + "</t></si></sst>"),
    "the same sheet ten thousand times": lambda: book(list=sheets(10_000), sheet=cells("".join(row(EMPTY * 100, n) for n in range(1, 1000)))),
    "a million sheets": lambda: book(list=sheets(MILLION)),
    "a row far down": lambda: book(sheet=cells(row(EMPTY, 999_999_999))),
    "entities": lambda: book(sheet="<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + cells(row(TEXT.format("&a;")))),
    "entities after a long comment": lambda: book(sheet=f"<!--{'a' * 9000}--><!DOCTYPE x [<!ENTITY a 'aa'>]>" + cells(row(TEXT.format("&a;")))),
}  # fmt: skip


def make(name: str) -> bytes:
    return HOSTILE[name]()


def read_all() -> None:
    """Prints for each case its key, seconds of this process, and how many MB the process has grown by at the most."""
    read_table(book(), "warm.xlsx")
    # What the making of a file takes is given back with its process, so its peak would hide that of the reading.
    makers = multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1)
    for name in HOSTILE:
        if len(sys.argv) > 1 and sys.argv[1] not in name:
            continue
        data = makers.apply(make, (name,))
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        try:
            read_table(data, "hostile.xlsx")
            key = "read"
        except TableError as error:
            key = error.key
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(json.dumps([name, key, round(time.process_time() - began, 2), round(grown), len(data)]), flush=True)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_each_is_refused_soon_and_with_little_memory():
    done = subprocess.run(
        [sys.executable, __file__],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=280,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(HOSTILE), done.stderr
    assert [
        case for case in found if case[1] not in ("training.sheet-overfull", "training.sheet-too-large", "training.sheet-damaged")
    ] == []
    assert [case for case in found if case[2] > 4] == []  # most take under 0.5 s of this machine, none 2 s
    assert sum(case[3] for case in found) < 300


@pytest.mark.parametrize(("text", "reason"), [("_xD800_", "row-undecodable"), ("_x0000_", "row-nul"), ("a_xDFFF_b", "row-undecodable")])
def test_an_escape_that_is_no_character_costs_its_row_only(text, reason):
    table = read_table(book([["text"], ["good"], [text], ["_x0041_"]]), "escapes.xlsx")
    assert list(table.frame["text"]) == ["good", "A"]
    assert [(problem.line, problem.reason) for problem in table.problems] == [(3, f"training.{reason}")]


def test_a_long_cell_costs_its_row_only():
    long = [TEXT.format("a" * 999_000) + TEXT.format("b"), "".join(f"<c><v>{n}</v></c>" for n in range(2))]
    long = [TEXT.format("t") + TEXT.format("l"), *long]
    assert len(read_table(book(sheet=cells("".join(row(content, n) for n, content in enumerate(long, 1)))), "long.xlsx").frame) == 2


def test_what_follows_the_cells_is_not_read():
    links = "<hyperlinks>" + '<hyperlink ref="A1"/>' * 65_000 + "</hyperlinks>"
    began = time.process_time()
    table = read_table(book(sheet=cells(row(TEXT.format("a")) + row(TEXT.format("x"), 2), after=links)), "links.xlsx")
    assert list(table.frame["a"]) == ["x"] and time.process_time() - began < 1


if __name__ == "__main__":
    read_all()
