"""What can be trained: one module a task, each with a class of the same shape (see `TrainingTask`)."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from components.training.features import Feature
from components.training.results import Result
from components.training.settings import Settings
from components.training.splits import Split

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from components.training.features import Tensors

MODULES = {
    "classification": ("classification", "Classification"),
    "several_labels": ("several_labels", "SeveralLabels"),
    "number": ("number", "Number"),
    "pairs": ("pairs", "Pairs"),
    "pair_classes": ("pair_classes", "PairClasses"),
    "questions": ("questions", "Questions"),
    "entities": ("entities", "Entities"),
    "domain_adaptation": ("domain_adaptation", "DomainAdaptation"),
}


class TrainingTask(Protocol):
    """What the trainer needs to know of a task. `rows`: the frame's name of each row that is used; `parts`: positions in it; `trained`:
    those of `parts.train` that are learned from (all but where `train_share` says less). `train`:
    features with "input_ids"; `head`: parameter name parts of what starts untrained, and `head_rate` by how much its steps are larger.
    `epoch`: set by the trainer before each epoch."""

    settings: Settings
    rows: np.ndarray
    parts: Split
    trained: np.ndarray
    train: list[Feature]
    tokenizer: "PreTrainedTokenizerBase"
    head: tuple[str, ...]
    head_rate: float
    epoch: int

    def load_model(self) -> "PreTrainedModel": ...

    def collate(self, features: list[Feature]) -> "Tensors": ...

    def validate(self, model: "PreTrainedModel") -> dict[str, float]:
        """Scores on the validation rows: "score" (higher is better) and "loss", and what else is worth a curve. {} without such rows."""

    def finish(self, model: "PreTrainedModel", folder: Path) -> Result:
        """Judge on the test rows and write the model to `folder`."""


def make_task(settings: Settings, frame: pd.DataFrame) -> TrainingTask:
    """The task of `settings` on `frame` (column row, and those that the settings name). Raises TrainingError where the rows cannot be trained on."""
    module, name = MODULES[settings.task]
    task: TrainingTask = getattr(import_module(f"{__name__}.{module}"), name)(settings, frame)
    return task
