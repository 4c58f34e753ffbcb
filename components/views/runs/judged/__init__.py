"""Results of the tasks whose answers are more than one class a row: what they share, and a module a task of the shape of `JudgedView`."""

from importlib import import_module
from typing import Protocol, cast

from components.training.judged import JudgedResult
from components.training.runs import Run

MODULES: dict[str, str] = {
    "several_labels": "several_labels",
    "number": "number",
    "pairs": "pairs",
    "pair_classes": "pair_classes",
    "questions": "questions",
    "entities": "entities",
}


class JudgedView(Protocol):
    """What a task shows of its own on a run's page. PAGE, MODEL_KEY: the page that uses such a model, and its address parameter for the model;
    "" where the run's page is the place."""

    PAGE: str
    MODEL_KEY: str

    def show_trial(self, run: Run, result: JudgedResult) -> None:
        """A field with an unseen row in it, and what the model answers."""

    def show_figure(self, run: Run, result: JudgedResult) -> None:
        """What was wanted against what was found, on the judged rows."""

    def show_mistakes(self, run: Run, result: JudgedResult) -> None:
        """The judged rows that are wrong, the most telling first."""


def view_of(task: str) -> JudgedView:
    return cast(JudgedView, import_module(f"{__name__}.{MODULES[task]}"))
