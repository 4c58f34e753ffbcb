"""What a training gives for any task whose answers are more than one class a row: measures beside those of other methods, on the same rows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from components.evaluation.intervals import Interval
from components.training.result_base import BaseResult, common_of


@dataclass(frozen=True)
class PartScore:
    """One of the parts that a judgement is made of, a label or a kind of entity. `wanted`: how often it stands in the judged rows, `found`: how
    often the model says it; `measures`: None where nothing tells."""

    name: str
    wanted: int
    found: int
    measures: Mapping[str, Interval | None]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "PartScore":
        measures = {name: Interval.from_json(score) if score else None for name, score in values["measures"].items()}
        return cls(values["name"], values["wanted"], values["found"], measures)


@dataclass(frozen=True, kw_only=True)
class JudgedResult(BaseResult):
    """A model judged on rows that it did not learn from, for any task whose answers are more than one class a row.

    `task`: which one. `measures`: by name, the one that counts first; `baselines`: the same of other methods on the same rows; `gains`: how much
    more the first measure is than each baseline's, on the same resampled rows. `lower`: names of the measures of which less is better.
    `test_rows`: the table's names of the judged rows. `parts`: labels or kinds, () where there are none; `thresholds`: for each label the
    probability from which it is said, chosen on the validation rows; `facts`: other numbers by name, shown by the task's own view.
    """

    task: str
    measures: Mapping[str, Interval]
    baselines: Mapping[str, Mapping[str, Interval]]
    gains: Mapping[str, Interval]
    test_rows: tuple[int, ...]
    lower: tuple[str, ...] = ()
    parts: tuple[PartScore, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def main(self) -> str:
        """The measure that counts."""
        return next(iter(self.measures))

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts)

    @property
    def best_baseline(self) -> str:
        """The one with the best main measure."""
        sign = -1 if self.main in self.lower else 1
        return max(self.baselines, key=lambda name: sign * self.baselines[name][self.main].value)

    def verdict(self, baseline: str) -> str:
        """Whether the model ("first") or the baseline ("second") is better, or the difference may be "chance"."""
        gain = self.gains[baseline]
        if gain.low <= 0 <= gain.high:
            return "chance"
        return "first" if (gain.value > 0) != (self.main in self.lower) else "second"

    @property
    def scores(self) -> dict[str, float]:
        """Plain numbers by name."""
        return {name: interval.value for name, interval in self.measures.items()}

    def to_json(self) -> dict[str, Any]:
        return self.common() | {
            "task": self.task,
            "measures": {name: asdict(interval) for name, interval in self.measures.items()},
            "baselines": {name: {key: asdict(one) for key, one in measures.items()} for name, measures in self.baselines.items()},
            "gains": {name: asdict(interval) for name, interval in self.gains.items()},
            "test_rows": list(self.test_rows),
            "lower": list(self.lower),
            "parts": [asdict(part) for part in self.parts],
            "thresholds": dict(self.thresholds),
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "JudgedResult":
        def read(measures: Mapping[str, Any]) -> dict[str, Interval]:
            return {name: Interval.from_json(one) for name, one in measures.items()}

        return cls(
            **common_of(values),
            task=values["task"],
            measures=read(values["measures"]),
            baselines={name: read(measures) for name, measures in values["baselines"].items()},
            gains=read(values["gains"]),
            test_rows=tuple(values["test_rows"]),
            lower=tuple(values["lower"]),
            parts=tuple(PartScore.from_json(part) for part in values["parts"]),
            thresholds=values["thresholds"],
            facts=values["facts"],
        )
