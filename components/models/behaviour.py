"""What a bundled model does with cases that a reader finds easy, counted kind by kind: the ``behaviour.json`` beside its weights.

`recipes/behaviour.py` counts them. Ribeiro et al. 2020, "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "behaviour.json"


@dataclass(frozen=True)
class Behaviour:
    """One kind of cases: how many of its `rows` the model answered rightly, and the least share that is wanted, None where none is stated."""

    kind: str
    right: int
    rows: int
    floor: float | None = None

    @property
    def rate(self) -> float:
        return self.right / self.rows

    @property
    def missed(self) -> bool:
        return self.floor is not None and self.rate < self.floor


def read(folder: Path) -> tuple[Behaviour, ...]:
    """The kinds that the file of a model's folder counts; () where there is no such file."""
    path = folder / FILE
    content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return tuple(Behaviour(kind, one["right"], one["rows"], one["floor"]) for kind, one in content.items())


def write(folder: Path, found: Sequence[Behaviour]) -> None:
    """kind -> right, rows and floor (null where there is none)."""
    content = {one.kind: {"right": one.right, "rows": one.rows, "floor": one.floor} for one in found}
    (folder / FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def weakest(found: Sequence[Behaviour]) -> list[Behaviour]:
    """What falls below its floor, the farthest below first; where nothing does, the kind with the lowest rate, if anything went wrong."""
    missed = sorted((one for one in found if one.missed), key=lambda one: one.rate - (one.floor or 0.0))
    return missed or sorted((one for one in found if one.right < one.rows), key=lambda one: one.rate)[:1]
