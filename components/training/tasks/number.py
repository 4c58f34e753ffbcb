"""A number a text, such as stars or a price: one output, learned by least squares on numbers with mean 0 and deviation 1. What that takes is put into
the last layer when the model is saved, so that plain transformers gives the number itself."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.evaluation.numbers import number_measures, spearman, spearman_gain
from components.tables.numbers import is_number
from components.training.backbones import load_backbone
from components.training.judged import JudgedResult
from components.training.results import RowCounts
from components.training.settings import Settings
from components.training.splits import share_of
from components.training.tasks.whole_text import WholeText
from components.training.word_baselines import numbers

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

BINS = 10  # of the numbers, by which rows are dealt
A_BIN = 10  # rows in one, at least


class Number(WholeText):
    """`values` (n,) float64: the number of every row that has one; `middle`, `spread`: of those learned from."""

    outputs = 1

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        used = frame[frame[settings.label].map(is_number)]
        self.read(settings, frame, used)
        self.values = used[settings.label].astype(float).to_numpy()
        if len(np.unique(self.values)) < 2:
            raise TrainingError("training.found-one-number", n=len(np.unique(self.values)), column=settings.label)
        self.parts = self.deal(used, _bins(self.values))
        self.features = self._features(self.texts)
        self.trained = share_of(self.parts.train, settings)
        self.middle = float(self.values[self.trained].mean())
        self.spread = float(self.values[self.trained].std()) or 1.0
        self.train = [self.features[row] | {"targets": [(self.values[row] - self.middle) / self.spread]} for row in self.trained]

    def load_model(self) -> "PreTrainedModel":
        from transformers import AutoModelForSequenceClassification

        options = {
            "num_labels": 1,
            "id2label": {0: self.settings.label},
            "label2id": {self.settings.label: 0},
            "problem_type": "regression",
        }
        model = load_backbone(AutoModelForSequenceClassification, self.settings, **options)
        if _last_layer(model) is None:  # nowhere to put mean and deviation: learned as they are
            self.middle, self.spread = 0.0, 1.0
            for feature, row in zip(self.train, self.trained, strict=True):
                feature["targets"] = [float(self.values[row])]
        return model

    def numbers(self, model: "PreTrainedModel", rows: np.ndarray) -> np.ndarray:
        """What a model that is not folded yet says of `rows`: (n,) float64."""
        return np.asarray(self.middle + self.spread * self.logits(model, rows)[:, 0].astype(np.float64))

    def validate(self, model: "PreTrainedModel") -> dict[str, float]:
        rows = self.parts.validation
        if not len(rows):
            return {}
        wanted, found = self.values[rows], self.numbers(model, rows)
        loss = float(np.mean(((found - wanted) / self.spread) ** 2))
        order = spearman(wanted, found)
        return {"score": order - 1e-3 * min(loss, 100), "loss": loss, "spearman": order, "mae": float(np.abs(found - wanted).mean())}

    def finish(self, model: "PreTrainedModel", folder: Path) -> JudgedResult:
        test, seed = self.parts.test, self.settings.seed
        wanted, found = self.values[test], self.numbers(model, test)
        learned = self.values[self.trained]
        others = {
            "words": numbers(
                [self.texts[row] for row in self.trained], learned, [self.texts[row] for row in test], self.settings.language, seed
            ),
            "median": np.full(len(test), float(np.median(learned))),
        }
        measures = number_measures(wanted, found, seed)
        fold(model, self.middle, self.spread)
        facts = {"low": float(learned.min()), "high": float(learned.max()), "median": float(np.median(learned))}
        self.write(model, folder, facts | {"error": measures["mae"].value, "column": self.settings.label})
        said = {"label": wanted, "predicted": found}
        pd.DataFrame({"row": self.rows[test], **said}).to_parquet(folder.parent / "predictions.parquet", index=False)
        return JudgedResult(
            task="number",
            rows=RowCounts(len(self.train), len(self.parts.validation), len(test), self.left_out),
            measures=measures,
            baselines={name: number_measures(wanted, other, seed) for name, other in others.items()},
            gains={name: spearman_gain(wanted, found, other, seed) for name, other in others.items()},
            test_rows=tuple(int(row) for row in self.rows[test]),
            lower=("mae",),
            facts=facts,
        )


def fold(model: "PreTrainedModel", middle: float, spread: float) -> None:
    """Lets the last layer give middle + spread * what it gave."""
    import torch

    layer = _last_layer(model)
    if layer is None:
        return
    with torch.no_grad():
        layer.weight.mul_(spread)
        layer.bias.mul_(spread).add_(middle)


def _last_layer(model: "PreTrainedModel") -> "torch.nn.Linear | None":
    """The layer of one output with a bias that gives the number; None where there is none."""
    import torch

    layers = [module for module in model.modules() if isinstance(module, torch.nn.Linear) and module.out_features == 1]
    return layers[-1] if layers and layers[-1].bias is not None else None


def _bins(values: np.ndarray) -> list[str]:
    """The tenth of the numbers that each is in, as a name; fewer parts where there are few rows."""
    count = max(min(BINS, len(values) // A_BIN), 1)
    edges = np.unique(np.quantile(values, np.arange(1, count) / count))
    return [str(place) for place in np.searchsorted(edges, values, side="right")]
