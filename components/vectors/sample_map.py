"""The map of the sample sentences, computed once and shipped, and where another sentence falls on it.

content/maps/<language>.npz holds the sentences' vectors (float16) and their places by t-SNE; `scripts/sample_maps.py` writes it. t-SNE itself has
no place for a further point; openTSNE lets the sentences stay where they are and moves the new one to those that it is near to (Poličar et al.
2024, "openTSNE: A Modular Python Library for t-SNE Dimensionality Reduction and Embedding", section 2.3).
"""

import csv
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from components.messages import CONTENT

MAPS = CONTENT / "maps"
PERPLEXITY, PLACED_PERPLEXITY = 30.0, 5.0
NEIGHBOURS, AGREEING = 5, 4  # of so many nearest sentences so many share a topic: it falls into that topic


@dataclass(frozen=True, eq=False)
class SampleMap:
    """texts, topics (n,), topic names in their order of frequency; vectors (n, d) of length 1, places (n, 2). low: what every second pair of
    sentences of different topics reaches, as a cosine. same: of how many sentences the nearest has the same topic."""

    texts: tuple[str, ...]
    topics: tuple[str, ...]
    vectors: np.ndarray
    places: np.ndarray

    @cached_property
    def names(self) -> tuple[str, ...]:
        found, counts = np.unique(self.topics, return_counts=True)
        return tuple(str(found[i]) for i in np.argsort(-counts, kind="stable"))

    @cached_property
    def _cosines(self) -> np.ndarray:
        cosines: np.ndarray = self.vectors @ self.vectors.T
        np.fill_diagonal(cosines, -1)
        return cosines

    @cached_property
    def low(self) -> float:
        topics = np.array(self.topics)
        return float(np.median(self._cosines[topics[:, None] != topics[None, :]]))

    @cached_property
    def same(self) -> int:
        topics = np.array(self.topics)
        return int((topics == topics[self._cosines.argmax(axis=1)]).sum())

    @cached_property
    def _fit(self) -> Any:
        from openTSNE import TSNEEmbedding
        from openTSNE.affinity import PerplexityBasedNN

        affinities = PerplexityBasedNN(self.vectors, perplexity=PERPLEXITY, metric="cosine", n_jobs=1, random_state=0)
        return TSNEEmbedding(self.places.astype(np.float64), affinities, negative_gradient_method="bh", n_jobs=1, random_state=0)

    def place(self, vector: np.ndarray) -> np.ndarray:
        """(2,): where a sentence with the vector (d,) of length 1 falls; the map stays as it is."""
        placed: np.ndarray = np.asarray(self._fit.transform(vector[None, :], perplexity=PLACED_PERPLEXITY))[0]
        return placed

    def nearest(self, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows and cosines of the NEIGHBOURS nearest sentences, nearest first."""
        cosines = self.vectors @ vector
        rows = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
        return rows, cosines[rows]


@dataclass(frozen=True)
class Fall:
    """Where a sentence falls. into: most of its nearest share `topic`; between: `topic` has most of them, `count`, but not enough; far: the nearest
    is no nearer than two sentences of different topics often are, so that its place means nothing."""

    kind: Literal["into", "between", "far"]
    topic: str
    count: int
    nearest: float


def fall(topics: list[str], nearest: float, low: float) -> Fall:
    """topics: of the nearest sentences, nearest first; nearest: the first one's cosine."""
    topic = max(dict.fromkeys(topics), key=topics.count)
    count = topics.count(topic)
    kind: Literal["into", "between", "far"] = "far" if nearest < low else "into" if count >= AGREEING else "between"
    return Fall(kind, topic, count, nearest)


@lru_cache(maxsize=2)
def sample_map(language: str) -> SampleMap:
    """The shipped map of "ja" or "en". FileNotFoundError for another language."""
    with np.load(MAPS / f"{language}.npz") as held:
        vectors, places = held["vectors"].astype(np.float32), held["places"].astype(np.float32)
    texts, topics = sample_sentences(language)
    return SampleMap(texts, topics, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), places)


def sample_sentences(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sample's sentences and their topics."""
    with (CONTENT / "samples" / f"topics_{language}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(row["text"] for row in rows), tuple(row["category"] for row in rows)


def write_map(language: str, vectors: np.ndarray) -> Path:
    """Draws the map of the sample's vectors (n, d) and keeps both."""
    from .projection import tsne

    places = tsne(vectors, np.arange(len(vectors)), PERPLEXITY).coordinates
    MAPS.mkdir(exist_ok=True)
    path = MAPS / f"{language}.npz"
    np.savez_compressed(path, vectors=vectors.astype(np.float16), places=places.astype(np.float32))
    return path
