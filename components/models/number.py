"""The number of a text, such as its stars or its price: the one output of a regression head, always in float32, for a number has many digits."""

from dataclasses import dataclass

import torch
from torch import nn

from components.errors import ModelError
from components.models.files import ModelFiles
from components.models.results import NumberAnswer
from components.models.tasks import ModelTask
from components.models.text_answers import TextAnswers
from components.text.tokens import TokenizedText


@dataclass(frozen=True)
class Learned:
    """The numbers that a model learned from: the least, the most, the middle one; `error`: by how much it is off on unseen rows, in the mean. None where
    its files don't say."""

    low: float | None
    high: float | None
    median: float | None
    error: float | None


class NumberModel(TextAnswers[NumberAnswer]):
    """`learned`: what the numbers were like that it learned from."""

    def __init__(self, files: ModelFiles, task: ModelTask, model: nn.Module | None = None):
        super().__init__(files, task, model)
        if self.model.config.num_labels != 1:
            raise ModelError("models.not_one_number", id=self.id)
        stated = {name: self.settings.get(name) for name in ("low", "high", "median", "error")}
        self.learned = Learned(**{name: None if value is None else float(value) for name, value in stated.items()})

    def _close(self, logits: torch.Tensor) -> list[int]:
        return list(range(len(logits)))

    def _answers(self, logits: torch.Tensor, sequences: list[TokenizedText]) -> list[NumberAnswer]:
        return [NumberAnswer(float(value), truncated=sequence.cut) for value, sequence in zip(logits[:, 0], sequences, strict=True)]


def build(files: ModelFiles, task: ModelTask) -> NumberModel:
    return NumberModel(files, task)
