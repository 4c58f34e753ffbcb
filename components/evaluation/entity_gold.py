"""The right entities of a table's rows, as a column of JSON states them, and what its types mean beside a model's.

Two forms are read: objects with `start`, `end` and `label`, as the page's own download has them, and triples [start, end, label], as
annotation tools such as doccano write them. Characters are counted from 0, the end is exclusive.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence

import pandas as pd

from components.errors import TableError
from components.models.results import Entity
from components.tables.writing import is_formula
from components.text.clip import clip

SAMPLE = 50
Span = tuple[int, int, str, str]  # start, end, label, the text that it names or ""
# Types that mean the same, by the names that data sets give them; compared after NFKC, without case and punctuation.
_MEANINGS = {
    "person": ("per", "pers", "person", "people", "人名", "人", "人物"),
    "organisation": (
        *("org", "organization", "organisation", "corporation", "company", "group", "組織", "組織名"),
        *("法人名", "政治的組織名", "その他の組織名"),
    ),
    "place": ("loc", "location", "place", "gpe", "地名", "場所"),
    "facility": ("fac", "facility", "施設", "施設名"),
    "product": ("product", "prod", "製品", "製品名"),
    "event": ("event", "evt", "イベント", "イベント名"),
    "other": ("misc", "miscellaneous", "other", "その他"),
}
_MEANING_OF = {name: meaning for meaning, names in _MEANINGS.items() for name in names}


def read_gold(cell: str, text: str) -> list[Entity] | None:
    """The entities that `cell` states for `text`, sorted, with score 1; None for an empty cell, which says that nobody looked.

    An object's own `text`, where it has one, must be what stands at its place, so that a text that was edited afterwards shows. What a
    download itself changes is allowed for: the apostrophe before a formula in CSV, and line ends in XLSX. Raises TableError.
    """
    if not cell.strip():
        return None
    try:
        stated = json.loads(cell)
    except (ValueError, RecursionError):
        stated = None
    spans = _spans(stated)
    if spans is None:
        raise TableError("gold.not_entities", found=clip(cell, 40))
    entities: list[Entity] = []
    for start, end, label, name in sorted(_moved(text, spans)):
        if not 0 <= start < end <= len(text):
            raise TableError("gold.outside", start=start, end=end, length=len(text))
        if name and name != text[start:end]:
            raise TableError("gold.other_text", start=start, end=end, found=clip(text[start:end], 40), stated=clip(name, 40))
        if entities and start < entities[-1].end:
            raise TableError("gold.overlap", first=clip(entities[-1].text, 40), second=clip(text[start:end], 40))
        entities.append(Entity(text[start:end], label, start, end, 1.0))
    return entities


def guess_gold(frame: pd.DataFrame) -> str | None:
    """The first column whose filled cells (50 of them) are lists of entities, at least one of them not empty; None where there is none."""
    for name in frame.columns:
        cells = [cell for cell in frame[name].head(40 * SAMPLE) if cell.strip()][:SAMPLE]
        if all(map(_is_list, cells)) and any(cell.strip() != "[]" for cell in cells):
            return name
    return None


def match_types(file_types: Sequence[str], labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each type of a file the model's types that mean it: the one of the same name, else all of the same meaning (ORG is 法人名,
    政治的組織名 and その他の組織名); () where none is known."""
    own: dict[str, str] = {}
    for label in labels:
        own.setdefault(_folded(label), label)
    matched = {}
    for name in file_types:
        meaning = _MEANING_OF.get(_folded(name))
        alike = tuple(label for label in labels if meaning and _MEANING_OF.get(_folded(label)) == meaning)
        matched[name] = (own[_folded(name)],) if _folded(name) in own else alike
    return matched


def compared_types(meaning: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], dict[str, str]]:
    """What each type of the file and each of the model's is called where the two are compared: (of the file's, of the model's).

    Types that mean each other count as one: a type of the file may be several of the model's, and the other way round. Types without a
    counterpart are in neither.
    """
    groups: list[tuple[list[str], set[str]]] = []
    for name, labels in meaning.items():
        if not labels:
            continue
        joined, others = ([name], set(labels)), []
        for group in groups:
            if group[1] & joined[1]:
                joined = (group[0] + joined[0], group[1] | joined[1])
            else:
                others.append(group)
        groups = [*others, joined]
    theirs: dict[str, str] = {}
    ours: dict[str, str] = {}
    for names, own in groups:
        called = names[0] if len(names) == 1 else next(iter(own)) if len(own) == 1 else " / ".join(names)
        theirs |= dict.fromkeys(names, called)
        ours |= dict.fromkeys(own, called)
    return theirs, ours


def _spans(stated: object) -> list[Span] | None:
    """The entities of a JSON list; None where it is no list, or something in it is no entity."""
    if not isinstance(stated, list):
        return None
    spans = [span for entity in stated if (span := _span(entity))]
    return spans if len(spans) == len(stated) else None


def _span(stated: object) -> Span | None:
    """One entity of the JSON; None where it is none."""
    if isinstance(stated, dict):
        start, end, label, name = (stated.get(key) for key in ("start", "end", "label", "text"))
    elif isinstance(stated, list) and len(stated) == 3:
        (start, end, label), name = stated, None
    else:
        return None
    if not isinstance(start, int) or not isinstance(end, int) or isinstance(start, bool) or isinstance(end, bool):
        return None
    if not isinstance(label, str) or not label.strip() or not isinstance(name, str | None):
        return None
    return start, end, label.strip(), name or ""


def _moved(text: str, spans: Sequence[Span]) -> Sequence[Span]:
    """The spans where their names stand in `text` now, if a download moved them; as they are otherwise."""
    named = [(start, end, name) for start, end, _, name in spans if name]
    if all(text[start:end] == name for start, end, name in named):
        return spans
    fronts = (0, 1) if text.startswith("'") and is_formula(text[1:]) else (0,)
    for front in fronts:
        for line_end in ("\n", "\r\n"):  # XML reads the second as the first
            before = text[front:].replace("\n", line_end)
            if all(before[start:end] == name for start, end, name in named):
                lost = before.count if line_end == "\r\n" else (lambda *_: 0)
                places = [(start + front - lost("\r", 0, start), end + front - lost("\r", 0, end), label) for start, end, label, _ in spans]
                return [(start, end, label, text[start:end]) for start, end, label in places]
    return spans


def _is_list(cell: str) -> bool:
    try:
        stated = json.loads(cell) if cell.lstrip().startswith("[") else None
    except (ValueError, RecursionError):
        return False
    return _spans(stated) is not None


def _folded(name: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", name).casefold() if character.isalnum())
