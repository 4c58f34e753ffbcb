"""The tasks a model can do, and how a model's files tell which: the one table that pages, the catalogue and `load` share."""

from dataclasses import dataclass

from components.errors import ModelError
from components.models.files import ModelFiles


@dataclass(frozen=True)
class ModelTask:
    """`module` holds the class that answers; `auto_class` is the transformers class that loads a whole model of this task."""

    name: str
    module: str
    auto_class: str
    architecture: str


TASKS = {
    task.name: task
    for task in (
        ModelTask("similarity", "components.models.similarity", "AutoModel", "Model"),
        ModelTask("encoder", "components.models.encoder", "AutoModel", "Model"),
        ModelTask("classification", "components.models.classification", "AutoModelForSequenceClassification", "ForSequenceClassification"),
        ModelTask("several_labels", "components.models.several_labels", "AutoModelForSequenceClassification", "ForSequenceClassification"),
        ModelTask("number", "components.models.number", "AutoModelForSequenceClassification", "ForSequenceClassification"),
        ModelTask("ner", "components.models.ner", "AutoModelForTokenClassification", "ForTokenClassification"),
        ModelTask("qa", "components.models.qa", "AutoModelForQuestionAnswering", "ForQuestionAnswering"),
        ModelTask("masked_lm", "components.models.masked_lm", "AutoModelForMaskedLM", "ForMaskedLM"),
        ModelTask("next_sentence", "components.models.next_sentence", "AutoModelForNextSentencePrediction", "ForNextSentencePrediction"),
        ModelTask("pair_classes", "components.models.pair_classes", "AutoModelForSequenceClassification", "ForSequenceClassification"),
        ModelTask("causal_lm", "components.models.causal_lm", "AutoModelForCausalLM", "ForCausalLM"),
    )
}
# Any model has an encoder and sentence vectors; these two need no head of their own.
HEADLESS = ("similarity", "encoder")
# Pretrained to tell replaced tokens from real ones: no head that writes words.
DISCRIMINATORS = ("ElectraForPreTraining", "FunnelForPreTraining")


def task_of(files: ModelFiles, wanted: str | None = None) -> ModelTask:
    """The task to load `files` for: `wanted`, else what the settings or the configuration's architecture say.

    Raises ValueError for a task that does not exist, ModelError where the model has another task's head or doesn't tell.
    """
    if wanted is not None and wanted not in TASKS:
        raise ValueError(f"unknown task {wanted!r}: expected one of {tuple(TASKS)}")
    own = own_task(files)
    if wanted is None:
        if own is None:
            raise ModelError("models.task_unknown", id=files.id, tasks=", ".join(TASKS))
        return TASKS[own]
    # A pretraining checkpoint has both a masked-LM and a next-sentence head; which tensors are there decides when it loads.
    pretraining = {own, wanted} <= {"masked_lm", "next_sentence"} and files.backbone is None
    if wanted not in HEADLESS and own not in (wanted, None, "similarity", "encoder") and not pretraining:
        raise ModelError("models.wrong_task", id=files.id, task=wanted, own=own)
    return TASKS[wanted]


def own_task(files: ModelFiles) -> str | None:
    """The task the model was made for, or None where its files don't tell (a bare encoder)."""
    stated = files.settings.get("task")
    if stated in TASKS:
        return str(stated)
    if (files.folder / "modules.json").exists():
        return "similarity"
    for architecture in files.config.get("architectures") or []:
        if str(architecture).endswith("ForPreTraining"):
            return None if str(architecture) in DISCRIMINATORS else "masked_lm"
        for task in TASKS.values():
            if task.architecture != "Model" and str(architecture).endswith(task.architecture):
                return task.name
    return None
