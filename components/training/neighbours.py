"""The rows that a run learned from which its own model takes for the most alike to a text: what an answer rests on, by example.

Compared is what the classification head reads, so two texts are near where the model can hardly tell them apart (Papernot & McDaniel 2018,
"Deep k-Nearest Neighbors", of which this shows the last layer).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from components.training.runs import Run
from components.training.store import RunStore

MOST_ROWS = 5_000  # of those learned from; more are sampled
NEAREST = 5


@dataclass(frozen=True)
class Neighbour:
    """A training row: its name in the table, its text and label, and the cosine of the two vectors (-1..1)."""

    row: int
    text: str
    label: str
    similarity: float


@dataclass(frozen=True, eq=False)
class TrainingIndex:
    """`vectors` (n, d) float32 of length 1, for n of the `trained` rows; `rows`, `texts`, `labels` (n)."""

    run_id: str
    vectors: np.ndarray
    rows: tuple[int, ...]
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    trained: int

    def nearest(self, text: str, count: int = NEAREST) -> list[Neighbour]:
        """The `count` rows most alike to `text`, the nearest first. Raises ModelError where the run's model is gone."""
        similarities = self.vectors @ _vectors(self.run_id, [text])[0]
        best = np.argsort(-similarities, kind="stable")[:count]
        return [Neighbour(self.rows[i], self.texts[i], self.labels[i], float(similarities[i])) for i in best]


def training_index(store: RunStore, run: Run, key: str, progress: Callable[[int], None] | None = None) -> TrainingIndex:
    """The rows that classification `run` learned from, as its model sees them; at most 5,000, drawn with the run's seed.

    progress is called with the number of rows done since the last call. Raises TrainingError where the rows are gone or the key doesn't
    open the run, ModelError where the model is.
    """
    parts = store.rows(run.id, key, "parts")
    learned = store.rows(run.id, key).loc[parts.index[parts["part"] == "train"]]
    chosen = learned if len(learned) <= MOST_ROWS else learned.sample(MOST_ROWS, random_state=run.settings.seed).sort_index()
    texts, labels = chosen[run.settings.text].tolist(), chosen[run.settings.label].str.strip().tolist()
    rows = tuple(int(row) for row in chosen.index)
    return TrainingIndex(run.id, _vectors(run.id, texts, progress), rows, tuple(texts), tuple(labels), len(learned))


def _vectors(run_id: str, texts: list[str], progress: Callable[[int], None] | None = None) -> np.ndarray:
    """What the head reads of each text, at length 1: BERT's pooler output, [CLS] for models without a pooler. (n, d) float32."""
    from components.models import load

    encoder = load(f"run:{run_id}", "similarity")
    vectors: np.ndarray = encoder.encode(texts, pooling="pooler" if encoder.has_pooler else "cls", progress=progress)
    return vectors
