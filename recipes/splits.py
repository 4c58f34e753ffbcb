"""Splits by document, and near-duplicates between what is trained on and what is reported."""

import hashlib
from collections.abc import Iterable

PARTS = ("train", "choose", "report")


def part(group: str, report: float = 0.1, choose: float = 0.05) -> str:
    """``train``, ``choose`` or ``report`` for a whole document, article or context, from its name alone.

    The name decides, not the order of the rows: rows that share a context never part, and a new row never moves an old one. ``choose``
    is for hyper-parameters, temperatures and thresholds; ``report`` is read once, at the end.
    """
    place = _place(group)
    return "report" if place < report else "choose" if place < report + choose else "train"


def sampled(name: str, share: float) -> bool:
    """Is the row ``name`` in the share of its set that trains? Independent of its part."""
    return _place(f"sampled/{name}") < share


def _place(name: str) -> float:
    """A number from 0 to 1 that the name alone decides."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64


class Shingles:
    """Which texts share a long run of characters with a protected set.

    A text is a near-duplicate when it holds a run of ``width`` characters, spaces left out, that also stands in a protected text; a
    text shorter than ``width`` when it equals a protected text.
    """

    def __init__(self, protected: Iterable[str], width: int = 30):
        self.width = width
        self.runs = {hash(run) for text in protected for run in self._runs(text)}

    def _runs(self, text: str) -> list[str]:
        packed = "".join(text.lower().split())
        return [packed[i : i + self.width] for i in range(max(1, len(packed) - self.width + 1))] if packed else []

    def touches(self, text: str) -> bool:
        return any(hash(run) in self.runs for run in self._runs(text))
