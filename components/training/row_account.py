"""Where a file's rows went: used, or left out, and why; the parts add up to the whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from components.training.findings import Fix

Usable = Callable[[pd.DataFrame], pd.Series]
UNREADABLE, UNUSABLE = "unreadable", "unusable"


@dataclass(frozen=True)
class RowAccount:
    """`used` + the counts of `left_out` = `rows`. left_out: why, and how many: "unreadable" of the file; a kind of `findings.Fix`, each row
    under the first that took it; "unusable" for what no training takes, a row without a label or, where there are none, without a text."""

    used: int
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def out(self) -> int:
        return sum(count for _, count in self.left_out)

    @property
    def rows(self) -> int:
        """Of the file."""
        return self.used + self.out

    @classmethod
    def of(cls, read: pd.DataFrame, skipped: int, fixes: Sequence[Fix], text: str, label: str | None, usable: Usable | None = None) -> Self:
        """Of a table as `read`, `skipped` rows of which could not be, after `fixes`. usable: the rows that the training can take, of a task for
        which that is more than having a label."""
        counts = {UNREADABLE: skipped}
        frame = read
        for fix in fixes:
            before = len(frame)
            frame = fix.apply(frame)
            counts[fix.kind] = counts.get(fix.kind, 0) + before - len(frame)
        blank = int((frame[text if label is None else label].str.strip() == "").sum()) if usable is None else int((~usable(frame)).sum())
        counts[UNUSABLE] = blank
        return cls(len(frame) - blank, tuple((kind, count) for kind, count in counts.items() if count))

    def after(self, earlier: Self) -> Self:
        """The account of the same file where this one is of the rows that `earlier` left over; what no training takes was still among them."""
        counts = {kind: count for kind, count in earlier.left_out if kind != UNUSABLE}
        for kind, count in self.left_out:
            counts[kind] = counts.get(kind, 0) + count
        return type(self)(self.used, tuple(counts.items()))

    def to_json(self) -> dict[str, Any]:
        return {"used": self.used, "left_out": [list(part) for part in self.left_out]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(values["used"], tuple((str(kind), int(count)) for kind, count in values["left_out"]))
