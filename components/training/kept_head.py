"""Logistic regression on a frozen encoder as a model of its own: written into a plain BertForSequenceClassification, with nothing trained.

One more block gives the pooler the vector that the regression was fitted on (`frozen.add_mean_block`); the pooler standardises it, a thousandth
in size so that its tanh is as good as a line (z**2 / 3e6 of a dimension that lies z deviations off the mean), and the classifier makes up for it.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch

from components.errors import ModelError, TrainingError
from components.models import files as model_files
from components.training.frozen import add_mean_block, dense_before_tanh
from components.training.quick_head import QuickHead
from components.training.results import ClassificationResult
from components.training.runs import Run
from components.training.settings import Settings
from components.training.store import RunStore

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from components.training.tasks.classification import Classification

PURPOSE = "frozen"  # in what is remembered of the run's data
SMALL = 1e-3


def can_be_kept(backbone: str) -> bool:
    """Whether a regression on `backbone` can be written into a model: for those of BERT's kind, which have the block and the pooler."""
    try:
        return bool(model_files.find(backbone).config.get("model_type") == "bert")
    except ModelError:
        return False


def is_kept(run: Run) -> bool:
    """Whether `run` is no training but a regression that was kept."""
    return bool(run.data.get("purpose") == PURPOSE)


def request_kept(
    store: RunStore, visitor: str, settings: Settings, frame: pd.DataFrame, name: str, data: Mapping[str, Any], network: str = ""
) -> Run:
    """Queue the making of the model: a run that learns from, and is judged on, the rows that a fine-tuning with `settings` would.

    Raises TrainingError where the backbone is none of BERT's kind, or as `RunStore.create`.
    """
    if not can_be_kept(settings.backbone):
        raise TrainingError("training.kept-other-kind", id=settings.backbone)
    # Computed as it was for the comparison; what concerns steps says nothing here.
    plain = replace(settings, tune="head", epochs=1, learning_rate=0.0, precision="float32")
    made, _ = store.create(visitor, plain, frame, name, {**data, "purpose": PURPOSE}, network=network)
    return made


def keep_head(task: "Classification", folder: Path) -> ClassificationResult:
    """In the worker: the model with the regression in it, written to `folder` and judged. Not held against itself."""
    model = task.load_model()
    write_head(model, task.quick_head())
    result = task.finish(model.eval(), folder)
    others = {name: scores for name, scores in result.baselines.items() if name != "frozen"}
    return replace(result, baselines=others, pairs={name: paired for name, paired in result.pairs.items() if name in others})


def write_head(model: "PreTrainedModel", head: QuickHead) -> None:
    """Puts `head` into a BertForSequenceClassification over the encoder that its vectors are from: the logits are those of `head`, to some 1e-4."""
    add_mean_block(model)
    dense = dense_before_tanh(model)
    assert dense is not None, "a BERT has a pooler"
    with torch.no_grad():
        dense.weight.copy_(torch.from_numpy(np.diag(SMALL * head.scale)))
        dense.bias.copy_(torch.from_numpy(-SMALL * head.scale * head.mean))
        model.classifier.weight.copy_(torch.from_numpy(head.weight / SMALL))
        model.classifier.bias.copy_(torch.from_numpy(head.bias))
