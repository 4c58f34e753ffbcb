"""Files of a token and its tag a line, as CoNLL-2003 and its heirs write them: columns parted by tabs or spaces, an empty line between sentences."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePath

from components.tables.account import Problem, problem
from components.tables.annotated_file import Annotated, table_of
from components.tables.archive import GZIP, ZIP
from components.tables.delimited import Lines
from components.tables.encoding import find_readings
from components.tables.reading import remark
from components.tables.span_cells import write_spans
from components.tables.tags import TAG, tagged_text

OTHER_KINDS = (".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".xls", ".parquet", ".html", ".htm")
HEAD = 400_000  # bytes in which a tag must stand
LOOKED_AT = 5_000  # lines that tell where the tag stands
DOCUMENT = "-DOCSTART-"
_BEGUN = re.compile(rb"[\t ](?:\0)?[BSU](?:\0)?[-_](?:\0)?[^\s\0]")
_RECORDED = "# text = "
_WHOLE = re.compile(r"\d+")


@dataclass(frozen=True)
class _Columns:
    """Which cells of a line hold the token and the tag (counted from the end: lines may have different numbers of features)."""

    token: int
    tag: int
    tabs: bool

    def of(self, line: str) -> tuple[str, str] | None:
        """(token, tag) of a line; None where it holds none."""
        cells = _cells(line, self.tabs)
        if len(cells) <= self.token + 1 or len(cells) < -self.tag or not TAG.fullmatch(cells[self.tag].strip()):
            return None
        return cells[self.token].strip(), cells[self.tag].strip()


@dataclass
class _Sentence:
    line: int = 0
    tokens: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    recorded: str = ""
    broken: int = 0


def read_tagged_lines(data: bytes, name: str) -> Annotated | None:
    """The sentences of such a file as rows; None for a file that is none. Raises TableError where no sentence can be read."""
    if PurePath(name).suffix.lower() in OTHER_KINDS or data.startswith((GZIP, ZIP, b"PAR1")) or not _BEGUN.search(data[:HEAD]):
        return None
    codec = find_readings(data).encoding
    columns = _columns(Lines(data, codec))
    if columns is None:
        return None
    rows: list[tuple[int, Mapping[str, str]]] = []
    problems: list[Problem] = []
    unbegun = begun = 0
    for sentence in _sentences(Lines(data, codec), columns):
        if sentence.broken:
            problems.append(problem(sentence.broken, "training.row-tag"))
            continue
        read = tagged_text(sentence.tokens, sentence.tags, sentence.recorded)
        unbegun += read.unbegun
        begun += len(read.spans) - read.unbegun
        rows.append((sentence.line, {"text": read.text, "entities": write_spans(read.spans)}))
    # Where hardly any piece begins with B-, the file is of the older style, in which I- begins.
    said = (remark("read_unbegun", n=f"{unbegun:,}"),) if 0 < unbegun < begun else ()
    return Annotated("tags", "entities", table_of(rows, problems, said, codec))


def _cells(line: str, tabs: bool) -> list[str]:
    return line.split("\t") if tabs else line.split()


def _columns(lines: Lines) -> _Columns | None:
    """Where tokens and tags stand; None unless nearly every line has both."""
    read = [line.rstrip("\r\n") for line in lines.peek(LOOKED_AT)]
    filled = [line for line in read if line.strip() and not line.startswith((DOCUMENT, "# "))]
    if not filled:
        return None
    tabs = sum("\t" in line for line in filled) > len(filled) / 2
    rows = [cells for line in filled if len(cells := _cells(line, tabs)) > 1]
    if len(rows) < 0.9 * len(filled) or len(rows) < 2:
        return None
    for place in range(1, min(len(cells) for cells in rows)):
        tags = [cells[-place].strip() for cells in rows]
        tagged = [tag for tag in tags if TAG.fullmatch(tag)]
        if len(tagged) < 0.95 * len(tags) or len({tag for tag in tagged if tag != "O"}) < 1 or "O" not in tagged:
            continue
        numbered = all(_WHOLE.match(cells[0]) for cells in rows) and min(map(len, rows)) > 2
        token = 1 if numbered and _counts_up([cells[0] for cells in rows]) else 0
        # A sentence in a cell is no token: such a table has texts and labels.
        if sum(" " in cells[token].strip() for cells in rows) > 0.05 * len(rows):
            return None
        return _Columns(token, -place, tabs)
    return None


def _counts_up(cells: list[str]) -> bool:
    """Whether the numbers are those of the tokens within their sentences."""
    follow = sum(
        after == "1" or (after.isdecimal() and before.isdecimal() and int(after) == int(before) + 1) for before, after in pairwise(cells)
    )
    return follow >= 0.9 * (len(cells) - 1)


def _sentences(lines: Lines, columns: _Columns) -> Iterator[_Sentence]:
    sentence = _Sentence()
    for line in lines:
        text = line.rstrip("\r\n")
        if not text.strip() or text.startswith(DOCUMENT):
            if sentence.tokens or sentence.broken:
                yield sentence
                sentence = _Sentence()
            continue
        found = columns.of(text)
        if found is None and text.startswith("#"):
            sentence.recorded = text.removeprefix(_RECORDED) if text.startswith(_RECORDED) else sentence.recorded
        elif found is None and not (columns.token and not text.split("\t")[0].isdecimal()):  # a range of words in CoNLL-U is no token
            sentence.broken = sentence.broken or lines.number
        elif found is not None and found[0]:
            sentence.line = sentence.line or lines.number
            sentence.tokens.append(found[0])
            sentence.tags.append(found[1])
    if sentence.tokens or sentence.broken:
        yield sentence
