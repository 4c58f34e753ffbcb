"""What a table must hold for each task: one module a task, of the shape of `TaskTable`, without a heavy import, so that a page can ask."""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

import pandas as pd

from components.training.findings import Finding, Fix

MODULES = {
    "classification": "classification",
    "several_labels": "several_labels",
    "number": "number",
    "pairs": "pairs",
    "pair_classes": "pair_classes",
    "questions": "questions",
    "entities": "entities",
    "domain_adaptation": "domain_adaptation",
}


@dataclass(frozen=True)
class Columns:
    """The columns of a table by what they are for, as `Settings` names them."""

    text: str
    label: str | None = None
    second: str | None = None
    start: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(name for name in (self.text, self.second, self.label, self.start) if name)


@dataclass(frozen=True)
class Guess:
    """`columns`, and how sure a task is that the table is its own: 0.5 for one that takes any table, 1 for cells that nothing else writes."""

    columns: Columns
    sure: float


class TaskTable(Protocol):
    """ROLES: fields of `Columns` that are chosen, OPTIONAL those of them that may be missing. KINDS: of the findings of `findings`, the most
    important first; CURED: those of them that are mended whatever the rows mean, beside `cures.CURED`."""

    ROLES: tuple[str, ...]
    OPTIONAL: tuple[str, ...]
    KINDS: tuple[str, ...]
    CURED: tuple[str, ...]

    def guess(self, frame: pd.DataFrame) -> Guess | None:
        """The columns for this task; None where the table can't be for it."""

    def prepare(self, frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
        """The table with the cells written as the task reads them, however the file writes them, and its columns; the index stays."""

    def findings(self, frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
        """What is to be said of the labels of a prepared table, and how often each label or kind stands in it, the commonest first."""


def task_table(task: str) -> TaskTable:
    return cast(TaskTable, import_module(f"{__name__}.{MODULES[task]}"))


def widened(task: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with the columns that `task` makes of others, for those who choose one (a task's own function `widened`)."""
    made: pd.DataFrame = getattr(task_table(task), "widened", lambda given: given)(frame)
    return made


def first_fixes(task: str, frame: pd.DataFrame, columns: Columns) -> tuple[Fix, ...]:
    """Fixes of a prepared table that are chosen for a start, one click to undo (a task's own function `first_fixes`)."""
    fixes: tuple[Fix, ...] = getattr(task_table(task), "first_fixes", lambda *given: ())(frame, columns)
    return fixes


def usable(task: str, frame: pd.DataFrame, columns: Columns) -> pd.Series:
    """The rows (n,) bool of a prepared table that can be learned from (a task's own function `usable`): those with a label, or with a text where there
    are no labels."""
    own = getattr(task_table(task), "usable", None)
    rows: pd.Series = own(frame, columns) if own else frame[columns.label or columns.text].str.strip() != ""
    return rows


def guess_task(frame: pd.DataFrame) -> str:
    """The task that the table is most likely for: the surest, the first of equals."""
    guesses = {task: task_table(task).guess(frame) for task in MODULES}
    return max(MODULES, key=lambda task: guess.sure if (guess := guesses[task]) else 0.0)
