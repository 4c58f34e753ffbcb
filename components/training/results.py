"""What a training gives: one type of result for each task, kept as JSON with the run, and how the training ended."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from components.evaluation.intervals import Interval
from components.evaluation.judgements import Judgement, Scores
from components.evaluation.paired import Paired
from components.training.judged import JudgedResult
from components.training.result_base import BaseResult, common_of
from components.training.result_base import Durations as Durations
from components.training.result_base import RowCounts as RowCounts
from components.training.stored import from_stored

# Of equals the first is named. Results of version 0.2 have no "frozen", nor have those of an encoder that gives no vectors.
BASELINES = ("tfidf", "frozen", "majority")
CURVE_SCORES = ("accuracy", "macro_f1")
ADAPTATION_SCORES = ("perplexity", "loss", "masked_accuracy")


@dataclass(frozen=True)
class PointScores:
    accuracy: Interval
    macro_f1: Interval

    @classmethod
    def of(cls, scores: Scores) -> "PointScores":
        return cls(scores.accuracy, scores.macro_f1)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "PointScores":
        return cls(**{name: Interval.from_json(values[name]) for name in CURVE_SCORES})


@dataclass(frozen=True)
class CurvePoint:
    """A point of a learning curve: the scores of the model and of the TF-IDF baseline that learned from `rows` rows."""

    rows: int
    model: PointScores
    tfidf: PointScores

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "CurvePoint":
        return cls(values["rows"], PointScores.from_json(values["model"]), PointScores.from_json(values["tfidf"]))


@dataclass(frozen=True, kw_only=True)
class ClassificationResult(BaseResult):
    """`baselines`: by name, on the same rows; `pairs`: model and baseline row by row, {} in what version 0.2 kept. `test_rows`: the table's names of those rows. `temperature`: what the logits are divided by.
    `curve`: the smaller points of a learning curve, () where none was asked for."""

    judgement: Judgement
    baselines: Mapping[str, Scores]
    test_rows: tuple[int, ...]
    temperature: float
    curve: tuple[CurvePoint, ...] = ()
    pairs: Mapping[str, Paired] = field(default_factory=dict)

    @property
    def methods(self) -> tuple[str, ...]:
        """The baselines that it was held against."""
        return tuple(name for name in BASELINES if name in self.baselines)

    @property
    def best_baseline(self) -> str:
        """The one with the most rows right, the first of equals."""
        return max(self.methods, key=lambda name: self.baselines[name].right)

    def against(self, baseline: str) -> Paired:
        """The model (first) and a baseline (second) on the judged rows; where they weren't kept row by row, the pairing that tells least."""
        judged = self.judgement
        return self.pairs.get(baseline) or Paired.most_apart(judged.right, self.baselines[baseline].right, judged.rows)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.judgement.labels

    @property
    def scores(self) -> dict[str, float]:
        """Plain numbers by name."""
        return self.judgement.numbers

    def to_json(self) -> dict[str, Any]:
        return self.common() | {
            "judgement": self.judgement.to_json(),
            "baselines": {name: scores.to_json() for name, scores in self.baselines.items()},
            "test_rows": list(self.test_rows),
            "temperature": self.temperature,
            "curve": [point.to_json() for point in self.curve],
            "pairs": {name: paired.to_json() for name, paired in self.pairs.items()},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ClassificationResult":
        return cls(
            **common_of(values),
            judgement=Judgement.from_json(values["judgement"]),
            baselines={name: Scores.from_json(scores) for name, scores in values["baselines"].items()},
            test_rows=tuple(values["test_rows"]),
            temperature=values["temperature"],
            curve=tuple(CurvePoint.from_json(point) for point in values.get("curve", ())),
            pairs={name: Paired.from_json(paired) for name, paired in values.get("pairs", {}).items()},
        )


@dataclass(frozen=True)
class ProbeFill:
    """A token for a [MASK], with its probability."""

    token: str
    probability: float


@dataclass(frozen=True)
class MaskedScores:
    """Scores over `masked_tokens` hidden tokens of the test lines, each line hidden from in `draws` ways; None where no token was hidden.
    `loss`: mean cross entropy, `perplexity` its exponential, `masked_accuracy`: share that the first guess gets right. `probe`: for each
    [MASK] of the probe its likeliest tokens."""

    loss: float | None
    perplexity: float | None
    masked_accuracy: float | None
    masked_tokens: int
    draws: int = 1
    probe: tuple[tuple[ProbeFill, ...], ...] = ()

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "MaskedScores":
        probe = tuple(tuple(ProbeFill(**fill) for fill in fills) for fills in values.get("probe", ()))
        # Version 0.1 kept a loss of 0 where nothing was hidden.
        nothing = {} if values["masked_tokens"] else dict.fromkeys(ADAPTATION_SCORES)
        return from_stored(cls, {**values, "probe": probe, **nothing})


@dataclass(frozen=True, kw_only=True)
class AdaptationResult(BaseResult):
    """`change`: of the loss on the same masks, with its interval; None where too little was measured for one. `new_head`: whether the masked-LM head
    started untrained."""

    before: MaskedScores
    after: MaskedScores
    change: Interval | None
    new_head: bool
    probe: str

    @property
    def scores(self) -> dict[str, float]:
        """Plain numbers by name."""
        states = (("before", self.before), ("after", self.after))
        scores = {f"{name}_{when}": getattr(state, name) for when, state in states for name in ADAPTATION_SCORES}
        return {name: score for name, score in scores.items() if score is not None}

    def to_json(self) -> dict[str, Any]:
        return self.common() | {
            "before": asdict(self.before),
            "after": asdict(self.after),
            "change": asdict(self.change) if self.change else None,
            "new_head": self.new_head,
            "probe": self.probe,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "AdaptationResult":
        return cls(
            **common_of(values),
            before=MaskedScores.from_json(values["before"]),
            after=MaskedScores.from_json(values["after"]),
            change=Interval.from_json(values["change"]) if values.get("change") else None,
            new_head=values.get("new_head", False),
            probe=values.get("probe", ""),
        )


Result = ClassificationResult | AdaptationResult | JudgedResult


def result_from_json(values: Mapping[str, Any]) -> Result | None:
    """None where nothing was judged (yet)."""
    if "measures" in values:
        return JudgedResult.from_json(values)
    if "judgement" in values:
        return ClassificationResult.from_json(values)
    return AdaptationResult.from_json(values) if "before" in values else None


class Reason(NamedTuple):
    """Why a run is in its state: a message key ("" for no reason) and its values."""

    key: str = ""
    values: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Ending:
    """How a training ended: one of `STATES`, why, and what it gave, None where nothing was judged."""

    state: str
    reason: Reason = field(default_factory=Reason)
    result: Result | None = None
