"""What a model of each task answers for rows of texts: one module a task, asked by `predict` and `serve` alike.

What a task must provide to be asked from the command line and over HTTP: a module here with a class of the shape of `Answering`, and its line in
`MODULES` under its name in `components.models.tasks`. Its answers are those of the task's page: the same model class, the same precision, the
same columns as the page's download.
"""

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pandas as pd

from components.errors import ModelError

MODULES = {
    "classification": ("classification", "Classes"),
    "ner": ("entities", "Entities"),
    "similarity": ("vectors", "Vectors"),
    "masked_lm": ("masked_words", "MaskedWords"),
    "qa": ("questions", "Questions"),
    "several_labels": ("several_labels", "SeveralLabels"),
    "number": ("number", "Numbers"),
    "pair_classes": ("pair_classes", "PairClasses"),
}
CHUNK = 256  # rows between two reports of progress

Row = tuple[str, ...]


class Answers(NamedTuple):
    """columns: text beside the rows, as the page's download has them. records: the same as plain JSON, an object a row."""

    columns: pd.DataFrame
    records: list[dict[str, Any]]


class Answering(Protocol):
    """fields: what a row consists of, ("text",), ("question", "text") or ("text", "second")."""

    fields: tuple[str, ...]

    def __init__(self, model: Any) -> None: ...

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        """For each field the column that looks like it."""

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        """The answers to `rows`, of `total` that are asked in all, which may decide the precision. Raises ModelError."""


def load_answering(model: str, task: str | None) -> tuple[str, Answering]:
    """The name of the task that `model` does, and the model ready to be asked. `model`: an id, "run:<id>" or a folder. Raises ModelError."""
    from components.models import files, load
    from components.models.tasks import TASKS, task_of

    if task is not None and task not in TASKS:
        raise ModelError("cli.no_task", task=task, tasks=", ".join(MODULES))
    id: str | os.PathLike[str] = Path(model) if not model.startswith("run:") and Path(model).is_dir() else model
    name = task_of(files.find(id), task).name
    if name not in MODULES:
        raise ModelError("cli.no_task", task=name, tasks=", ".join(MODULES))
    module, kind = MODULES[name]
    made: Answering = getattr(import_module(f"{__name__}.{module}"), kind)(load(id, name))
    return name, made
