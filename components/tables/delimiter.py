"""Which character parts the columns, and whether quotes inside a cell are doubled (RFC 4180) or escaped by a backslash.

Sniffers are fooled by prose in a single column. Here the header decides: a delimiter counts only if the header holds it and the rows below
have as many fields as the header.
"""

import csv
from dataclasses import dataclass
from itertools import islice

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_RECORDS = 200


@dataclass(frozen=True)
class Dialect:
    """How a line is parted. `delimiter` is None for a file of one column."""

    delimiter: str | None
    escape: str | None = None

    def reader(self, lines):
        """A csv reader over `lines`; strict, because a lenient one glues cells together and says nothing."""
        return csv.reader(
            lines,
            # A file of one column may still quote its cells; the unit separator never stands in text.
            delimiter=self.delimiter or "\x1f",
            doublequote=self.escape is None,
            escapechar=self.escape,
            strict=True,
        )


def find_dialect(lines: list[str], tabs_only: bool = False) -> Dialect:
    """The dialect of the first `lines` of a file. `tabs_only`: the name says that the file is a TSV, which a header with a tab confirms."""
    candidates = ("\t",) if tabs_only and any("\t" in line for line in lines[:1]) else DELIMITERS
    best, best_score = Dialect(None), 0.0
    for delimiter in candidates:
        for escape in (None, "\\"):
            if escape and not any('\\"' in line for line in lines):
                continue
            score = _score(lines, Dialect(delimiter, escape))
            if score > best_score:
                best, best_score = Dialect(delimiter, escape), score
    return best


def _score(lines: list[str], dialect: Dialect) -> float:
    """The part of the records that are as wide as the header, 0 for a header of one field; a wider header wins among equals."""
    records, broken = [], 0
    reader = dialect.reader(iter(lines))
    while len(records) < SAMPLE_RECORDS:
        try:
            record = next(islice(reader, 1), None)
        except csv.Error:
            broken += 1
            if broken > SAMPLE_RECORDS:
                break
            continue
        if record is None:
            break
        if record:
            records.append((filled_width(record), len(record)))
    if not records or records[0][1] < 2:
        return 0.0
    least, most = max(records[0][0], 1), records[0][1]
    same = sum(1 for filled, width in records if width >= least and filled <= most) / (len(records) + broken)
    # One good row among many bad ones is chance: "Hello, world" as the first line of a column of prose.
    return same + min(most, 100) / 1000 if same >= 0.34 else 0.0


def filled_width(record: list[str]) -> int:
    """Number of cells up to the last that isn't blank: delimiters at the end of a line hold nothing."""
    width = len(record)
    while width and not record[width - 1].strip():
        width -= 1
    return width
