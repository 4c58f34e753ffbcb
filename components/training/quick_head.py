"""Logistic regression on an encoder that stays as it is: seconds where a fine-tuning takes minutes, and often no worse on few rows.

What is read of a text is what `frozen.add_mean_block` gives the head of a model: the mean of the tokens' last states, normalised over its
dimensions. So a `QuickHead` can be written into a plain transformers model that answers the same (`kept_head`).
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from threading import Lock

import numpy as np
import torch
from torch.nn import functional

from components.errors import TrainingError
from components.models import files as model_files
from components.models.files import ModelFiles
from components.models.inference import TaskModel, checked_texts, chunks
from components.models.loading import remember
from components.models.tasks import TASKS
from components.models.turns import check_time
from components.text.tokens import head, readable
from components.training.settings import MEAN_WEIGHT

MOST_KEPT = 20_000  # texts whose vectors stay in memory, of one encoder: 31 MB at 384 dimensions
MOST_ROWS = 10_000  # of a fit; more are sampled
STEPS = 200
# Inverse strength of the penalty, for standardised vectors
STRENGTH = 0.1
ABSENT = -30.0  # the logit of a class without rows: a probability of 1e-13


class _MeanEncoder(TaskModel):
    """A backbone asked for one vector a text, each text once: the vectors of the last `MOST_KEPT` texts are kept, by their digests."""

    def __init__(self, files: ModelFiles):
        super().__init__(files, TASKS["encoder"])
        self._kept: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._kept_lock = Lock()

    @property
    def own_bytes(self) -> int:
        return super().own_bytes + sum(vector.nbytes for vector in list(self._kept.values())[:1]) * len(self._kept)

    def means(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> np.ndarray:
        """(n, d) float32; progress is called with the number of texts done since the last call."""
        keys = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        found: dict[bytes, np.ndarray] = {}
        with self._kept_lock:
            for key in keys:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key]
        new = list({key: text for key, text in zip(keys, texts, strict=True) if key not in found}.items())
        if progress:
            progress(len(texts) - len(new))
        for chunk in chunks(len(new)):
            check_time()
            sequences = [self.aligner.tokenize(readable(head(new[place][1], self.max_length))) for place in chunk]
            for rows, output in self.outputs(sequences, ("last_hidden_state",), exact=True):
                lengths = torch.tensor([len(sequences[row]) for row in rows])
                vectors = mean_states(output["last_hidden_state"], lengths).numpy()
                found |= {new[chunk[row]][0]: vector for row, vector in zip(rows, vectors, strict=True)}
                if progress:
                    progress(len(rows))
        with self._kept_lock:
            self._kept |= {key: found[key] for key, _ in new}
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return np.stack([found[key] for key in keys])


def mean_states(states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """What `add_mean_block` gives the first token: its own state a hundredth part beside the mean of the text's, normalised. states (B, T, d)
    padded on the right, lengths (B,) -> (B, d)."""
    real = (torch.arange(states.shape[1]) < lengths[:, None]).unsqueeze(-1)
    mean = states.masked_fill(~real, 0).sum(dim=1) / lengths[:, None]
    return functional.layer_norm(MEAN_WEIGHT * mean + states[:, 0], states.shape[-1:])


def encoded(backbone: str, texts: Sequence[str], max_length: int = 128, progress: Callable[[int], None] | None = None) -> np.ndarray:
    """One vector a text by the encoder `backbone` as it is, (n, d) float32: the mean of the tokens' last states, normalised over d.

    max_length: tokens read of a text. A text that was asked for before costs nothing. progress is called with the number of texts done since
    the last call. Raises ModelError where the backbone can't be loaded or run, OutOfTime (`time_limit`), ValueError for no texts.
    """
    listed = checked_texts(texts)
    if not listed:
        raise ValueError("expected at least one text")
    files = model_files.find(backbone)
    limited = replace(files, settings={**files.settings, "max_length": max_length})
    encoder = remember((f"means-{max_length}", str(files.folder), files.stamp()), lambda: _MeanEncoder(limited))
    return encoder.means(listed, progress)


@dataclass(frozen=True, eq=False)
class QuickHead:
    """Multinomial logistic regression over standardised vectors. `mean`, `scale` (d,): a vector is read as (vector - mean) * scale; `weight`
    (classes, d), `bias` (classes,), `ABSENT` for a class without rows."""

    mean: np.ndarray
    scale: np.ndarray
    weight: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray, classes: np.ndarray, n_classes: int, seed: int = 0, strength: float = STRENGTH) -> "QuickHead":
        """From vectors (n, d) and their classes (n,), of which at most `MOST_ROWS` are learned from, drawn by the seed. One class alone is
        called for every text. Raises TrainingError for no rows."""
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        features, classes = np.asarray(features, dtype=np.float64), np.asarray(classes, dtype=np.int64)
        if not len(classes):
            raise TrainingError("training.too-few-rows", rows=0)
        if len(classes) > MOST_ROWS:
            chosen = np.sort(np.random.default_rng(seed).choice(len(classes), MOST_ROWS, replace=False))
            features, classes = features[chosen], classes[chosen]
        deviation = features.std(axis=0)
        mean, scale = features.mean(axis=0), 1 / np.maximum(deviation, 1e-3 * deviation.max() + 1e-9)
        weight, bias = np.zeros((n_classes, features.shape[1])), np.full(n_classes, ABSENT)
        found = np.unique(classes)
        if len(found) == 1:
            bias[found] = 0.0
            return cls(mean, scale, weight, bias)
        with threadpool_limits(1, user_api="blas"):  # so small that threads would wait for one another most of the time
            model = LogisticRegression(C=strength, max_iter=STEPS).fit((features - mean) * scale, classes)
        if len(found) == 2:  # one row for the second class alone
            weight[found], bias[found] = np.vstack([-model.coef_, model.coef_]) / 2, np.array([-1, 1]) * model.intercept_ / 2
        else:
            weight[found], bias[found] = model.coef_, model.intercept_
        return cls(mean, scale, weight, bias)

    def logits(self, features: np.ndarray) -> np.ndarray:
        """(n, d) -> (n, classes)."""
        return np.asarray((np.asarray(features, dtype=np.float64) - self.mean) * self.scale @ self.weight.T + self.bias)

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """(n, d) -> (n, classes), rows sum to 1."""
        from scipy.special import softmax

        return np.asarray(softmax(self.logits(features), axis=1))
