"""Entities judged against the right ones: strict and partial F1 by nervaluate, and which entity stands for which.

Segura-Bedmar, Martínez & Herrero-Zazo 2013, "SemEval-2013 Task 9", section 3.2 defines the two. Strict: the same characters and the same
type. Partial: an overlap counts a half. Overall the partial score looks at the characters alone; a single type's compares within the type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from nervaluate import Evaluator

from components.models.results import Entity


@dataclass(frozen=True)
class SpanScore:
    """None where there is nothing to count: precision without an entity of the model, recall without one of the file, F1 without either."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class TypeScore:
    """One type's scores; `gold`: entities of the file, `predicted`: of the model."""

    label: str
    gold: int
    predicted: int
    strict: SpanScore
    partial: SpanScore


@dataclass(frozen=True)
class EntityPair:
    """An entity of the file and the model's that stands for it, in row `row`; None where the other side has nothing there."""

    row: int
    gold: Entity | None
    predicted: Entity | None

    @property
    def exact(self) -> bool:
        """The same characters and type."""
        return self.gold is not None and self.predicted is not None and _span(self.gold) == _span(self.predicted)

    @property
    def start(self) -> int:
        """Of the file's entity, of the model's where the file has none."""
        return next(entity.start for entity in (self.gold, self.predicted) if entity)


@dataclass(frozen=True, eq=False)
class EntityJudgement:
    """`labels`: types, those of the file. `confusion` (labels + 1, labels + 1): pairs by the file's type and the model's; the last row and
    column are "none": invented and missed entities. The diagonal holds the right ones and those whose characters differ."""

    labels: tuple[str, ...]
    overall: TypeScore
    per_type: tuple[TypeScore, ...]
    pairs: tuple[EntityPair, ...]
    confusion: np.ndarray
    rows: int

    def cell(self, pair: EntityPair) -> tuple[int, int]:
        """Where in `confusion` the pair is counted."""
        row, column = (self.labels.index(entity.label) if entity else len(self.labels) for entity in (pair.gold, pair.predicted))
        return row, column

    def in_cell(self, cell: tuple[int, int]) -> list[EntityPair]:
        """The pairs counted in a cell, those with other characters first."""
        return sorted((pair for pair in self.pairs if self.cell(pair) == cell), key=lambda pair: pair.exact)


def judge_entities(gold: Sequence[Sequence[Entity]], predicted: Sequence[Sequence[Entity]], rows: Sequence[int]) -> EntityJudgement:
    """Judges the entities `predicted` of each row against the `gold` ones; both name their types alike, and none overlap within a row.
    rows: how the pairs name their rows. Raises ValueError where the three differ in length.
    """
    pairs = [pair for row, ours, theirs in zip(rows, predicted, gold, strict=True) for pair in pair_up(row, theirs, ours)]
    labels = tuple(sorted({entity.label for entities in [*gold, *predicted] for entity in entities}))
    scores = _scores(gold, predicted, labels)
    judgement = EntityJudgement(
        labels, scores[0], tuple(scores[1:]), tuple(pairs), np.zeros((len(labels) + 1, len(labels) + 1), dtype=int), len(gold)
    )
    for pair in pairs:
        judgement.confusion[judgement.cell(pair)] += 1
    return judgement


def pair_up(row: int, gold: Sequence[Entity], predicted: Sequence[Entity]) -> list[EntityPair]:
    """Each entity once, in reading order: those with the same characters together, then those with most characters in common."""
    overlapping = [(a, b) for a in gold for b in predicted if _common(a, b) > 0]
    overlapping.sort(key=lambda pair: ((pair[0].start, pair[0].end) != (pair[1].start, pair[1].end), -_common(*pair), pair[0].start))
    pairs: list[EntityPair] = []
    taken: set[tuple[str, int]] = set()
    for a, b in overlapping:
        if not {("gold", a.start), ("predicted", b.start)} & taken:
            taken |= {("gold", a.start), ("predicted", b.start)}
            pairs.append(EntityPair(row, a, b))
    pairs += [EntityPair(row, entity, None) for entity in gold if ("gold", entity.start) not in taken]
    pairs += [EntityPair(row, None, entity) for entity in predicted if ("predicted", entity.start) not in taken]
    return sorted(pairs, key=lambda pair: pair.start)


def _common(a: Entity, b: Entity) -> int:
    """How many characters are of both; below 0 where they are apart."""
    return min(a.end, b.end) - max(a.start, b.start)


def _span(entity: Entity) -> tuple[int, int, str]:
    return entity.start, entity.end, entity.label


def _scores(gold: Sequence[Sequence[Entity]], predicted: Sequence[Sequence[Entity]], labels: Sequence[str]) -> list[TypeScore]:
    """Overall (its label is ""), then each type's."""
    # Rows without entities on either side count nothing and cost time.
    rows = [(theirs, ours) for theirs, ours in zip(gold, predicted, strict=True) if theirs or ours]
    if not rows:
        nothing = SpanScore(None, None, None)
        return [TypeScore("", 0, 0, nothing, nothing)]
    result = Evaluator(
        *([_spans(entities) for entities in side] for side in zip(*rows, strict=True)), tags=list(labels), loader="dict"
    ).evaluate()
    return [_type_score(name, result["entities"][name] if name else result["overall"]) for name in ["", *labels]]


def _spans(entities: Sequence[Entity]) -> list[dict[str, Any]]:
    """nervaluate's ends are inclusive: with ours, neighbours that touch would overlap."""
    return [{"label": entity.label, "start": entity.start, "end": entity.end - 1} for entity in entities]


def _type_score(label: str, result: Mapping[str, Any]) -> TypeScore:
    gold, predicted = result["strict"].possible, result["strict"].actual
    strict, partial = (
        SpanScore(
            float(scores.precision) if predicted else None,
            float(scores.recall) if gold else None,
            float(scores.f1) if gold or predicted else None,
        )
        for scores in (result["strict"], result["partial"])
    )
    return TypeScore(label, gold, predicted, strict, partial)
