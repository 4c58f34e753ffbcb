"""The one reader of tables: CSV, TSV, XLSX, JSON Lines and plain text, whatever their encoding, up to 200 MB and 200,000 rows.

Every cell is a str as it stands in the file: "NA", "null" and "" stay what they are. A row that cannot be read is listed and the rest
goes on.

Memory: beside the bytes given, which the caller holds, the frame keeps the text as UTF-8 in Arrow columns and 8 bytes for a cell, at most
2 x the file + 160 MB in all, peak included. Measured: 1.6 x the file for 56 MB of UTF-8 text, 3.2 x for 40 MB of cp932 (three bytes a
character instead of two), 5.6 x for 19 MB of one-letter cells. An XLSX file is small for what is in it: 23 MB for 40,000 rows of text.
"""

from dataclasses import dataclass, field, replace
from pathlib import PurePath

import pandas as pd

from components.errors import TableError
from components.tables.account import Account, Problem
from components.tables.archive import GZIP, ZIP, is_workbook, unpack_gzip, unpack_zip
from components.tables.builder import Builder, line_trouble
from components.tables.columns import LABEL_NAMES, TEXT_NAMES
from components.tables.delimited import Lines, Records
from components.tables.delimiter import DELIMITERS, QUOTES, find_dialect
from components.tables.dialect import gaps_in, sample_of
from components.tables.encoding import Other, find_readings
from components.tables.header import Row
from components.tables.html_rows import looks_like_html, tables_of_page
from components.tables.json_rows import read_json
from components.tables.limits import MAX_BYTES, MAX_PAGE
from components.tables.reading import Choices, Remark, remark, spans
from components.tables.rows import Body, body_of, table_of_rows
from components.tables.sheet import OLE2, open_sheet

KINDS = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".txt": "txt"}
KINDS |= {".jsonl": "json", ".ndjson": "json", ".json": "json", ".html": "html", ".htm": "html"}

NO_ROWS, FREE = Account(0), Choices()


@dataclass(frozen=True)
class Table:
    """A table as read. `frame`: every column of dtype str, no missing values. `delimiter`: None where columns aren't parted by one.

    `problems`: the rows left out, at most 10,000 of them; `skipped` counts all. `renamed`: (column number from 1, name as it stood, name
    given) for blank and repeated headers. `lines`: the physical line (a sheet's row) that each row of `frame` starts on.
    `alternatives`: encodings by which the file can be read about as well.
    `account`: rows in the file, used and left out. `read_as`: what was found or chosen. `sheets`: what else the file holds. `first_rows`:
    as they came, to choose the header among. `remarks`: what was decided.
    """

    frame: pd.DataFrame
    encoding: str | None
    delimiter: str | None
    problems: tuple[Problem, ...] = ()
    skipped: int = 0
    renamed: tuple[tuple[int, str, str], ...] = ()
    lines: tuple[int, ...] = field(default=(), repr=False)
    alternatives: tuple[Other, ...] = ()
    account: Account = NO_ROWS
    read_as: Choices = FREE
    sheets: tuple[str, ...] = ()
    first_rows: tuple[Row, ...] = field(default=(), repr=False)
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class _Found:
    """What was found of the file around a body."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


def read_table(
    data: bytes,
    name: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    *,
    quote: str | None = None,
    header: tuple[int, ...] | None = None,
    sheet: str | None = None,
    footer: bool = False,
) -> Table:
    """Read an uploaded file. `name` tells its kind by the ending; what else is given overrides what is found, as `Choices` says.

    Raises TableError where there is no table: an empty file, a picture, a damaged workbook, an unknown encoding, a header with no row
    under it.
    """
    return read_as(data, name, Choices(encoding, delimiter, quote, header, sheet, footer))


def read_as(data: bytes, name: str, choices: Choices) -> Table:
    """`read_table` with the choices in one. Raises TableError as it does."""
    if choices.delimiter is not None and choices.delimiter not in ("", *DELIMITERS):
        raise TableError("training.unknown-delimiter", found=choices.delimiter[:20])
    if choices.quote is not None and choices.quote not in ("", *QUOTES):
        raise TableError("training.unknown-quote", found=choices.quote[:20])
    _check_size(data)
    return _read(data, name, choices, packed=False)


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise TableError("training.file-too-large", size=round(len(data) / 1e6), limit=round(MAX_BYTES / 1e6))


def _read(data: bytes, name: str, choices: Choices, packed: bool) -> Table:
    kind = KINDS.get(PurePath(name).suffix.lower(), "csv")
    if data.startswith(GZIP) and not packed:
        unpacked = unpack_gzip(data, name)
        return _read(unpacked.data, unpacked.name, choices, packed=True)
    if data.startswith(ZIP) and not is_workbook(data):
        return _of_archive(data, choices, packed)
    if kind == "xlsx" or data.startswith((ZIP, OLE2)):
        return _of_workbook(data, choices)
    if data.startswith(b"PAR1"):
        from components.tables.parquet_rows import read_parquet

        return _table(read_parquet(data), _Found(), choices)
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise TableError("training.file-empty")
    found = find_readings(data, choices.encoding)
    try:
        return replace(_of_text(data, found.encoding, kind, choices), alternatives=found.alternatives)
    except UnicodeError as error:  # a codec that breaks off instead of marking the place (UTF-16 cut in the middle, a wrong override)
        raise TableError("training.wrong-encoding", name=found.encoding) from error


def _of_archive(data: bytes, choices: Choices, packed: bool) -> Table:
    if packed:
        raise TableError("training.archive-none")
    unpacked = unpack_zip(data, choices.sheet)
    several = unpacked.names if len(unpacked.names) > 1 else ()
    _check_size(unpacked.data)
    inner = Choices(choices.encoding, choices.delimiter, choices.quote, choices.header, None if several else choices.sheet, choices.footer)
    table = _read(unpacked.data, unpacked.name, inner, packed=True)
    name = unpacked.name[:80]
    said = remark("read_packed_one_of", name=name, n=len(several)) if several else remark("read_packed", name=name)
    return _with(table, (said, *table.remarks), several or table.sheets, unpacked.name if several else table.read_as.sheet)


def _with(table: Table, remarks: tuple[Remark, ...], sheets: tuple[str, ...], sheet: str | None) -> Table:
    return replace(table, remarks=remarks, sheets=sheets, read_as=replace(table.read_as, sheet=sheet))


def _of_workbook(data: bytes, choices: Choices) -> Table:
    sheet, names = open_sheet(data, choices.sheet)
    body = table_of_rows(sheet, choices, short_rows=True)
    said: list[Remark] = []
    if len(names) > 1 and choices.sheet not in names:
        said.append(remark("read_sheet", sheet=sheet.name, n=len(names), doubtful=sheet.name != names[0]))
    if sheet.unsaved:
        cells = sum(sheet.unsaved.values())
        said.append(remark("read_formulas", doubtful=True, n=cells, rows=spans(sorted(sheet.unsaved))))
    if sheet.merged:
        said.append(remark("read_merged", n=len(sheet.merged), rows=spans(sheet.merged)))
    several = names if len(names) > 1 else ()
    return _table(body, _Found(sheet=sheet.name if several else None, sheets=several, remarks=tuple(said)), choices)


def _of_text(data: bytes, codec: str, kind: str, choices: Choices) -> Table:
    if kind == "html" or (looks_like_html(data) and choices.delimiter is None):
        return _of_page(data, codec, choices)
    if kind == "json" and choices.delimiter is None:
        json_table = read_json(data, codec, choices)
        return _table(json_table.body, _Found(codec, sheet=json_table.sheet, sheets=json_table.sheets), choices)
    if kind == "txt" and choices.delimiter is None and choices.header is None and not _is_table(Lines(data, codec).peek(50)):
        objects = _objects_in(data, codec, choices)
        return _table(objects or _of_lines(Lines(data, codec)), _Found(codec), choices)
    records = Records(data, codec, choices, tabs_only=kind == "tsv")
    body = table_of_rows(records, choices, short_rows=False)
    dialect = records.dialect
    said: list[Remark] = []
    if records.unglued:
        said.append(remark("read_unglued", n=len(records.unglued), lines=spans(records.unglued)))
    if choices.quote is None and dialect.delimiter and dialect.quote != '"' and (b'"' in data or dialect.quote):
        said.append(remark("read_single_quotes" if dialect.quote else "read_quotes_kept"))
    if dialect.padded or dialect.trimmed:
        said.append(remark("read_padded"))
    if records.cut_at:
        body = _cut(body, records.cut_at)
    return _table(body, _Found(codec, dialect.delimiter, dialect.quote or "", remarks=tuple(said)), choices)


def _cut(body: Body, line: int) -> Body:
    return body if body.account.unread_from else replace(body, account=replace(body.account, unread_from=line))


def _of_page(data: bytes, codec: str, choices: Choices) -> Table:
    text = "".join(Lines(data, codec))
    if len(text) > MAX_PAGE:
        raise TableError("training.html-too-large")
    tables = tables_of_page(text)
    names = tuple(str(number) for number in range(1, len(tables) + 1))
    cells = [sum(len(cells) for _, cells in table.rows) for table in tables]
    number = names.index(choices.sheet) if choices.sheet in names else cells.index(max(cells))
    rows = ((line, cells) if not (trouble := _row_trouble(cells, line)) else trouble for line, cells in tables[number].rows)
    body = table_of_rows(rows, choices, short_rows=True)
    said = [remark("read_page_one_of", number=number + 1, n=len(tables))] if len(tables) > 1 else [remark("read_page")]
    if tables[number].spread:
        said.append(remark("read_page_merged", n=tables[number].spread))
    several = names if len(names) > 1 else ()
    return _table(body, _Found(codec, sheet=names[number] if several else None, sheets=several, remarks=tuple(said)), choices)


def _row_trouble(cells: list[str], line: int) -> Problem | None:
    return next((trouble for cell in cells if (trouble := line_trouble(cell, line))), None)


def _table(body: Body, found: _Found, choices: Choices) -> Table:
    account = body.account
    read = Choices(found.encoding, found.delimiter, found.quote, body.header, found.sheet, choices.footer)
    return Table(
        body.frame,
        found.encoding,
        found.delimiter,
        body.problems,
        account.skipped,
        body.renamed,
        body.lines,
        (),
        account,
        read,
        found.sheets,
        body.first_rows,
        (*found.remarks, *body.remarks),
    )


def _is_table(lines: list[str]) -> bool:
    """A text file is lines of text, unless every line of its start has the same number of tabs or of wide gaps, or the first line names
    columns as we know them and the others fit.
    """
    filled = [line for line in lines if line.strip()]
    tabs, gaps = ({count(line) for line in filled} for count in (lambda line: line.count("\t"), gaps_in))
    if any(len(counts) == 1 and counts.pop() > 0 for counts in (tabs, gaps)):
        return True
    dialect = find_dialect(filled)
    sample = sample_of(filled, dialect)
    names = {cell.strip().lower() for cell in sample.records[0].cells} if sample.records and dialect.delimiter else set()
    return sample.fit >= 1 and any(names & set(known) for known in (LABEL_NAMES, TEXT_NAMES))


def _objects_in(data: bytes, codec: str, choices: Choices) -> Body | None:
    """The table of a text file of objects, in JSON or as Python prints them; None for any other text."""
    if Lines(data, codec).peek(1)[:1] and not Lines(data, codec).peek(1)[0].lstrip().startswith(("{", "[{")):
        return None
    try:
        return read_json(data, codec, choices).body
    except TableError:
        return None


def _of_lines(lines: Lines) -> Body:
    """Lines of text, each a row; empty ones hold nothing."""
    build = Builder(["text"])
    for line in lines:
        text = line.rstrip("\r\n")
        if not text.strip():
            continue
        if build.full:
            build.stop_at(lines.number)
            break
        trouble = line_trouble(text, lines.number)
        if trouble is None:
            build.add(lines.number, [text])
        elif build.skip(trouble):
            break
    if lines.cut and build.unread_from is None:
        build.unread_from = lines.number + 1
    return body_of(build)
