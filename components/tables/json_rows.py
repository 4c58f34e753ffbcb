"""JSON becomes rows: an object a line (jsonlines.org), objects one after another, an array of them, columns, and all this in a wrapper."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.errors import TableError
from components.tables.account import Problem, problem
from components.tables.builder import Builder, line_trouble
from components.tables.delimited import Lines
from components.tables.encoding import damaged
from components.tables.limits import MAX_JSON_MARKS
from components.tables.python_text import LOOKS_SO, MAX_PYTHON, json_of_python
from components.tables.reading import Choices, Remark, remark
from components.tables.rows import Body, body_of, table_of_rows

OWN_TEXT = ("text", "sentence", "review", "body", "文", "テキスト", "本文")  # a wrapper has none of these beside its rows
WRAPPERS = 4  # levels of objects around the rows
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_GAP = re.compile(r"[\s,;]*")
_REREAD = 20_000_000  # characters, as for quotes that never close

Value = Any  # what JSON holds


@dataclass(frozen=True)
class JsonTable:
    """A table and, where the file holds several, the names of all and of this one."""

    body: Body
    sheets: tuple[str, ...] = ()
    sheet: str | None = None


def read_json(data: bytes, encoding: str, choices: Choices) -> JsonTable:
    """The table of a JSON file of any of these shapes. Raises TableError where there is none."""
    lines = Lines(data, encoding)
    if _is_lines(lines.peek(50)):
        return JsonTable(_of_lines(lines))
    text = "".join(lines)
    if LOOKS_SO.match(text):
        converted = json_of_python(text) if len(text) <= MAX_PYTHON else None
        text = text if converted is None else converted
    if sum(map(text.count, "[{,")) > MAX_JSON_MARKS:
        raise TableError("training.json-too-large", limit=f"{MAX_JSON_MARKS:,}")
    items = list(_values(text))
    values = [value for _, value in items if not isinstance(value, Problem)]
    if len(values) == 1 and len(items) == 1:
        return _of_value(values[0], choices)
    if values and all(isinstance(value, Mapping) for value in values):
        return JsonTable(_of_objects(items))
    first = next((value.line for _, value in items if isinstance(value, Problem)), 1)
    raise TableError("training.json-none", line=first)


def _is_lines(lines: list[str]) -> bool:
    """Whether most of the lines are an object each: then every line is taken by itself, and a bad one harms no other."""
    filled = [line for line in lines if line.strip()]
    objects = sum(line.lstrip().startswith("{") and line.rstrip().rstrip(",").endswith("}") for line in filled)
    if len(filled) < 2:
        return objects == len(filled) and _row_of(filled[0] if filled else "") is not None and not _is_wrapper(filled[0])
    return objects * 2 > len(filled) and any(_row_of(line) is not None for line in filled)


def _is_wrapper(text: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return not _is_record(value) and any(isinstance(inner, list) or (isinstance(inner, dict) and inner) for inner in value.values())


def _is_record(value: Mapping[str, Value]) -> bool:
    """Whether an object is a row by itself, whatever lists it holds: a text with its spans, as labelling tools write one a line."""
    return any(isinstance(inner, str) and key.strip().lower() in OWN_TEXT for key, inner in value.items())


def _of_lines(lines: Lines) -> Body:
    build = Builder([])
    for line in lines:
        text = line.strip()
        if not text or text in "[]":
            continue
        if build.full:
            build.stop_at(lines.number)
            break
        trouble = line_trouble(text, lines.number)
        row = None if trouble else _row_of(text)
        if row is not None:
            build.add_named(lines.number, row)
        elif build.skip(trouble or problem(lines.number, "training.row-json")):
            break
    if lines.cut and build.unread_from is None:
        build.unread_from = lines.number + 1
    return body_of(build)


def _row_of(text: str) -> dict[str, str] | None:
    """The cells of one object in `text`, as JSON or as Python prints it."""
    text = (
        text.strip().removesuffix(",").removeprefix("[").removesuffix("]") if text.startswith("[{") or text.endswith(("},", "}]")) else text
    )
    cells = cells_of_object(text)
    if cells is None and "'" in text:
        converted = json_of_python(text)
        cells = None if converted is None else cells_of_object(converted)
    return cells


def cells_of_object(text: str) -> dict[str, str] | None:
    """One JSON object with its values as text: numbers as they are written, null as "", lists and objects as JSON. None if it is no
    object.
    """
    try:
        row = _DECODER.decode(text)
        return _cells(row, text) if isinstance(row, dict) and row else None
    except (ValueError, RecursionError):
        return None


def _cells(row: dict[str, Value], text: str) -> dict[str, str] | None:
    if any(isinstance(value, dict | list) for value in row.values()):
        row = row | {key: value for key, value in json.loads(text).items() if isinstance(value, dict | list)}
    return _sound({key: value if isinstance(value, str) else _json_text(value) for key, value in row.items()})


def _sound(cells: dict[str, str]) -> dict[str, str] | None:
    # "\ud83d" without its second half is valid JSON and no text; a zero byte can hide behind an escape as well.
    if any(damaged(key) or damaged(value) or "\x00" in key + value for key, value in cells.items()):
        return None
    return cells


def _json_text(value: Value) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else _json_text(value)


def _values(text: str) -> Iterator[tuple[int, Value]]:
    """(line, value) of the values that stand one after another, or (line, Problem). A broken one costs the lines to the next object."""
    position, line, counted, reread = 0, 1, 0, _REREAD
    while True:
        gap = _GAP.match(text, position)
        position = gap.end() if gap else position
        line, counted = line + text.count("\n", counted, position), position
        if position >= len(text):
            return
        try:
            value, position = _DECODER.raw_decode(text, position)
            yield line, value
        except (ValueError, RecursionError) as error:
            yield line, problem(line, "training.row-json")
            reread -= max(getattr(error, "pos", len(text)) - position, 0)
            position = text.find("\n{", position + 1) + 1 if reread > 0 else 0
            if not position:
                return


def _of_objects(items: Sequence[tuple[int, Value]]) -> Body:
    build = Builder([])
    for line, value in items:
        if build.full:
            build.stop_at(line)
            break
        row = None if isinstance(value, Problem) else _sound({str(key): _text(cell) for key, cell in value.items()})
        if row:
            build.add_named(line, row)
        elif build.skip(value if isinstance(value, Problem) else problem(line, "training.row-json")):
            break
    return body_of(build)


def _of_value(value: Value, choices: Choices) -> JsonTable:
    """The table in a single array or object."""
    tables = _tables(value, "", WRAPPERS)
    if not tables:
        raise TableError("training.json-none", line=1)
    names = tuple(tables)
    likeliest = max(names, key=lambda name: len(tables[name]) if isinstance(tables[name], Sequence) else 1)
    sheet = choices.sheet if choices.sheet in tables else likeliest
    body = _of_table(tables[sheet], choices)
    said: tuple[Remark, ...] = ()
    if sheet:
        said = (remark("read_key", key=sheet[:60]),) if len(names) == 1 else (remark("read_keys", key=sheet[:60], n=len(names)),)
    several = len(names) > 1
    body = Body(body.frame, body.account, body.problems, body.renamed, body.lines, body.header, body.first_rows, said + body.remarks)
    return JsonTable(body, names if several else (), sheet if several else None)


def _tables(value: Value, path: str, levels: int) -> dict[str, Value]:
    """What in `value` can be a table, by its path of keys: rows, columns, or a single object where there is nothing else."""
    if isinstance(value, list):
        return {path: value} if value else {}
    if not isinstance(value, dict) or not value:
        return {}
    if _is_record(value):
        return {path: value}
    if _columns(value) is not None or _split(value) is not None or _indexed(value) is not None:
        return {path: value}
    found: dict[str, Value] = {}
    if levels:
        for key, inner in value.items():
            if (isinstance(inner, list) and all(isinstance(item, dict | list) for item in inner)) or isinstance(inner, dict):
                found |= {
                    name: table for name, table in _tables(inner, f"{path}.{key}" if path else key, levels - 1).items() if _is_rows(table)
                }
    return found or {path: value}


def _is_rows(value: Value) -> bool:
    """Whether there are rows in it, and not a single object."""
    return isinstance(value, list) or any(shape(value) is not None for shape in (_columns, _split, _indexed))


def _of_table(value: Value, choices: Choices) -> Body:
    if isinstance(value, dict):
        for shape in (_split, _columns, _indexed):
            rows = shape(value)
            if rows is not None:
                return _of_objects(list(enumerate(rows, start=1)))
        return _of_objects([(1, value)])
    if not isinstance(value, list):
        raise TableError("training.json-none", line=1)
    if all(isinstance(item, list) for item in value):
        lists = [_checked((number, [_text(cell) for cell in item])) for number, item in enumerate(value, start=1)]
        return table_of_rows(lists, choices, short_rows=True)
    if not any(isinstance(item, dict) for item in value):
        return _of_objects([(number, {"text": item}) for number, item in enumerate(value, start=1)])
    return _of_objects(
        [(number, item if isinstance(item, dict) else problem(number, "training.row-json")) for number, item in enumerate(value, 1)]
    )


def _checked(row: tuple[int, list[str]]) -> tuple[int, list[str]] | Problem:
    troubles = (line_trouble(cell, row[0]) for cell in row[1])
    return next((trouble for trouble in troubles if trouble), row)


def _split(value: dict[str, Value]) -> list[Value] | None:
    """pandas' "split": {"columns": [...], "data": [[...], ...]}."""
    columns, rows = value.get("columns"), value.get("data")
    if (
        not isinstance(columns, list)
        or not isinstance(rows, list)
        or not columns
        or not rows
        or not all(isinstance(row, list) for row in rows)
    ):
        return None
    names = [_text(name) for name in columns]
    return [dict(zip(names, row, strict=False)) if len(row) <= len(names) else row for row in rows]


def _columns(value: dict[str, Value]) -> list[Value] | None:
    """{"text": [...], "label": [...]}, or pandas' {"text": {"0": ..., "1": ...}, ...}."""
    lists = [column for column in value.values() if isinstance(column, list)]
    if len(lists) == len(value) and len({len(column) for column in lists}) == 1 and lists[0]:
        if len(lists) == 1 and all(isinstance(item, dict | list) for item in lists[0]):
            return None  # a wrapper
        if all(isinstance(item, dict) for column in lists for item in column):
            return None  # several tables
        return [dict(zip(value, row, strict=True)) for row in zip(*lists, strict=True)]
    keys = _inner_keys(value)
    if keys and all(key.isdigit() for key in keys):
        return [{name: column[key] for name, column in value.items()} for key in keys]
    return None


def _indexed(value: dict[str, Value]) -> list[Value] | None:
    """pandas' "index": {"0": {"text": ..., "label": ...}, ...}."""
    keys = _inner_keys(value)
    return list(value.values()) if keys and len(value) > 1 and not all(key.isdigit() for key in keys) else None


def _inner_keys(value: dict[str, Value]) -> list[str]:
    """The keys that all the objects in `value` share, none where they differ."""
    inner = list(value.values())
    if not inner or not all(isinstance(one, dict) and one for one in inner):
        return []
    first = inner[0]
    keys = list(first) if isinstance(first, dict) else []
    return keys if all(isinstance(one, dict) and one.keys() == first.keys() for one in inner) else []
