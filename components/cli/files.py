"""Tables in and answers out, for a command line: a file or "-", read by the reader that the pages read uploads with."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from components.errors import TableError
from components.messages import message
from components.tables.annotated import read_annotated
from components.tables.limits import MAX_BYTES
from components.tables.table import Table, read_table
from components.tables.writing import joined, write_table


def read(path: str, kind: str | None, encoding: str | None, language: str) -> pd.DataFrame:
    """The table in the file `path`, or in standard input for "-"; rows that can't be read are counted on standard error. Raises TableError, OSError."""
    data, name = _data(path, kind)
    return _told(read_table(data, name, encoding), language)


def read_marked(path: str, kind: str | None, encoding: str | None, language: str) -> tuple[pd.DataFrame, str | None]:
    """`read`, which knows the files of labelling tools too, and the task that such a file is marked for; None for any other. Raises TableError,
    OSError."""
    data, name = _data(path, kind)
    annotated = read_annotated(data, name) if len(data) <= MAX_BYTES else None
    if annotated is None:
        return _told(read_table(data, name, encoding), language), None
    print(message(f"tune.read_{annotated.form}", language, rows=f"{len(annotated.table.frame):,}"), file=sys.stderr)
    return _told(annotated.table, language), annotated.task


def _data(path: str, kind: str | None) -> tuple[bytes, str]:
    """What the file, or standard input for "-", holds, and a name that tells its kind."""
    if path == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        return data, f"stdin.{kind or ('jsonl' if data.lstrip()[:1] in (b'{', b'[') else 'csv')}"
    with Path(path).open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return data, f"{Path(path).stem}.{kind}" if kind else Path(path).name


def _told(table: Table, language: str) -> pd.DataFrame:
    """The table's rows; those left out are counted on standard error."""
    if table.skipped:
        print(message("cli.rows_left_out", language, n=f"{table.skipped:,}", lines=_lines(table.problems)), file=sys.stderr)
    return table.frame


def _lines(problems: Sequence[Any]) -> str:
    shown = [str(problem.line) for problem in problems[:5]]
    return ", ".join(shown) + (" …" if len(problems) > 5 else "")


def column(frame: pd.DataFrame, named: str | None, guessed: str | None, option: str) -> str:
    """The column that `option` names, else the guessed one. Raises TableError where there is none."""
    if named is not None and named not in frame.columns:
        raise TableError("cli.no_column", column=named, columns=", ".join(map(str, frame.columns[:20])))
    if named is None and guessed is None:
        raise TableError("cli.which_column", option=option, columns=", ".join(map(str, frame.columns[:20])))
    return str(named if named is not None else guessed)


def write(path: str, kind: str | None, frame: pd.DataFrame, added: pd.DataFrame, records: Sequence[dict[str, Any]]) -> None:
    """The table with what was answered beside it: as CSV with cells that a spreadsheet would compute defused, or as an object a line."""
    kind = kind or ("jsonl" if path.endswith((".jsonl", ".ndjson")) else "csv")
    data = b"".join(_objects(frame, added, records)) if kind == "jsonl" else write_table(frame, added).data
    if path == "-":
        # The byte-order mark is for spreadsheet programs, which open files.
        sys.stdout.buffer.write(data.removeprefix(b"\xef\xbb\xbf"))
    else:
        Path(path).write_bytes(data)


def _objects(frame: pd.DataFrame, added: pd.DataFrame, records: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    """The row's cells under their names, then the answer under "answer"; a cell that has that name keeps it in the CSV's way."""
    name = str(joined(frame, pd.DataFrame({"answer": [""] * len(frame)})).columns[-1])
    for row, record in zip(frame.to_dict("records"), records, strict=True):
        yield json.dumps({**row, name: record}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def bar(total: int, unit: str) -> "tqdm[Any]":
    """Progress on standard error where that is a terminal, nothing elsewhere."""
    return tqdm(total=total, unit=f" {unit}", disable=not sys.stderr.isatty(), leave=False, dynamic_ncols=True)
