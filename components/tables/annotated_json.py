"""JSON files of labelling tools with marked pieces of texts: doccano, Label Studio, spaCy's two forms, and lists of tokens with their tags."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from components.tables.account import Problem, problem
from components.tables.annotated_file import Annotated, table_of
from components.tables.delimited import Lines
from components.tables.encoding import find_readings
from components.tables.json_rows import OWN_TEXT
from components.tables.limits import MAX_JSON_MARKS
from components.tables.reading import remark
from components.tables.span_cells import Span, spans_of, write_spans
from components.tables.span_units import settled
from components.tables.tags import TAG, tagged_text

FORMS = ("doccano", "label_studio", "spacy", "tags")
HEAD = 200_000  # bytes in which one of the keys must stand
KEYS = (b"entities", b"label", b"ents", b"annotations", b"completions", b"paragraphs", b"tokens", b"spans")
MARKED = ("label", "labels", "entities", "spans", "annotations", "annotation")
TAGS = ("ner_tags", "tags", "ner", "labels", "bio")
KNOWN = 0.8  # of the objects must be of a form that is known
Value = Any  # what JSON holds


@dataclass(frozen=True)
class _Record:
    """A text and its pieces, None where nobody has looked; `rest`: what else is said of it."""

    form: str
    text: str
    spans: Sequence[Span] | None
    rest: Mapping[str, str] = field(default_factory=dict)
    unbegun: int = 0


def read_annotated_json(data: bytes, name: str) -> Annotated | None:
    """The texts of such a file as rows; None for any other file. Raises TableError where the places of its pieces fit no text."""
    head = data[:HEAD].replace(b"\0", b"")
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] not in (b"[", b"{") or not any(b'"' + key in head for key in KEYS):
        return None
    codec = find_readings(data).encoding
    found = _records(Lines(data, codec))
    known = [(line, record) for line, record in found if isinstance(record, _Record)]
    if len(known) < max(KNOWN * len(found), 1) or not any(record.spans for _, record in known):
        return None
    form = Counter(record.form for _, record in known).most_common(1)[0][0]
    texts = [record.text for _, record in known]
    places = settled(texts, [record.spans for _, record in known])
    rows: list[tuple[int, Mapping[str, str]]] = []
    problems = [record for _, record in found if isinstance(record, Problem)]
    for (line, record), spans in zip(known, places.rows, strict=True):
        rows.append((line, {"text": record.text, "entities": "" if spans is None else write_spans(spans), **record.rest}))
    said = places.remarks
    if unbegun := sum(record.unbegun for _, record in known):
        said = (*said, remark("read_unbegun", n=f"{unbegun:,}"))
    return Annotated(form, "entities", table_of(rows, problems, said, codec))


def _records(lines: Lines) -> list[tuple[int, _Record | Problem]]:
    """(line, what stands there) of an object a line, or of the items of one array."""
    first = next((line.strip() for line in lines.peek(20) if line.strip()), "")
    by_line = first.endswith("}") and _parsed(first) is not None
    found: list[tuple[int, _Record | Problem]] = []
    if by_line or (first.endswith("]") and isinstance(_parsed(first), list) and _record(_parsed(first)) is not None):
        for line in lines:
            if line.strip():
                value = _parsed(line)
                record = None if value is None else _record(value)
                found.append((lines.number, record or problem(lines.number, "training.row-json")))
        if len(found) > 1 or isinstance(found[0][1], _Record):
            return found
        text = first
    else:
        text = "".join(lines)
    if sum(map(text.count, "[{,")) > MAX_JSON_MARKS:
        return []
    return [(number, _record(item) or problem(number, "training.row-json")) for number, item in enumerate(_items(_parsed(text)), start=1)]


def _parsed(text: str) -> Value:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _items(value: Value) -> Iterator[Value]:
    """The items of an array, or of the longest array in an object around it; paragraphs one by one (spaCy 2)."""
    if isinstance(value, Mapping) and _record(value) is None and "paragraphs" not in value:
        value = max((inner for inner in value.values() if isinstance(inner, list)), key=_rank, default=[])
    for item in value if isinstance(value, list) else [value]:
        yield from item["paragraphs"] if isinstance(item, Mapping) and isinstance(item.get("paragraphs"), list) else [item]


def _rank(items: list[Value]) -> tuple[int, int]:
    return sum(_record(item) is not None for item in items[:50]), len(items)


def _record(value: Value) -> _Record | None:
    if isinstance(value, list):
        whole = len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], Mapping) and "entities" in value[1]
        return _marked("spacy", value[0], value[1]["entities"]) if whole else None
    if not isinstance(value, Mapping):
        return None
    if isinstance(value.get("data"), Mapping):
        return _of_label_studio(value)
    if isinstance(value.get("sentences"), list):
        return _of_spacy_tokens(value)
    tokens = value.get("tokens")
    if isinstance(tokens, list) and tokens and all(isinstance(token, str) for token in tokens):
        tags = next((value[key] for key in TAGS if isinstance(value.get(key), list)), None)
        return _tagged("tags", tokens, tags)
    text = next((inner for key, inner in value.items() if key.strip().lower() in OWN_TEXT and isinstance(inner, str)), None)
    if text is None:
        return None
    if "ents" in value:
        return _marked("spacy", text, value["ents"])
    key = next((key for key in MARKED if key in value and (value[key] is None or isinstance(value[key], list))), None)
    if key is None:
        return None
    rest = {name: str(inner) for name, inner in value.items() if isinstance(inner, int | str) and inner is not text and name != "entities"}
    form = (
        "label_studio" if any(isinstance(one, Mapping) and isinstance(one.get("labels"), list) for one in value[key] or ()) else "doccano"
    )
    return _marked(form, text, value[key], rest)


def _marked(form: str, text: str, value: Value, rest: Mapping[str, str] | None = None) -> _Record | None:
    spans = None if value is None else spans_of(value)
    return (
        None
        if spans is None and value is not None
        else _Record(form, text, spans, {key: one for key, one in (rest or {}).items() if key != "text"})
    )


def _of_label_studio(value: Mapping[str, Value]) -> _Record | None:
    """A task of Label Studio: the text in `data`, the pieces in the first of its annotations that was not cancelled."""
    data = value["data"]
    texts = {key: inner for key, inner in data.items() if isinstance(inner, str)}
    done = [
        one for one in value.get("annotations", value.get("completions")) or () if isinstance(one, Mapping) and not one.get("was_cancelled")
    ]
    results = next((one["result"] for one in done if isinstance(one.get("result"), list)), None)
    marked = [
        one for one in results or () if isinstance(one, Mapping) and isinstance(one.get("value"), Mapping) and "labels" in one["value"]
    ]
    if not texts or ("annotations" not in value and "completions" not in value):
        return None
    key = "text" if "text" in texts else max(texts, key=lambda name: len(texts[name]))
    spans = None if results is None else spans_of([one["value"] for one in marked])
    if results is not None and spans is None:
        return None
    return _Record("label_studio", texts[key], spans, {"id": str(value["id"])} if isinstance(value.get("id"), int | str) else {})


def _of_spacy_tokens(value: Mapping[str, Value]) -> _Record | None:
    """A paragraph of spaCy 2: tokens with BILOU tags, and the raw text."""
    tokens = [
        token
        for sentence in value["sentences"]
        if isinstance(sentence, Mapping)
        for token in sentence.get("tokens") or ()
        if isinstance(token, Mapping)
    ]
    raw = value.get("raw")
    return _tagged(
        "spacy", [token.get("orth") for token in tokens], [token.get("ner") or "O" for token in tokens], raw if isinstance(raw, str) else ""
    )


def _tagged(form: str, tokens: Sequence[Value], tags: Value, recorded: str = "") -> _Record | None:
    if not isinstance(tags, list) or len(tags) != len(tokens) or not tokens or not all(isinstance(token, str) for token in tokens):
        return None
    if not all(isinstance(tag, str) and TAG.fullmatch(tag) for tag in tags):
        return None
    read = tagged_text(tokens, tags, recorded)
    return _Record(form, read.text, [Span(*span) for span in read.spans], unbegun=read.unbegun)
