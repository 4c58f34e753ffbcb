"""Reads the texts of labellings with their encoder beside everything else: one thread a process, a piece of some texts of each labelling in turn.

A piece's vectors are a file of the labelling's folder, named by where it begins, so that a reload or another process reads no text twice, and two
that read the same one write the same.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from components.errors import UserError
from components.training.quick_head import encoded

PIECE = 128  # texts
UNWANTED = 60.0  # seconds after which a labelling that nobody looks at is read no further
FOLDER = "vectors"
log = logging.getLogger("himotoku")


@dataclass
class _Wanted:
    """folder: of the labelling; texts in the order in which they are read."""

    folder: Path
    texts: Sequence[str]
    backbone: str
    at: float = field(default_factory=time.monotonic)


class TextReader:
    """Wishes come from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: dict[str, _Wanted] = {}
        self._failed: dict[str, UserError] = {}
        self._thread: threading.Thread | None = None

    def want(self, id: str, folder: Path, texts: Sequence[str], backbone: str) -> None:
        """Goes on with the labelling `id`, whose texts are given in the order in which they are read; said again as long as somebody looks."""
        with self._lock:
            if id in self._failed:
                return
            if id in self._wanted:
                self._wanted[id].at = time.monotonic()
                return
            self._wanted[id] = _Wanted(folder, texts, backbone)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._read_on, name="text-reader", daemon=True)
                self._thread.start()

    def problem(self, id: str) -> UserError | None:
        """Why the labelling is not read any further."""
        return self._failed.get(id)

    def _read_on(self) -> None:
        while True:
            with self._lock:
                now = time.monotonic()
                self._wanted = {id: one for id, one in self._wanted.items() if now - one.at < UNWANTED and one.folder.exists()}
                turn = list(self._wanted.items())
                if not turn:
                    self._thread = None
                    return
            for id, one in turn:
                self._read_piece(id, one)

    def _read_piece(self, id: str, one: _Wanted) -> None:
        start = pieces_read(one.folder) * PIECE
        try:
            if start < len(one.texts):
                vectors = encoded(one.backbone, one.texts[start : start + PIECE])
                write_piece(one.folder, start, vectors)
                return
        except UserError as problem:
            self._failed[id] = problem
        except OSError:  # deleted meanwhile, or the disk is full: labelling goes on without a model
            log.warning("the vectors of a labelling can't be written")
        except Exception:
            log.exception("the texts of a labelling can't be read")
        with self._lock:
            self._wanted.pop(id, None)


def write_piece(folder: Path, start: int, vectors: np.ndarray) -> None:
    """Vectors (n, d) of the texts from `start` on, as float16."""
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    made = place / f"{start:06}.new.npy"
    made.touch(mode=0o600)
    np.save(made, vectors.astype(np.float16), allow_pickle=False)
    made.replace(place / f"{start:06}.npy")


def pieces_read(folder: Path) -> int:
    """How many pieces there are without a gap."""
    count = 0
    while (folder / FOLDER / f"{count * PIECE:06}.npy").exists():
        count += 1
    return count


def vectors_read(folder: Path, first: int, end: int) -> np.ndarray:
    """The vectors of the pieces from number `first` to before `end`, (n, d) float16; at least one."""
    return np.concatenate([np.load(folder / FOLDER / f"{number * PIECE:06}.npy", allow_pickle=False) for number in range(first, end)])
