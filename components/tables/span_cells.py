"""Marked pieces of a text as labelling tools write them into a cell, and the one form in which everything else reads them: a JSON list of
[start, end, "NAME"], in code points, the end exclusive, sorted."""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from components.tables.printed import read_printed

STARTS, ENDS = ("start", "start_offset", "begin", "startOffset"), ("end", "end_offset", "stop", "endOffset")
NAMES = ("label", "labels", "type", "tag", "entity", "entity_group")
WRAPPERS = ("entities", "spans", "labels", "label")
Marked = tuple[int, int, str]


class Span(NamedTuple):
    """start, end as they stand in the file; `surface`: the text that the file says is there, "" where it says nothing."""

    start: int
    end: int
    name: str
    surface: str = ""


def read_spans(cell: str) -> list[Span] | None:
    """The pieces that a cell names, in JSON or as Python prints them; None for anything else, and for an empty cell."""
    if not cell.lstrip().startswith(("[", "(", "{")):
        return None
    try:
        return spans_of(read_printed(cell))
    except (ValueError, RecursionError):
        return None


def spans_of(value: object) -> list[Span] | None:
    """The pieces in a list of [start, end, name] or of objects; None where it is no such list."""
    if isinstance(value, Mapping):
        inner = next((value[key] for key in WRAPPERS if isinstance(value.get(key), list)), None)
        return None if inner is None else spans_of(inner)
    if not isinstance(value, list | tuple):
        return None
    found: list[Span] = []
    for item in value:
        spans = _of_object(item) if isinstance(item, Mapping) else _of_list(item)
        if spans is None:
            return None
        found += spans
    return found


def write_spans(spans: Iterable[Marked]) -> str:
    """The canonical cell; a piece that stands twice stands once."""
    return json.dumps([list(span) for span in sorted(set(spans))], ensure_ascii=False)


def read_written(cell: str) -> list[Marked] | None:
    """The pieces of a canonical cell; None for any other."""
    try:
        value = json.loads(cell) if cell.startswith("[") else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not all(isinstance(item, list) and len(item) == 3 for item in value):
        return None
    if not all(type(start) is int and type(end) is int and isinstance(name, str) and name for start, end, name in value):
        return None
    return [(start, end, name) for start, end, name in value]


def _of_list(item: object) -> list[Span] | None:
    if not isinstance(item, list | tuple) or len(item) != 3:
        return None
    if isinstance(item[0], str) and not item[0].isdecimal():
        item = (item[1], item[2], item[0])
    return _spans(item[0], item[1], item[2], "")


def _of_object(item: Mapping[str, object]) -> list[Span] | None:
    inner = item.get("value")
    if isinstance(inner, Mapping):
        item = inner
    start, end = (next((item[key] for key in keys if key in item), None) for keys in (STARTS, ENDS))
    pair = item.get("span", item.get("offsets"))
    if start is None and isinstance(pair, list) and len(pair) == 2:
        start, end = pair
    names = next((item[key] for key in NAMES if key in item), None)
    surface = item.get("text", item.get("name"))
    return _spans(start, end, names, surface if isinstance(surface, str) else "")


def _spans(start: object, end: object, names: object, surface: str) -> list[Span] | None:
    first, last = _place(start), _place(end)
    if first is None or last is None:
        return None
    listed = names if isinstance(names, list) else [names]
    if not all(isinstance(name, str) and name.strip() for name in listed):
        return None
    return [Span(first, last, str(name).strip(), surface) for name in listed]


def _place(value: object) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e9:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
