"""The account of a file's rows: how many there are, how many are used, and which were left out, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from components.messages import message


@dataclass(frozen=True)
class Problem:
    """A row that was left out: its physical line (from 1; a sheet's row for XLSX) and why, as a message key with its values."""

    line: int
    reason: str
    values: tuple[tuple[str, object], ...] = ()

    def in_language(self, language: str) -> str:
        return message(self.reason, language, **dict(self.values))


def problem(line: int, reason: str, **values: object) -> Problem:
    return Problem(line, reason, tuple(values.items()))


@dataclass(frozen=True)
class LeftOut:
    """Rows that were left out for one reason: how many, and the lines of the first ones."""

    reason: str
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Account:
    """`rows` of the file = `used` + the counts of `left_out`. unread_from: the line from which nothing was read, for it was too much; the
    rows from there on are not counted in `rows`.
    """

    used: int
    left_out: tuple[LeftOut, ...] = ()
    unread_from: int | None = None

    @property
    def rows(self) -> int:
        return self.used + self.skipped

    @property
    def skipped(self) -> int:
        return sum(group.count for group in self.left_out)

    @classmethod
    def of(cls, used: int, counts: Mapping[str, int], problems: Iterable[Problem], unread_from: int | None) -> Self:
        lines: dict[str, list[int]] = {reason: [] for reason in counts}
        for trouble in problems:
            lines.setdefault(trouble.reason, []).append(trouble.line)
        groups = (LeftOut(reason, counts.get(reason, len(found)), tuple(found)) for reason, found in lines.items())
        return cls(used, tuple(groups), unread_from)
