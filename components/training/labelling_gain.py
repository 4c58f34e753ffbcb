"""What letting the model choose gains on the bundled intents, as `python -m benchmarks.labelling --write` has measured it."""

import json
from dataclasses import dataclass
from functools import cache

from components.training.samples_list import FOLDER

FILE = FOLDER / "labelling.json"


@dataclass(frozen=True)
class Gain:
    """After `labels` labels the mean accuracy of `seeds` persons made up, on `judged` rows that were kept aside: where the model chose, and where all
    texts were drawn at random. file: the sample's digest."""

    labels: tuple[int, ...]
    chosen: tuple[float, ...]
    drawn: tuple[float, ...]
    seeds: int
    judged: int
    file: str


@cache
def gain() -> Gain:
    """As it was measured."""
    values = json.loads(FILE.read_text(encoding="utf-8"))
    labels, chosen, drawn = (tuple(values[name]) for name in ("labels", "chosen", "drawn"))
    return Gain(labels, chosen, drawn, values["seeds"], values["judged"], values["file"])
