"""Sentence vectors kept in memory for all visitors together, within a bound: a table's vectors stay as long as their owner has them and
room is left; then the longest unused make room, never those in use a minute ago.
"""

import threading
import time
import weakref
from collections.abc import Callable

import numpy as np

from components import settings
from components.errors import ModelError
from components.vectors.index import VectorIndex, index_bytes, vector_index

IN_USE_SECONDS = 60.0


class HeldVectors:
    """Room for `rows` vectors (d float32 each), filled from the front. Dropping the object gives the room back.

    `dropped` says that the vectors had to make room for others'.
    """

    def __init__(self, rows: int, dimension: int, clock: Callable[[], float]):
        self.bytes = vector_bytes(rows, dimension)
        self.last_used = clock()
        self._clock = clock
        self._array: np.ndarray | None = np.empty((rows, dimension), np.float32)
        self._index: tuple[int, VectorIndex] | None = None

    @property
    def dropped(self) -> bool:
        return self._array is None

    def put(self, start: int, vectors: np.ndarray) -> None:
        """Writes vectors (n, d) at rows start ... start + n; nothing where they were dropped meanwhile."""
        self.last_used = self._clock()
        array = self._array
        if array is not None:
            array[start : start + len(vectors)] = vectors

    def vectors(self, count: int) -> np.ndarray:
        """The first `count` vectors (count, d), no copy. Raises ModelError where they were dropped."""
        self.last_used = self._clock()
        array = self._array
        if array is None:
            raise ModelError("models.vectors_dropped")
        return array[:count]

    def index(self, count: int) -> VectorIndex:
        """The index of the first `count` vectors, made once. Raises ModelError where they were dropped."""
        indexed = self._index
        if indexed is None or indexed[0] != count:
            indexed = (count, vector_index(self.vectors(count)))
            if not self.dropped:
                self._index = indexed
        self.last_used = self._clock()
        return indexed[1]

    def drop(self) -> None:
        self._array = self._index = None
        self.bytes = 0


class VectorStore:
    """Gives out room for vectors, at most `most` bytes together. most: asked at each call, so that a host may change it."""

    def __init__(self, most: Callable[[], int] = settings.vector_bytes, clock: Callable[[], float] = time.monotonic):
        self._most, self._clock = most, clock
        self._held: weakref.WeakSet[HeldVectors] = weakref.WeakSet()
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Bytes held now."""
        return sum(vectors.bytes for vectors in list(self._held))

    def hold(self, rows: int, dimension: int) -> HeldVectors:
        """Room for `rows` vectors of `dimension` numbers; drops the longest unused until it is there. Raises ModelError where the room is
        too small for them, or all of it in use."""
        wanted, most = vector_bytes(rows, dimension), self._most()
        if wanted > most:
            raise ModelError("models.vectors_too_large", wanted=_megabytes(wanted), most=_megabytes(most))
        with self._lock:
            idle = [vectors for vectors in self._held if self._clock() - vectors.last_used > IN_USE_SECONDS]
            in_use = self.used - sum(vectors.bytes for vectors in idle)
            if in_use + wanted > most:
                raise ModelError("models.vectors_full", wanted=_megabytes(wanted), most=_megabytes(most), used=_megabytes(in_use))
            for vectors in sorted(idle, key=lambda vectors: vectors.last_used):
                if self.used + wanted <= most:
                    break
                vectors.drop()
            held = HeldVectors(rows, dimension, self._clock)
            self._held.add(held)
        return held


def vector_bytes(rows: int, dimension: int) -> int:
    """What `rows` vectors and their index take."""
    return 4 * rows * dimension + index_bytes(rows, dimension)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f}"


STORE = VectorStore()
