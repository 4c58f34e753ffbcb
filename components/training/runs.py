"""What a run is, for those who look at it: plain frozen data, no database behind it."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.training.results import Reason, Result, result_from_json
from components.training.settings import Settings
from components.training.stored import from_stored

STATES = ("queued", "running", "stopped", "interrupted", "failed", "done")
RESUMABLE = ("stopped", "interrupted")


@dataclass(frozen=True)
class Progress:
    """How far a training is. `stage`: "prepare", "train" or "judge", "" before it begins; `step` of `steps`, 0 before the first;
    `part` of `parts`: of a learning curve's trainings. `seconds_left`: of the training, None where that can't be told; `judging`: what the
    judging after it will take, as far as that can be foretold."""

    stage: str = ""
    step: int = 0
    steps: int = 0
    epoch: float = 0.0
    rows_per_second: float = 0.0
    seconds_left: float | None = None
    part: int = 0
    parts: int = 0
    judging: float | None = None

    @property
    def share(self) -> float:
        """Of the steps (0..1)."""
        return min(self.step / self.steps, 1.0) if self.steps else 0.0


@dataclass(frozen=True)
class Estimate:
    """A prediction: seconds from the start to a judged model (likeliest, lowest and highest; an early stop can be earlier still), memory of
    the process at its peak, disk while it trains and afterwards."""

    seconds: float
    low_seconds: float
    high_seconds: float
    memory_bytes: int
    disk_bytes: int
    kept_bytes: int
    tokens: int


@dataclass(frozen=True)
class Event:
    """Something that happened in a run. kind "loss": step, epoch, loss, learning_rate, rows_per_second; "evaluation": epoch, scores;
    "state".
    """

    number: int
    at: float
    kind: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A run as it stands now. Times in seconds since the epoch; `seconds`: spent training, over all starts; `position`: 1 is next, 0 not
    waiting.

    `reason`: why it is in this state. `estimate`: what was predicted when it was started, None where nothing was. `result`: None until
    it was judged; `scores` are its plain numbers. `owned`: the key that opened it may change it.
    """

    id: str
    name: str
    state: str
    reason: Reason
    settings: Settings
    data: dict[str, Any]
    created: float
    started: float | None
    ended: float | None
    seconds: float
    progress: Progress
    estimate: Estimate | None
    result: Result | None
    size_bytes: int
    position: int
    owned: bool
    folder: Path
    stopping: bool = False
    read_key: str = field(default="", repr=False)

    @property
    def model_dir(self) -> Path:
        """The folder that AutoModel...from_pretrained loads; it exists once the run is done or stopped."""
        return self.folder / "model"

    @property
    def scores(self) -> dict[str, float]:
        return self.result.scores if self.result else {}


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    """A key that cannot be guessed, for a visitor's cookie."""
    return secrets.token_urlsafe(24)


def run_from_row(row: Mapping[str, Any], folder: Path, position: int, owned: bool) -> Run:
    """A Run from its row in the store's table."""
    texts = {name: json.loads(row[name]) for name in ("reason", "settings", "data", "progress", "estimate", "result")}
    plain = {name: row[name] for name in ("id", "name", "state", "created", "started", "ended", "seconds")}
    return Run(
        **plain,
        data=texts["data"],
        progress=from_stored(Progress, texts["progress"]),
        estimate=from_stored(Estimate, texts["estimate"]) if texts["estimate"] else None,
        result=result_from_json(texts["result"]),
        reason=Reason(*texts["reason"]),
        settings=Settings.from_json(texts["settings"]),
        size_bytes=row["bytes"],
        position=position,
        owned=owned,
        folder=folder,
        stopping=bool(row["stopping"]),
        read_key=row["read_key"] if owned else "",
    )
