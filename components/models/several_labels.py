"""All labels of a text that hold, each by a probability of its own and a threshold chosen on held-out rows (settings.json, "thresholds")."""

import torch
from torch import nn

from components.models.files import ModelFiles
from components.models.results import LabelSet
from components.models.tasks import ModelTask
from components.models.text_answers import TextAnswers
from components.text.tokens import TokenizedText

USUAL = 0.5  # where a model's files name no threshold
# A probability that is nearer to its threshold is asked for in float32: bfloat16 moves one by up to some 0.02.
CLOSE = 0.03


class LabelSets(TextAnswers[LabelSet]):
    """`labels`: names in the order of the logits; `thresholds`: by name."""

    def __init__(self, files: ModelFiles, task: ModelTask, model: nn.Module | None = None):
        super().__init__(files, task, model)
        config = self.model.config
        self.labels = tuple(str(config.id2label[index]) for index in range(config.num_labels))
        stated = self.settings.get("thresholds") or {}
        self.thresholds = {label: float(stated.get(label, USUAL)) for label in self.labels}

    def _close(self, logits: torch.Tensor) -> list[int]:
        limits = torch.tensor(list(self.thresholds.values()))
        near = ((logits.sigmoid() - limits).abs() < CLOSE).any(dim=-1)
        rows: list[int] = torch.nonzero(near).flatten().tolist()
        return rows

    def _answers(self, logits: torch.Tensor, sequences: list[TokenizedText]) -> list[LabelSet]:
        answers = []
        for row, sequence in zip(logits.double().sigmoid().tolist(), sequences, strict=True):
            scores = dict(zip(self.labels, row, strict=True))
            said = sorted((label for label in self.labels if scores[label] >= self.thresholds[label]), key=lambda label: -scores[label])
            answers.append(LabelSet(tuple(said), scores, self.thresholds, truncated=sequence.cut))
        return answers


def build(files: ModelFiles, task: ModelTask) -> LabelSets:
    return LabelSets(files, task)
