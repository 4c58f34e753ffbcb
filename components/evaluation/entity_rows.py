"""Entities judged row by row, so that intervals and differences can be told by resampling rows; the sums are nervaluate's own (see `entities`)."""

from collections.abc import Sequence

import numpy as np

from components.evaluation.entities import EntityPair
from components.evaluation.intervals import Interval, wilson
from components.evaluation.resampling import interval_of_sums, widest
from components.models.results import Entity

# The columns of the counts: entities right in characters and type, the same with half of those that overlap (type aside), said, wanted.
RIGHT, PARTLY, FOUND, WANTED = range(4)
LEAST_OVERLAP = 0.01  # of the wanted entity: nervaluate's own
MISTAKES = ("missed", "wrong_type", "wrong_border", "invented")


def row_counts(gold: Sequence[Sequence[Entity]], predicted: Sequence[Sequence[Entity]]) -> np.ndarray:
    """(n, 4) of each row, as named above. Raises ValueError where the two differ in length."""
    counts = np.zeros((len(gold), 4))
    for row, (wanted, found) in enumerate(zip(gold, predicted, strict=True)):
        both = {(one.start, one.end, one.label) for one in wanted} & {(one.start, one.end, one.label) for one in found}
        counts[row] = len(both), _partly(wanted, found), len(found), len(wanted)
    return counts


def span_f1(counts: np.ndarray) -> np.ndarray:
    """(..., 4) -> (...): twice the right ones over all that were said or wanted; 0 for none."""
    return _ratio(2 * counts[..., RIGHT], counts[..., FOUND] + counts[..., WANTED])


def partial_f1(counts: np.ndarray) -> np.ndarray:
    return _ratio(2 * counts[..., PARTLY], counts[..., FOUND] + counts[..., WANTED])


def precision(counts: np.ndarray) -> np.ndarray:
    return _ratio(counts[..., RIGHT], counts[..., FOUND])


def recall(counts: np.ndarray) -> np.ndarray:
    return _ratio(counts[..., RIGHT], counts[..., WANTED])


def span_measures(counts: np.ndarray, seed: int = 0) -> dict[str, Interval]:
    """The four scores with their 95% intervals over rows, none narrower than Wilson's of its share: of F1 as of right / (right + wrong), which it
    grows with (see `intervals.f1_wilson`)."""
    right, partly, found, wanted = counts.sum(axis=0)
    return {
        "span_f1": widest(interval_of_sums(counts, span_f1, seed), _of_f1(right, found + wanted)),
        "span_partial": widest(interval_of_sums(counts, partial_f1, seed), _of_f1(partly, found + wanted)),
        "span_precision": widest(interval_of_sums(counts, precision, seed), wilson(float(right), int(found))),
        "span_recall": widest(interval_of_sums(counts, recall, seed), wilson(float(right), int(wanted))),
    }


def mistake(pair: EntityPair) -> str | None:
    """What is wrong with a pair, one of `MISTAKES`; None where nothing is."""
    if pair.gold is None or pair.predicted is None:
        return "missed" if pair.predicted is None else "invented"
    if pair.gold.label != pair.predicted.label:
        return "wrong_type"
    return None if pair.exact else "wrong_border"


def _partly(wanted: Sequence[Entity], found: Sequence[Entity]) -> float:
    """1 for each entity with the same characters as a wanted one, 0.5 for one that overlaps another: each wanted one once, in order."""
    taken: set[int] = set()
    points = 0.0
    for one in found:
        alike = [place for place, other in enumerate(wanted) if place not in taken and _overlap(one, other) >= LEAST_OVERLAP]
        same = next((place for place in alike if (wanted[place].start, wanted[place].end) == (one.start, one.end)), None)
        if alike:
            taken.add(alike[0] if same is None else same)
            points += 0.5 if same is None else 1.0
    return points


def _overlap(one: Entity, other: Entity) -> float:
    return (min(one.end, other.end) - max(one.start, other.start)) / (other.end - other.start)


def _of_f1(right: float, both: float) -> Interval | None:
    share = wilson(float(right), round(float(both - right)))
    return share and Interval(*(2 * end / (1 + end) for end in (share.value, share.low, share.high)))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(part / np.maximum(whole, 1))
