"""What the data doctor says of a table: findings, each with its rows, and fixes that can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.messages import message


@dataclass(frozen=True)
class Fix:
    """A pure function frame -> frame: leave `rows` out, rename the labels `renamed` (old, new) of `column` (with `rows`, the first of them by the
    first of `renamed` alone, and so on), or write the cells `cells` (row, new) into it."""

    kind: str
    rows: tuple[int, ...] = ()
    column: str | None = None
    renamed: tuple[tuple[str, str], ...] = ()
    cells: tuple[tuple[int, str], ...] = ()

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A new frame; the given one is unchanged."""
        if self.renamed:
            assert self.column is not None, "labels are renamed in a column"
            if self.rows:
                new = dict(zip(self.rows, (new for _, new in self.renamed), strict=True))
                named = [new.get(row, name) for row, name in zip(frame.index.tolist(), frame[self.column], strict=True)]
                return frame.assign(**{self.column: pd.Series(named, frame.index, frame[self.column].dtype)})
            return frame.assign(**{self.column: frame[self.column].replace(dict(self.renamed))})
        if self.cells:
            assert self.column is not None, "cells are written into a column"
            written = pd.Series(dict(self.cells), dtype="str")
            written = written[written.index.isin(frame.index)]
            column = frame[self.column].copy()
            column[written.index] = written
            return frame.assign(**{self.column: column})
        return frame.drop(index=frame.index.intersection(pd.Index(self.rows)))


def apply_fixes(frame: pd.DataFrame, fixes: Sequence[Fix]) -> pd.DataFrame:
    """The frame as read, with `fixes` in order. Undo: leave one out of the list."""
    for fix in fixes:
        frame = fix.apply(frame)
    return frame


@dataclass(frozen=True)
class Finding:
    """`severity`: "stop" (training makes no sense), "warning" (the score or the model suffers), "note". `rows`: index labels.

    The sentences are the messages training.found-<kind> (what), training.why-<kind> and, where there is a fix, training.fix-<kind>.
    `values` fill them; "languages" holds pairs of a language and its share, as words or "".
    """

    kind: str
    severity: str
    rows: tuple[int, ...] = ()
    values: tuple[tuple[str, object], ...] = ()
    fix: Fix | None = None

    def in_language(self, language: str, part: str = "found") -> str:
        """`part`: "found", "why" or "fix"."""
        values: dict[str, Any] = dict(self.values)
        if "languages" in values:
            values["languages"] = ", ".join(
                f"{message(f'models.language_{name}', language)} {share}".strip() for name, share in values["languages"]
            )
        return message(f"training.{part}-{self.kind}", language, **values)


def rows_finding(kind: str, severity: str, rows: pd.Index, fixable: bool = True, **values: object) -> Finding | None:
    """A finding about `rows`, mended by leaving them out where `fixable`; None where there are none."""
    if not len(rows):
        return None
    labels = tuple(int(row) for row in rows)
    return Finding(kind, severity, labels, tuple(({"n": len(labels)} | values).items()), Fix(kind, labels) if fixable else None)
