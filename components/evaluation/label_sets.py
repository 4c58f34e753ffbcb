"""How well sets of labels are found, and from which probability each label is said."""

from dataclasses import dataclass

import numpy as np

from components.evaluation.intervals import Interval, f1_wilson, wilson
from components.evaluation.resampling import gain_of_sums, interval_of_sums, widest
from components.evaluation.thresholds import threshold_curve

# A label with fewer rows to choose by gets the threshold of all labels together: its own fits those rows by chance. Micro F1 on 280 test rows of GoEmotions
# (1,400 rows, 28 labels, 140 rows to choose by, probabilities of counted words, three seeds): 0.263 with one's own for every label, 0.406 from 10
# rows on, 0.427 from 20, 0.454 with one for all; macro F1 0.240, 0.202, 0.198, 0.199.
LEAST_POSITIVES = 20
USUAL = 0.5


def chosen_thresholds(wanted: np.ndarray, probabilities: np.ndarray, least: int = LEAST_POSITIVES) -> np.ndarray:
    """For each label the probability from which it is said: the hundredth with the highest F1 on these rows; for a label of fewer than
    `least` rows that of all labels together; 0.5 where all together have fewer. wanted (n, k) bool, probabilities (n, k) -> (k,)."""
    labels = wanted.shape[1]
    if wanted.sum() < least:
        return np.full(labels, USUAL)
    together = _best(wanted.ravel(), probabilities.ravel())
    own = [_best(wanted[:, label], probabilities[:, label]) if wanted[:, label].sum() >= least else together for label in range(labels)]
    return np.array(own)


def _best(wanted: np.ndarray, probabilities: np.ndarray) -> float:
    """Of the hundredths from 0.01 to 0.99, the one nearest to 0.5 among equals; a threshold of 0 would always say the label."""
    curve = threshold_curve(wanted, probabilities)
    f1 = np.nan_to_num(curve.f1[1:-1], nan=-1.0)
    best = curve.thresholds[1:-1][f1 == f1.max()]
    return round(float(best[np.abs(best - USUAL).argmin()]), 2)


@dataclass(frozen=True, eq=False)
class SetScores:
    """wanted, found (n, k) bool: the labels of n judged rows, and those that a method says."""

    wanted: np.ndarray
    found: np.ndarray
    seed: int = 0

    @property
    def counts(self) -> np.ndarray:
        """(n, 3) float64: labels right, said, and wanted, of each row."""
        return np.stack([(self.wanted & self.found).sum(axis=1), self.found.sum(axis=1), self.wanted.sum(axis=1)], axis=1).astype(float)

    def measures(self) -> dict[str, Interval]:
        """Micro and macro F1, and the share of rows whose whole set is right."""
        hits, said, wanted = self.counts.sum(axis=0)
        micro = widest(interval_of_sums(self.counts, micro_f1, self.seed), f1_wilson(int(hits), int(said + wanted - 2 * hits)))
        by_label = np.concatenate([self.wanted & self.found, self.found, self.wanted], axis=1).astype(float)
        macro = interval_of_sums(by_label, _macro_f1, self.seed)
        exact = wilson(int((self.wanted == self.found).all(axis=1).sum()), len(self.wanted))
        assert exact is not None, "there are judged rows"
        return {"micro_f1": micro, "macro_f1": macro, "exact_match": exact}

    def gain_over(self, other: "SetScores") -> Interval:
        """By how much its micro F1 is more than that of another method on the same rows."""
        return gain_of_sums(self.counts, other.counts, micro_f1, self.seed)

    def of_label(self, label: int) -> dict[str, Interval | None]:
        """F1, precision and recall of one label; None where nothing tells."""
        wanted, found = self.wanted[:, label], self.found[:, label]
        hits = int((wanted & found).sum())
        return {
            "f1": f1_wilson(hits, int((wanted ^ found).sum())),
            "precision": wilson(hits, int(found.sum())),
            "recall": wilson(hits, int(wanted.sum())),
        }


def micro_f1(sums: np.ndarray) -> np.ndarray:
    """(..., 3) sums of right, said and wanted labels -> their F1 (...); 0 where nothing was said or wanted."""
    hits, said, wanted = np.moveaxis(np.asarray(sums, dtype=float), -1, 0)
    return np.asarray(2 * hits / np.maximum(said + wanted, 1))


def _macro_f1(sums: np.ndarray) -> np.ndarray:
    """(..., 3k): the mean of the labels' F1, without labels that neither stand there nor are said."""
    hits, said, wanted = np.split(np.asarray(sums, dtype=float), 3, axis=-1)
    there = said + wanted > 0
    f1 = 2 * hits / np.maximum(said + wanted, 1)
    return np.asarray(f1.sum(axis=-1) / np.maximum(there.sum(axis=-1), 1))


def beside(wanted: np.ndarray, found: np.ndarray) -> np.ndarray:
    """(k, k): of the rows that have label i, the share of which label j is said; NaN for a label without rows. wanted, found (n, k) bool."""
    rows = wanted.sum(axis=0)[:, None].astype(float)
    together = wanted.T.astype(float) @ found.astype(float)
    return np.asarray(np.divide(together, rows, out=np.full(together.shape, np.nan), where=rows > 0))
