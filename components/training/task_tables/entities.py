"""Named-entity recognition takes a column of texts and one of the pieces that are marked in each: [] where there is none."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import pandas as pd

from components.tables.columns import guess_columns
from components.tables.reading import Remark
from components.tables.span_cells import Marked, Span, read_spans, read_written, write_spans
from components.tables.span_units import Settled, settled
from components.text.borders import within_word
from components.text.clip import clip
from components.training.findings import Finding, Fix, rows_finding
from components.training.task_tables import Columns, Guess

ROLES: tuple[str, ...] = ("text", "label")
OPTIONAL: tuple[str, ...] = ()
FEW_EXAMPLES = 20  # of a type: with fewer it is hardly learned, and its score says nothing
MANY_TYPES = 60
LOOKED_AT = 50  # filled cells
NAMED = 5  # types or names in a sentence
KINDS: tuple[str, ...] = (
    *("entities-none", "entities-many-types", "entities-unreadable", "entities-outside", "entities-spaces", "entities-overlapping"),
    *("entities-inside-words", "entities-few", "entities-two-types", "entities-empty"),
)
CURED: tuple[str, ...] = ("entities-unreadable", "entities-outside", "entities-spaces", "entities-overlapping")
Spans = list[Marked]


def guess(frame: pd.DataFrame) -> Guess | None:
    """None where no column holds marked pieces."""
    label = next((name for name in frame.columns if _is_marked(frame[name])), None)
    if label is None or len(frame.columns) < 2:
        return None
    return Guess(Columns(guess_columns(frame.drop(columns=[label])).text, label), 1.0)


def prepare(frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
    """The pieces in the one form that is learned from, with places in characters; what can't be read stays. Raises TableError where most lie
    outside their texts."""
    places = _settled(frame, columns)
    if places is None or columns.label is None:
        return frame, columns
    written = [
        cell if spans is None else write_spans(spans) for cell, spans in zip(frame[columns.label].tolist(), places.rows, strict=True)
    ]
    return frame.assign(**{columns.label: pd.Series(written, index=frame.index, dtype="str")}), columns


def remarks(frame: pd.DataFrame, columns: Columns) -> tuple[Remark, ...]:
    """What `prepare` decided of a table as it was read."""
    places = _settled(frame, columns)
    return places.remarks if places else ()


def findings(frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
    """On places that can't be, names of two types, and types with few examples."""
    assert columns.label is not None, "entities are learned from marked texts"
    cells, texts = frame[columns.label], frame[columns.text]
    rows = {row: (text, read_written(cell)) for row, text, cell in zip(frame.index, texts, cells, strict=True)}
    marked = {row: (text, spans) for row, (text, spans) in rows.items() if spans is not None}
    blank = cells.str.strip() == ""
    unreadable = [row for row, (_, spans) in rows.items() if spans is None and not blank[row]]
    counts = Counter(name for _, spans in marked.values() for _, _, name in spans)
    found = [
        rows_finding("empty-label", "warning", frame.index[blank]),
        rows_finding("entities-unreadable", "warning", pd.Index(unreadable)),
        *(_mended(kind, marked, columns.label, mend) for kind, mend in MENDINGS.items()),
        *_type_findings(marked, counts),
        rows_finding("entities-empty", "note", pd.Index([row for row, (_, spans) in marked.items() if not spans]), fixable=False),
    ]
    if not counts:
        found.append(Finding("entities-none", "stop", (), (("column", columns.label),)))
    elif len(counts) > MANY_TYPES:
        found.append(Finding("entities-many-types", "stop", (), (("n", len(counts)), ("limit", MANY_TYPES))))
    return found, dict(counts.most_common())


def usable(frame: pd.DataFrame, columns: Columns) -> pd.Series:
    """The rows (n,) bool of a prepared table that can be learned from: those with a text that somebody has looked through."""
    marked = frame[columns.label or columns.text].map(lambda cell: read_written(cell) is not None).astype(bool)
    return marked & (frame[columns.text].str.strip() != "")


def clean(text: str, spans: Iterable[Marked]) -> Spans:
    """The pieces that can be learned from: inside the text, without spaces at their ends, the longest of those that overlap."""
    return _without_overlap(text, _trimmed(text, _inside(text, list(spans))))


def _is_marked(column: pd.Series) -> bool:
    """Whether the first filled cells are lists of marked pieces, at least one of them with a piece."""
    cells = [cell for cell in column.head(40 * LOOKED_AT) if cell.strip()][:LOOKED_AT]
    if not cells or not all(cell.lstrip().startswith(("[", "(", "{")) for cell in cells):
        return False
    read = [read_spans(cell) for cell in cells]
    return all(spans is not None for spans in read) and any(read)


def _settled(frame: pd.DataFrame, columns: Columns) -> Settled | None:
    if columns.label is None:
        return None
    canonical = [read_written(cell) for cell in frame[columns.label]]
    rows: list[list[Span] | None] = [
        [Span(*span) for span in spans] if spans is not None else read_spans(cell)
        for cell, spans in zip(frame[columns.label], canonical, strict=True)
    ]
    return settled(frame[columns.text].tolist(), rows)


def _mended(kind: str, rows: dict[int, tuple[str, Spans]], column: str, mend: Callable[[str, Spans], Spans]) -> Finding | None:
    """A finding about the rows whose pieces `mend` changes, with the fix that does it; None where there are none."""
    changed = [(row, spans, after) for row, (text, spans) in rows.items() if (after := mend(text, spans)) != spans]
    if not changed:
        return None
    names = tuple(int(row) for row, _, _ in changed)
    pieces = sum(len(set(before) - set(after)) for _, before, after in changed)
    fix = Fix(kind, (), column, (), tuple((int(row), write_spans(after)) for row, _, after in changed))
    return Finding(kind, "warning", names, (("n", pieces), ("rows", len(names))), fix)


def _inside(text: str, spans: Spans) -> Spans:
    return [span for span in spans if 0 <= span[0] < span[1] <= len(text)]


def _trimmed(text: str, spans: Spans) -> Spans:
    """Spaces at the ends left out; a piece of nothing but spaces goes. One outside the text stays for `_inside`."""
    trimmed: Spans = []
    for start, end, name in spans:
        if 0 <= start < end <= len(text):
            piece = text[start:end]
            start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
            if not piece.strip():
                continue
        trimmed.append((start, end, name))
    return trimmed


def _without_overlap(text: str, spans: Spans) -> Spans:
    """Of pieces that overlap the longest, the first of equals; the order stays."""
    kept: Spans = []  # sorted, none over another: its neighbours tell whether a piece has room
    for span in sorted(spans, key=lambda one: (one[0] - one[1], one[0])):
        place = bisect_left(kept, span)
        free = (place == 0 or kept[place - 1][1] <= span[0]) and (place == len(kept) or span[1] <= kept[place][0])
        if free and span[0] < span[1]:
            kept.insert(place, span)
    chosen = set(kept)
    return [span for span in spans if span in chosen or span[0] >= span[1]]


def _whole_words(text: str, spans: Spans) -> Spans:
    """Pieces that begin or end within a word reach to its ends."""
    widened: Spans = []
    for start, end, name in spans:
        if 0 <= start < end <= len(text):
            while within_word(text, start):
                start -= 1
            while within_word(text, end):
                end += 1
        widened.append((start, end, name))
    return widened


MENDINGS: dict[str, Callable[[str, Spans], Spans]] = {
    "entities-outside": _inside,
    "entities-spaces": _trimmed,
    "entities-overlapping": _without_overlap,
    "entities-inside-words": _whole_words,
}


def _type_findings(rows: dict[int, tuple[str, Spans]], counts: Counter[str]) -> list[Finding | None]:
    """Types with few examples, and names that are marked as different types in different rows."""
    few = [name for name, count in counts.items() if count < FEW_EXAMPLES]
    types: defaultdict[str, Counter[str]] = defaultdict(Counter)
    standing: defaultdict[str, list[int]] = defaultdict(list)
    for row, (text, spans) in rows.items():
        for start, end, name in spans:
            types[text[start:end]][name] += 1
            standing[text[start:end]].append(row)
    torn = sorted((surface for surface, names in types.items() if len(names) > 1), key=lambda surface: -len(standing[surface]))
    where = pd.Index(sorted({row for surface in torn for row in standing[surface]}))
    example = ", ".join(f"{clip(surface, 30)} ({', '.join(clip(name, 30) for name in types[surface])})" for surface in torn[:3])
    listed = ", ".join(clip(name, 40) for name in few[:NAMED])
    return [
        Finding("entities-few", "warning", (), (("n", len(few)), ("names", listed), ("few", FEW_EXAMPLES))) if few else None,
        rows_finding("entities-two-types", "note", where, fixable=False, names=len(torn), example=example),
    ]
