"""The model that a training of a bundled kind goes on from: the bundled one of the backbone's language, which has learned the task already."""

import copy
from typing import TYPE_CHECKING

from components.models import files as model_files
from components.models.bundled import BY_BACKBONE
from components.training.backbones import ATTENTION_DROPOUT, HIDDEN_DROPOUT
from components.training.settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def bundled_start(settings: Settings, task: str) -> str | None:
    """The id of the bundled model for `task` over the backbone of `settings`; None for any other backbone, or where it isn't here."""
    models = BY_BACKBONE.get(settings.backbone)
    id = models.tasks.get(task) if models else None
    return id if id is not None and model_files.bundled_complete(id) else None


def starting_model(id: str, task: str, settings: Settings) -> "PreTrainedModel":
    """Bundled model `id` as plain modules of its own, to be trained. A copy: what `assemble` gives shares its tensors with the models that answer
    on the pages."""
    from transformers import set_seed

    from components.models.adapters import assemble
    from components.models.tasks import TASKS

    set_seed(settings.seed)
    model: PreTrainedModel = copy.deepcopy(assemble(model_files.find(id), TASKS[task], merged=True)).requires_grad_(True).train()
    for names, share in ((HIDDEN_DROPOUT, settings.hidden_dropout), (ATTENTION_DROPOUT, settings.attention_dropout)):
        for name in names:
            if hasattr(model.config, name):
                setattr(model.config, name, share)
    return model
