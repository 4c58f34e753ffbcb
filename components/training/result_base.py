"""What the results of all tasks have in common."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from components.training.stored import from_stored


@dataclass(frozen=True)
class RowCounts:
    """Rows learned from, chosen by, judged on, and not used at all."""

    train: int = 0
    validation: int = 0
    test: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Durations:
    """Seconds until the training began, of the training, and of the judging after it."""

    prepare: float = 0.0
    train: float = 0.0
    finish: float = 0.0


@dataclass(frozen=True, kw_only=True)
class BaseResult:
    """`epochs`: the validation scores after each epoch. `peak_memory`: bytes."""

    rows: RowCounts
    seconds: Durations = Durations()
    epochs: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    peak_memory: int = 0

    def common(self) -> dict[str, Any]:
        return {
            "rows": asdict(self.rows),
            "seconds": asdict(self.seconds),
            "epochs": {str(epoch): dict(scores) for epoch, scores in self.epochs.items()},
            "peak_memory": self.peak_memory,
        }


def common_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rows": from_stored(RowCounts, values["rows"]),
        "seconds": from_stored(Durations, values.get("seconds", {})),
        "epochs": {int(epoch): scores for epoch, scores in values.get("epochs", {}).items()},
        "peak_memory": values.get("peak_memory", 0),
    }
