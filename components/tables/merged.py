"""Merged cells of a sheet: the value stands in the first cell and holds for every row of the range."""

import re
from collections import deque

from components.errors import TableError

_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")
MAX_FILLED = 3_000_000  # cells looked at, lest ranges over a whole sheet are


class MergedCells:
    """Fills the rows of a sheet, given from the first to the last, from its merged ranges. lines: rows with a cell filled, so far."""

    def __init__(self, ranges: tuple[str, ...]):
        parsed = sorted(filter(None, map(_range, ranges)))
        self._coming = deque(parsed)
        self._open: dict[int, tuple[int, str]] = {}  # column -> (last row, text)
        self._cost = 0
        self.lines: list[int] = []

    def fill(self, number: int, texts: list[str]) -> None:
        """Writes into the blank cells of row `number` what the merged cell that covers them says."""
        for column, (last, text) in list(self._open.items()):
            self._cost += 1
            if last < number:
                del self._open[column]
            elif text and (column >= len(texts) or not texts[column]):
                texts.extend([""] * (column + 1 - len(texts)))
                texts[column] = text
                if not self.lines or self.lines[-1] != number:
                    self.lines.append(number)
        if self._cost > MAX_FILLED:
            raise TableError("training.sheet-overfull")
        while self._coming and self._coming[0][0] <= number:
            first, last, column = self._coming.popleft()
            if first == number and column < len(texts):
                self._open[column] = (last, texts[column])


def _range(text: str) -> tuple[int, int, int] | None:
    """(first row, last row, column from 0) of a range over several rows."""
    match = _RANGE.fullmatch(text)
    if match is None or match[2] == match[4]:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), int(match[4]), column - 1
