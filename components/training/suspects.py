"""What looks wrong in the labels of a table, whatever its task: a list, each item of which can be changed or kept by itself."""

from collections.abc import Callable
from dataclasses import dataclass

from components.tables.span_cells import Marked, read_written, write_spans

MOST_ROWS = 5_000  # that are looked at; more are sampled
MOST_SUSPECTS = 200
LEAST_ROWS = 40
FOLDS = 5
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Suspect:
    """A row by its name in the table, with its text whole, its label and the one that is more probable. `certainty`: probability of that one,
    by a model that never saw the row. `like`: the text with that label that is most alike to it, "" where none is shown."""

    row: int
    text: str
    given: str
    suspected: str
    certainty: float
    like: str = ""

    @property
    def key(self) -> str:
        """Tells it from all others of a list."""
        return str(self.row)

    @property
    def place(self) -> tuple[int, int]:
        """Characters of the text that are in doubt; (0, 0) where the text as a whole is."""
        return 0, 0

    def changed(self, cell: str) -> str:
        """The row's cell with what is suspected."""
        return self.suspected

    def restored(self, cell: str, old: str) -> str:
        """The row's cell with what `old`, the cell before any change, has there."""
        return old

    def is_changed(self, cell: str) -> bool:
        """Whether a cell that was changed has what is suspected here."""
        return True


@dataclass(frozen=True)
class PieceSuspect(Suspect):
    """A piece of the text: marked as `before` (None: not marked), probably `after` (None: no entity). A row may hold several; no two of them touch
    the same character, so that they are changed in any order."""

    before: Marked | None = None
    after: Marked | None = None

    @property
    def key(self) -> str:
        start, end = self.place
        return f"{self.row}-{start}-{end}"

    @property
    def place(self) -> tuple[int, int]:
        pieces = [piece for piece in (self.before, self.after) if piece]
        return min(piece[0] for piece in pieces), max(piece[1] for piece in pieces)

    def changed(self, cell: str) -> str:
        return write_spans([*self._others(cell), *([self.after] if self.after else [])])

    def restored(self, cell: str, old: str) -> str:
        return write_spans([*self._others(cell), *self._here(old)])

    def is_changed(self, cell: str) -> bool:
        return self._here(cell) == ([self.after] if self.after else [])

    def _here(self, cell: str) -> list[Marked]:
        start, end = self.place
        return [piece for piece in read_written(cell) or () if piece[0] < end and start < piece[1]]

    def _others(self, cell: str) -> list[Marked]:
        here = self._here(cell)
        return [piece for piece in read_written(cell) or () if piece not in here]


@dataclass(frozen=True)
class LabelCheck:
    """`suspects`: the most doubtful first, at most 200. `ranked`: the row of all that was looked at, a label or a piece each, the most doubtful first;
    `places`: the characters of each piece, () for labels of whole texts. `held_out`: rows that were not, because a model is judged on them; `left`: rows
    beyond what is looked at at most."""

    suspects: tuple[Suspect, ...]
    ranked: tuple[int, ...]
    held_out: int
    left: int
    places: tuple[tuple[int, int], ...] = ()
