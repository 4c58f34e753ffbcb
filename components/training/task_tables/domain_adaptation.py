"""Domain adaptation takes a column of texts."""

import pandas as pd

from components.tables.columns import guess_columns
from components.training.findings import Finding
from components.training.task_tables import Columns, Guess

ROLES: tuple[str, ...] = ("text",)
OPTIONAL: tuple[str, ...] = ()
KINDS: tuple[str, ...] = ()
CURED: tuple[str, ...] = ()


def guess(frame: pd.DataFrame) -> Guess | None:
    """Any table will do; one with labels is more likely meant for them."""
    return Guess(Columns(guess_columns(frame).text), 0.4)


def prepare(frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
    return frame, columns


def findings(frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
    return [], {}
