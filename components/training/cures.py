"""All of the doctor's cures in one go: those that are right whatever the rows mean."""

from collections.abc import Callable

import pandas as pd

from components.training.doctor import Report
from components.training.findings import Fix
from components.training.task_tables import task_table

# Labels come first: a variant would count as a class of its own. What only the owner of the data can know stays as it is: rows that resemble
# one another, small classes, labels that look as if there were none.
FORMS = ("label-lists", "label-variants")
CURED = (
    *FORMS,
    "label-several",
    "empty-text",
    "empty-label",
    "unknown-letters",
    "wrong-language",
    "duplicates",
    "contradictions",
    "single-rows",
)
MOST_ROUNDS = 4


def cured(task: str) -> tuple[str, ...]:
    """Kinds of findings that are mended whatever the rows mean, for a table of `task`."""
    return (*CURED, *task_table(task).CURED)


def all_cures(frame: pd.DataFrame, report: Report, examined: Callable[[pd.DataFrame], Report]) -> tuple[Fix, ...]:
    """The fixes for `frame`, of which `report` is known; `examined` makes the report of what a round leaves, in which others may show."""
    fixes: list[Fix] = []
    kinds = cured(report.task)
    for _ in range(MOST_ROUNDS):
        open_ = {finding.kind: finding.fix for finding in report.findings if finding.fix and finding.kind in kinds}
        forms = [kind for kind in FORMS if kind in open_]
        taken = [open_[kind] for kind in (forms or kinds) if kind in open_]
        if not taken:
            break
        for fix in taken:
            frame = fix.apply(frame)
        fixes += taken
        report = examined(frame)
    return tuple(fixes)
