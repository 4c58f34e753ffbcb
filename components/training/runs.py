"""What a run is, for those who look at it: plain frozen data, no database behind it."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.training.settings import Settings

STATES = ("queued", "running", "stopped", "interrupted", "failed", "done")
RESUMABLE = ("stopped", "interrupted")


@dataclass(frozen=True)
class Event:
    """Something that happened in a run. kind "loss": step, epoch, loss, learning_rate, rows_per_second; "evaluation": epoch, scores;
    "state".
    """

    number: int
    at: float
    kind: str
    content: dict


@dataclass(frozen=True)
class Run:
    """A run as it stands now. Times in seconds since the epoch; `seconds`: spent training, over all starts; `position`: 1 is next, 0 not
    waiting.

    `reason`: message key and values of why it is in this state. `progress`: step, steps, rows_per_second, seconds_left. `result`: what
    the task found (see its module); `scores` are its plain numbers. `owned`: the key that opened it may change it.
    """

    id: str
    name: str
    state: str
    reason: tuple[str, dict]
    settings: Settings
    data: dict
    created: float
    started: float | None
    ended: float | None
    seconds: float
    progress: dict
    estimate: dict
    result: dict
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
        return {name: value for name, value in self.result.get("scores", {}).items() if isinstance(value, int | float)}


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    """A key that cannot be guessed, for a visitor's cookie."""
    return secrets.token_urlsafe(24)


def run_from_row(row: Mapping, folder: Path, position: int, owned: bool) -> Run:
    """A Run from its row in the store's table."""
    texts = {name: json.loads(row[name]) for name in ("reason", "settings", "data", "progress", "estimate", "result")}
    plain = {name: row[name] for name in ("id", "name", "state", "created", "started", "ended", "seconds")}
    return Run(
        **plain,
        **{name: texts[name] for name in ("data", "progress", "estimate", "result")},
        reason=(texts["reason"][0], texts["reason"][1]),
        settings=Settings.from_json(texts["settings"]),
        size_bytes=row["bytes"],
        position=position,
        owned=owned,
        folder=folder,
        stopping=bool(row["stopping"]),
        read_key=row["read_key"] if owned else "",
    )
