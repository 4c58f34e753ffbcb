"""What came of training on each sample, measured once by `scripts/sample_runs.py`: the picture of where a training leads, for who has none yet."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from components.evaluation.paired import Paired
from components.training.results import RowCounts
from components.training.samples_list import FOLDER, SampleTable

FILE = FOLDER / "runs.json"
MEASURED = ("classification", "domain_adaptation")  # tasks of the samples that a page draws before anything is trained


@dataclass(frozen=True)
class Check:
    """The validation rows after an epoch."""

    step: int
    loss: float


@dataclass(frozen=True)
class SampleRun:
    """A training on a sample with the page's own settings. seconds: of the whole run; size_bytes: of its model; steps: of the training;
    losses: (step, training loss). classes: rows of each, the most first. against: the model and counting words on the judged rows; for
    a domain adaptation None, and `perplexity` and `masked_accuracy` are those before and after. file, weights: fingerprints of the
    table and of what the training began on."""

    sample: str
    file: str
    weights: Mapping[str, str]
    seconds: float
    size_bytes: int
    rows: RowCounts
    steps: int
    losses: tuple[tuple[int, float], ...]
    checks: tuple[Check, ...]
    classes: tuple[tuple[str, int], ...] = ()
    against: Paired | None = None
    perplexity: tuple[float, float] | None = None
    masked_accuracy: tuple[float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            sample=values["sample"],
            file=values["file"],
            weights=values["weights"],
            seconds=values["seconds"],
            size_bytes=values["size_bytes"],
            rows=RowCounts(**values["rows"]),
            steps=values["steps"],
            losses=tuple((step, loss) for step, loss in values["losses"]),
            checks=tuple(Check(**check) for check in values["checks"]),
            classes=tuple((name, rows) for name, rows in values["classes"]),
            against=Paired.from_json(values["against"]) if values["against"] else None,
            perplexity=_pair(values["perplexity"]),
            masked_accuracy=_pair(values["masked_accuracy"]),
        )


def file_fingerprint(sample: SampleTable) -> str:
    """16 hex digits that change with the sample's file."""
    return hashlib.sha256(sample.path.read_bytes()).hexdigest()[:16]


@cache
def sample_runs(path: Path = FILE) -> Mapping[str, SampleRun]:
    """By the sample's id."""
    return {values["sample"]: SampleRun.from_json(values) for values in json.loads(path.read_text(encoding="utf-8"))}


def _pair(values: Any) -> tuple[float, float] | None:
    return (values[0], values[1]) if values else None
