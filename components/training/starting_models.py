"""The model that a training of a bundled kind goes on from: the bundled one of the backbone's language, which has learned the task already."""

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

from components.models import files as model_files
from components.models.bundled import BY_BACKBONE
from components.training.backbones import ATTENTION_DROPOUT, HIDDEN_DROPOUT
from components.training.settings import Settings, suggested_epochs

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# What the bundled model does that a training goes on from, where it is not the bare backbone.
STARTS = {"domain_adaptation": "masked_lm", "entities": "ner", "pairs": "similarity", "questions": "qa"}
EPOCHS = 2  # of a training that goes on from a model that knows its task


def bundled_start(settings: Settings) -> str | None:
    """The id of the bundled model that a training with `settings` goes on from; None where it begins with the backbone alone: a task or a backbone
    without one, or where it isn't here."""
    models = BY_BACKBONE.get(settings.backbone)
    id = models.tasks.get(STARTS.get(settings.task, "")) if models else None
    return id if id is not None and model_files.bundled_complete(id) else None


def first_epochs(settings: Settings, rows: int) -> int:
    """The epochs that a training with `settings` on `rows` rows is begun with where nobody asks for others: two of pairs and questions that go on
    from a bundled model, which knows most of it: more of them gave no more than chance does (`benchmarks.bundled_starts`). Names may be of types that the bundled model doesn't know."""
    goes_on = settings.task in ("pairs", "questions") and bundled_start(settings)
    return EPOCHS if goes_on else suggested_epochs(rows)


def starting_model(id: str, settings: Settings) -> "PreTrainedModel":
    """Bundled model `id` as plain modules of its own, to be trained. A copy: what `assemble` gives shares its tensors with the models that answer
    on the pages."""
    from transformers import set_seed

    from components.models.adapters import assemble
    from components.models.tasks import TASKS

    set_seed(settings.seed)
    model: PreTrainedModel = (
        copy.deepcopy(assemble(model_files.find(id), TASKS[STARTS[settings.task]], merged=True)).requires_grad_(True).train()
    )
    for names, share in ((HIDDEN_DROPOUT, settings.hidden_dropout), (ATTENTION_DROPOUT, settings.attention_dropout)):
        for name in names:
            if hasattr(model.config, name):
                setattr(model.config, name, share)
    return model


def with_tags(model: "PreTrainedModel", tags: Sequence[str]) -> None:
    """Gives a token classifier an output for each of `tags`: its own where it has that tag, else a new one."""
    import torch

    old, known = model.classifier, {tag: number for number, tag in model.config.id2label.items()}
    new = torch.nn.Linear(old.in_features, len(tags))
    with torch.no_grad():
        new.weight.normal_(0.0, model.config.initializer_range)
        new.bias.zero_()
        for number, tag in enumerate(tags):
            if tag in known:
                new.weight[number], new.bias[number] = old.weight[known[tag]], old.bias[known[tag]]
    model.classifier, model.num_labels = new, len(tags)
