"""Which cells the plain code of each task has, in the order they run in, and what they are filled with."""

from components.training import code_templates as templates
from components.training import entity_templates, label_templates, pair_templates

SEQUENCE = "AutoModelForSequenceClassification"
AUTO_CLASSES = {
    "classification": SEQUENCE,
    "several_labels": SEQUENCE,
    "number": SEQUENCE,
    "entities": "AutoModelForTokenClassification",
    "pairs": "AutoModel",
    "pair_classes": SEQUENCE,
    "questions": "AutoModelForQuestionAnswering",
    "domain_adaptation": "AutoModelForMaskedLM",
}
# Code for the names of the labels of a table.
LABELS = {"several_labels": 'sorted({name for cell in table["label"] for name in json.loads(cell)})'}
EVERY_LABEL = 'sorted(set(table["label"]))'
# (model, what starts the head, judging) of the tasks that are trained by the common loop.
_COMMON = {
    "classification": (templates.CLASSIFICATION, templates.START, templates.JUDGE_CLASSIFICATION),
    "several_labels": (label_templates.SEVERAL_LABELS, templates.START, label_templates.JUDGE_SEVERAL_LABELS),
    "number": (label_templates.NUMBER, templates.START, label_templates.JUDGE_NUMBER),
    "entities": (entity_templates.MODEL, "", entity_templates.JUDGE),
    "pair_classes": (pair_templates.PAIR_CLASSES, pair_templates.START, templates.JUDGE_CLASSIFICATION),
    "questions": (pair_templates.QUESTIONS, "", pair_templates.JUDGE_QUESTIONS),
    "domain_adaptation": (templates.MASKED_LM, "", templates.JUDGE_MASKED_LM),
}


def cells(task: str, kept: bool = False) -> list[tuple[str, str]]:
    """(title, template). kept: logistic regression in the place of a training."""
    if task == "pairs":
        return [
            ("load", templates.LOAD),
            ("model", pair_templates.PAIRS),
            ("train", pair_templates.TRAIN_PAIRS),
            ("judge", pair_templates.JUDGE_PAIRS),
            ("save", pair_templates.SAVE_PAIRS),
        ]
    model, start, judge = _COMMON[task]
    started = [("start", start)] if start else []
    return [
        ("load", templates.LOAD),
        ("model", model),
        *started,
        ("train", templates.REGRESSION if kept else templates.TRAIN),
        ("judge", judge),
        ("save", templates.SAVE),
    ]
