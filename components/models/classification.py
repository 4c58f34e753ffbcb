"""The class of a text, with a probability that means something: logits divided by a temperature fitted on held-out data.

Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2. Where settings.json names no temperature it is 1.
"""

from collections.abc import Sequence

import torch
from torch import nn

from components.errors import ModelError
from components.models import adapters
from components.models import files as model_files
from components.models.files import ModelFiles
from components.models.loading import LOAD_LOCK
from components.models.results import Prediction
from components.models.tasks import TASKS, ModelTask
from components.models.text_answers import TextAnswers
from components.text.libraries import transformers
from components.text.tokens import TokenizedText

# Two labels whose probabilities lie nearer than this are asked for in float32: bfloat16 moves one by up to some 0.02.
CLOSE = 0.05


class Classifier(TextAnswers[Prediction]):
    """`labels`: names in the order of the logits."""

    def __init__(self, files: ModelFiles, task: ModelTask, model: nn.Module | None = None):
        super().__init__(files, task, model)
        config = self.model.config
        self.labels = tuple(str(config.id2label[index]) for index in range(config.num_labels))
        if len(self.labels) < 2:
            raise ModelError("models.one_label", id=self.id)
        # Several labels may hold at once: each is a yes or no of its own, and the scores don't sum to 1.
        self.multi_label = getattr(config, "problem_type", None) == "multi_label_classification"

    def _close(self, logits: torch.Tensor) -> list[int]:
        """Rows in which reduced precision could have another label win."""
        best = self.probabilities(logits).topk(2).values
        close: list[int] = torch.nonzero(best[:, 0] - best[:, 1] < CLOSE).flatten().tolist()
        return close

    def probabilities(self, logits: torch.Tensor) -> torch.Tensor:
        """Calibrated probabilities of logits (..., labels)."""
        scaled = logits / self.temperature
        return scaled.sigmoid() if self.multi_label else scaled.softmax(-1)

    def _answers(self, logits: torch.Tensor, sequences: list[TokenizedText]) -> list[Prediction]:
        predictions = []
        for row, sequence in zip(self.probabilities(logits).tolist(), sequences, strict=True):
            scores = dict(zip(self.labels, row, strict=True))
            best = max(scores, key=scores.__getitem__)
            predictions.append(Prediction(best, scores[best], scores, truncated=sequence.cut))
        return predictions


def untrained(id: str, labels: Sequence[str] = ("negative", "positive"), seed: int = 0) -> Classifier:
    """A classifier whose head was never trained, over the encoder of any model: what `BertForSequenceClassification.from_pretrained`
    gives for a base model. Its answers depend on `seed` and say nothing about the text."""
    files = model_files.find(id)
    root = files if files.backbone is None else model_files.find(files.backbone)
    with LOAD_LOCK:
        base = adapters.backbone(root).shell()
        config = transformers.AutoConfig.from_pretrained(root.folder, local_files_only=True, num_labels=len(labels))
        config.id2label = dict(enumerate(labels))
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = transformers.AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
        if base.pooler is None:
            base.pooler = model.base_model.pooler
        setattr(model, model.base_model_prefix, base)
        return Classifier(root, TASKS["classification"], model.eval().requires_grad_(False))


def build(files: ModelFiles, task: ModelTask) -> Classifier:
    return Classifier(files, task)
