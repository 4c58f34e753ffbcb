"""What the places of marked pieces count: characters, or UTF-16 code units (JavaScript, Java), bytes of UTF-8, or line ends as one.

Where a text's counts differ, they are told apart by which of them makes the pieces whole: inside the text, without spaces at their ends,
beginning and ending where a word or a run of one script does, and equal to the words that the file itself states.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.errors import TableError
from components.tables.reading import Remark, remark
from components.tables.span_cells import Marked, Span
from components.text.borders import within_run
from components.text.clip import clip

UNITS = ("characters", "utf16", "bytes", "line_ends")
TELLING_ROWS = 2_000  # whose counts differ: enough to tell
OUTSIDE, OTHER_WORDS, SPACE, CUT = 4, 4, 2, 1  # what speaks against a reading
MOST_OUTSIDE = 0.5
Spans = Sequence[Span] | None


@dataclass(frozen=True)
class Settled:
    """`rows`: the pieces of each text in characters, None where there were none to read; `unit`: what the file counted; `remarks`: what is said of it."""

    rows: tuple[list[Marked] | None, ...]
    unit: str
    remarks: tuple[Remark, ...] = ()


def settled(texts: Sequence[str], rows: Sequence[Spans]) -> Settled:
    """The pieces with places in characters, whatever the file counted. Raises TableError where most lie outside their texts by any count."""
    unit = _unit(texts, rows)
    found = [None if spans is None else _converted(text, spans, unit) for text, spans in zip(texts, rows, strict=True)]
    outside = [
        (text, span) for text, spans in zip(texts, found, strict=True) for span in spans or () if not 0 <= span[0] < span[1] <= len(text)
    ]
    total = sum(len(spans or ()) for spans in found)
    if outside and len(outside) > MOST_OUTSIDE * total:
        text, (start, end, name) = outside[0]
        raise TableError("tables.spans_outside", n=len(outside), all=total, start=start, end=end, name=clip(name, 40), length=len(text))
    if unit == "characters":
        return Settled(tuple(found), unit)
    moved = sum(
        [span[:3] for span in before or ()] != [tuple(span) for span in after or ()] for before, after in zip(rows, found, strict=True)
    )
    return Settled(tuple(found), unit, (remark(f"read_spans_{unit}", n=f"{moved:,}"),))


def _unit(texts: Sequence[str], rows: Sequence[Spans]) -> str:
    """The count that speaks least against itself, on the texts where it makes a difference."""
    against = dict.fromkeys(UNITS, 0)
    looked = 0
    for text, spans in zip(texts, rows, strict=True):
        if not spans or _counts_alike(text):
            continue
        for unit in UNITS:
            scale = _Scale.of(text, unit)
            against[unit] += sum(_against(text, span, scale) for span in spans)
        looked += 1
        if looked == TELLING_ROWS:
            break
    return min(UNITS, key=lambda unit: against[unit])


def _counts_alike(text: str) -> bool:
    return text.isascii() and "\r\n" not in text


@dataclass(frozen=True)
class _Scale:
    """Where each character of a text begins, counted in a unit: `place_of` the count; `total`: of the whole text."""

    place_of: Mapping[int, int]
    total: int
    length: int

    @classmethod
    def of(cls, text: str, unit: str) -> "_Scale":
        if unit == "characters" or _counts_alike(text):
            return cls({place: place for place in range(len(text) + 1)}, len(text), len(text))
        place_of: dict[int, int] = {}
        counted = 0
        for place, character in enumerate(text):
            place_of.setdefault(counted, place)
            counted += _width(character, text[place + 1 : place + 2], unit)
        place_of.setdefault(counted, len(text))
        return cls(place_of, counted, len(text))

    def place(self, counted: int) -> int:
        """In characters; a count within a character goes to its beginning, one outside the text stays outside."""
        if counted < 0 or counted > self.total:
            return counted if counted < 0 else self.length + counted - self.total
        while counted not in self.place_of:
            counted -= 1
        return self.place_of[counted]


def _against(text: str, span: Span, scale: _Scale) -> int:
    if span.start not in scale.place_of or span.end not in scale.place_of:
        return OUTSIDE
    start, end = scale.place(span.start), scale.place(span.end)
    if start >= end:
        return OUTSIDE
    found = text[start:end]
    cost = OTHER_WORDS * bool(span.surface and span.surface != found) + SPACE * (found[0].isspace() + found[-1].isspace())
    return cost + CUT * (within_run(text, start) + within_run(text, end))


def _converted(text: str, spans: Sequence[Span], unit: str) -> list[Marked]:
    if unit == "characters" or _counts_alike(text):
        return [(span.start, span.end, span.name) for span in spans]
    scale = _Scale.of(text, unit)
    return [(scale.place(span.start), scale.place(span.end), span.name) for span in spans]


def _width(character: str, following: str, unit: str) -> int:
    if unit == "utf16":
        return 2 if ord(character) > 0xFFFF else 1
    if unit == "bytes":
        return len(character.encode("utf-8", "surrogatepass"))
    return 0 if character == "\r" and following == "\n" else 1
