"""The text of causal-ja as token ids on disk: rows of whole sentences of one document, each behind [CLS]."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from components.models.files import MODELS
from recipes import corpus_ja
from recipes.corpus_ja import Document
from recipes.splits import PARTS, part
from recipes.vocabulary_ja import WordPieces

SOURCES = ("kyoto_wiki", "ja_techdocs", "aozora", "wiki_annotated_ja")
TRAIN_ONLY = ("aozora", "wiki_annotated_ja")  # elsewhere
SHARES = (0.02, 0.01)  # of the documents of a source: to report on, to choose by
ROOM, LONG_ROOM, LONG_SHARE = 256, 512, 0.3  # tokens of a row with its [CLS]; how often a row that trains has the long room
CUT = "aozora"  # its works end where they were cut, so no [SEP] tells of an end
CLS, SEP = 2, 3


def documents(data: Path, work: Path) -> Iterator[tuple[str, Document]]:
    """``(part, document)`` of the four sources of running text.

    The articles on Kyoto and the technical documents keep the parts that they have for every other recipe: what is reported on here, none was
    trained on. Aozora's works and Wikipedia's articles train only elsewhere; here 2% of them are held out as well, but the backbone has read them.
    """
    for place, document in corpus_ja.documents(data, work):
        source = document.name.split("/")[0]
        if source in TRAIN_ONLY:
            place = part(document.name, *SHARES)
        if source in SOURCES:
            yield place, document


def pack(sentences: Iterable[list[int]], rooms: Iterator[int], ends: bool) -> Iterator[list[int]]:
    """Rows ``[CLS] sentence sentence ...`` of at most as many ids as ``rooms`` says next; a sentence longer than that goes on in the next row.

    ``ends``: the last row ends with [SEP].
    """
    row, room = [CLS], next(rooms)
    for sentence in sentences:
        if len(row) > 1 and len(row) + len(sentence) > room:
            yield row
            row, room = [CLS], next(rooms)
        while len(row) + len(sentence) > room:
            yield row + sentence[: room - len(row)]
            sentence = sentence[room - len(row) :]
            row, room = [CLS], next(rooms)
        row = row + sentence
    if ends and len(row) < room:
        row = [*row, SEP]
    if len(row) > 1:
        yield row


def _rooms(where: str) -> Iterator[int]:
    random = np.random.default_rng(0)
    while True:
        yield LONG_ROOM if where == "train" and random.random() < LONG_SHARE else ROOM


@dataclass(frozen=True)
class Rows:
    """The rows of one part, one after the other: ``ids`` (uint16), ``bounds`` (rows + 1,), ``sources`` (rows,), indices of ``SOURCES``."""

    ids: np.ndarray
    bounds: np.ndarray
    sources: np.ndarray

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, number: int) -> np.ndarray:
        return self.ids[self.bounds[number] : self.bounds[number + 1]]

    @classmethod
    def load(cls, home: Path, where: str) -> "Rows":
        return cls(*(np.load(home / f"{where}-{name}.npy", mmap_mode="r") for name in ("ids", "bounds", "sources")))


def prepare(data: Path, work: Path) -> Path:
    """The rows of all parts in ``work/causal-ja``, made once, with the names of all documents."""
    home = work / "causal-ja"
    if not (home / "ready").exists():
        home.mkdir(parents=True, exist_ok=True)
        vocabulary = (MODELS / "backbone-ja" / "vocab.txt").read_text(encoding="utf-8").splitlines()
        write(documents(data, work), WordPieces(vocabulary), home)
        (home / "ready").touch()
    return home


def write(found: Iterable[tuple[str, Document]], pieces: WordPieces, home: Path) -> None:
    """``<part>-ids.npy``, ``-bounds.npy`` and ``-sources.npy`` for each part, and ``documents.json``, part -> names."""
    ids: dict[str, list[np.ndarray]] = {where: [] for where in PARTS}
    sources: dict[str, list[int]] = {where: [] for where in PARTS}
    names: dict[str, list[str]] = {where: [] for where in PARTS}
    rooms = {where: _rooms(where) for where in PARTS}
    for where, document in found:
        source = document.name.split("/")[0]
        encoded = (pieces.encode(sentence)[0] for sentence in document.sentences)
        for row in pack(encoded, rooms[where], ends=source != CUT):
            ids[where].append(np.array(row, dtype=np.uint16))
            sources[where].append(SOURCES.index(source))
        names[where].append(document.name)
    for where in PARTS:
        np.save(home / f"{where}-ids.npy", np.concatenate(ids[where]))
        np.save(home / f"{where}-bounds.npy", np.cumsum([0, *map(len, ids[where])]))
        np.save(home / f"{where}-sources.npy", np.array(sources[where], dtype=np.uint8))
    (home / "documents.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
