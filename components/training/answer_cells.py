"""The right answers of a question as one cell, and where they stand in the passage: SQuAD's own form as JSON, `{"text": [...], "answer_start": [...]}`,
both lists empty for a question that the passage doesn't answer (Rajpurkar, Jia & Liang 2018, "Know What You Don't Know")."""

import json
from dataclasses import dataclass

from components.evaluation.answer_tables import accepted_answers
from components.tables.printed import read_printed

MOST_PLACES = 1_000  # of one answer in a passage; how many more there are tells nothing


@dataclass(frozen=True)
class Wanted:
    """The accepted answers of a question. starts: of each its first character in the passage, () where nothing says it."""

    texts: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()

    def written(self) -> str:
        return json.dumps({"text": list(self.texts), "answer_start": list(self.starts)}, ensure_ascii=False)


@dataclass(frozen=True)
class Place:
    """Where an answer stands: characters start to end (exclusive), (-1, -1) for none. kind: "given" (the table says so and is right), "found"
    (it stands there once), "several" (more often: the first is taken), "moved" (not where the table says: the nearest is taken), "missing",
    "unreadable", or "none" (there is no answer)."""

    kind: str
    start: int = -1
    end: int = -1


def read_wanted(cell: str, start: str = "") -> Wanted | None:
    """The answers of a cell: a text, "" for none, or a list or dictionary of texts as files print them. start: the cell of the column that says
    where it begins. None for what looks like such a list and can't be read."""
    texts = accepted_answers(cell)
    if texts is None:
        return None
    starts = _starts(cell) or ([int(start)] if start.strip().isdecimal() and len(start) < 10 else [])
    # The first character counts with the answer as it is written; a text alone is taken without blanks at its ends.
    kept = (
        list(dict.fromkeys(zip(texts, starts, strict=True))) if len(starts) == len(texts) else [(text, -1) for text in dict.fromkeys(texts)]
    )
    return Wanted(tuple(text for text, _ in kept), tuple(place for _, place in kept if place >= 0))


def place_of(passage: str, cell: str) -> Place:
    """Where the answer of a prepared cell stands in `passage`."""
    wanted = read_wanted(cell)
    if wanted is None:
        return Place("unreadable")
    if not wanted.texts:
        return Place("none")
    for text, start in zip(wanted.texts, wanted.starts, strict=False):
        if text and passage[start : start + len(text)] == text:
            return Place("given", start, start + len(text))
    for number, text in enumerate(wanted.texts):
        places = _places(passage, text)
        if not places:
            continue
        if number < len(wanted.starts):
            nearest = min(places, key=lambda place: abs(place - wanted.starts[number]))
            return Place("moved", nearest, nearest + len(text))
        return Place("found" if len(places) == 1 else "several", places[0], places[0] + len(text))
    return Place("missing")


def _places(passage: str, text: str) -> list[int]:
    places: list[int] = []
    start = passage.find(text) if text else -1
    while start >= 0 and len(places) < MOST_PLACES:
        places.append(start)
        start = passage.find(text, start + 1)
    return places


def _starts(cell: str) -> list[int]:
    """The numbers under "answer_start" of a printed dictionary, [] where there are none."""
    if "answer_start" not in cell:
        return []
    try:
        value = read_printed(cell.strip())
    except ValueError:
        return []
    found = value.get("answer_start") if isinstance(value, dict) else None
    listed = found if isinstance(found, list) else [found]
    numbers = [int(one) for one in listed if isinstance(one, int | float) and 0 <= one < 10**9]
    return numbers if len(numbers) == len(listed) else []
