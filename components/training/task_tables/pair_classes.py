"""A label for two texts: whether one follows from the other, says the same, asks the same."""

import pandas as pd

from components.training.findings import Finding
from components.training.pair_columns import guess_pair, pair_findings, pair_keys
from components.training.task_tables import Columns, Guess, classification

ROLES: tuple[str, ...] = ("text", "second", "label")
OPTIONAL: tuple[str, ...] = ()
KINDS: tuple[str, ...] = (
    *(kind for kind in classification.KINDS if kind not in ("contradictions", "label-in-text")),
    "empty-second",
    "pair-clash",
    "same-texts",
)
CURED: tuple[str, ...] = ("empty-second", "pair-clash")


def guess(frame: pd.DataFrame) -> Guess | None:
    found = guess_pair(frame, number=False)
    return Guess(Columns(found.first, found.label, found.second), 0.9 * found.sure) if found else None


def prepare(frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
    return frame, columns


def usable(frame: pd.DataFrame, columns: Columns) -> pd.Series:
    """Which rows can be learned from: bool, by the frame's index."""
    filled = [frame[name].str.strip() != "" for name in columns.named]
    return filled[0] & filled[1] & filled[2]


def findings(frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
    """Those on labels as for one text, and on the pairs."""
    assert columns.label is not None and columns.second is not None, "a pair has two texts and a label"
    joined = frame.drop(columns=columns.second).assign(**{columns.text: pair_keys(frame, columns.text, columns.second)})
    found, counts = classification.findings(joined, columns)
    kept = [one for one in found if one is None or one.kind in KINDS]
    return [*kept, *pair_findings(frame, columns.text, columns.second, columns.label)], counts
