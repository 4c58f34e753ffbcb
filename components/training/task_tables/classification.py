"""Text classification takes a column of texts and one of labels, each of them on several rows."""

import numpy as np
import pandas as pd

from components.tables.columns import guess_columns
from components.text.duplicates import normalised
from components.training.findings import Finding, Fix, rows_finding
from components.training.label_findings import label_form_findings, unwrapping
from components.training.task_tables import Columns, Guess

ROLES: tuple[str, ...] = ("text", "label")
OPTIONAL: tuple[str, ...] = ()
FEW_ROWS = 8  # a class with fewer is hardly learned, and its score says nothing
MANY_CLASSES = 200
LEAK = 0.98
KINDS: tuple[str, ...] = (
    *("one-class", "too-many-classes", "empty-label", "label-lists", "label-several", "label-missing", "label-variants", "contradictions"),
    *("single-rows", "few-rows", "imbalance", "label-in-text", "leaking-column"),
)
CURED: tuple[str, ...] = ()  # all of them are among `cures.CURED`


def guess(frame: pd.DataFrame) -> Guess | None:
    """None for a single column."""
    if len(frame.columns) < 2:
        return None
    guess = guess_columns(frame)
    label = guess.label or next(name for name in frame.columns if name != guess.text)
    return Guess(Columns(guess.text, label), 0.5)


def prepare(frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
    return frame, columns


def first_fixes(frame: pd.DataFrame, columns: Columns) -> tuple[Fix, ...]:
    """What a labelling tool wrote is read at once."""
    lists = unwrapping(frame, columns.label) if columns.label is not None and columns.label in frame.columns else None
    return (lists,) if lists else ()


def findings(frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
    """On how labels are written, how many rows each has, and what gives them away."""
    assert columns.label is not None, "a class is learned from labels"
    labels = frame[columns.label]
    filled = labels[labels.str.strip() != ""]
    counts = {str(name): int(number) for name, number in filled.value_counts().items()}
    keys = frame[columns.text].map(normalised)
    found = _label_findings(frame, columns.label, keys, counts)
    return [*found, *_leak_findings(frame, columns.text, columns.label, counts)], counts


def _label_findings(frame: pd.DataFrame, label: str, keys: pd.Series, counts: dict[str, int]) -> list[Finding | None]:
    labels = frame[label]
    findings = [rows_finding("empty-label", "warning", frame.index[labels.str.strip() == ""]), *label_form_findings(frame, label, counts)]
    if len(counts) < 2:
        findings.append(Finding("one-class", "stop", (), (("n", len(counts)), ("column", label))))
    elif len(counts) > MANY_CLASSES or len(counts) > len(frame) / 2 > 10:
        findings.append(Finding("too-many-classes", "stop", (), (("n", len(counts)), ("column", label), ("limit", MANY_CLASSES))))
    else:
        single = [name for name, number in counts.items() if number == 1]
        few = [name for name, number in counts.items() if 1 < number < FEW_ROWS]
        for kind, names in (("single-rows", single), ("few-rows", few)):
            findings.append(
                rows_finding(kind, "warning", frame.index[labels.isin(names)], classes=len(names), names=", ".join(names[:5]), few=FEW_ROWS)
            )
        largest, smallest = max(counts.values()), min(counts.values())
        if largest >= 10 * smallest and smallest >= FEW_ROWS:
            findings.append(Finding("imbalance", "note", (), (("ratio", round(largest / smallest)),)))
    several = labels[(keys != "") & (labels.str.strip() != "")].groupby(keys).nunique()
    clashing = keys.isin(several[several > 1].index) & (labels.str.strip() != "")
    findings.append(rows_finding("contradictions", "warning", frame.index[clashing], texts=int((several > 1).sum())))
    return findings


def _leak_findings(frame: pd.DataFrame, text: str, label: str, counts: dict[str, int]) -> list[Finding | None]:
    findings: list[Finding | None] = []
    if len(counts) < 2:
        return findings
    labels = frame[label]
    majority = max(counts.values()) / sum(counts.values())
    names = labels.str.strip().str.casefold()
    pairs = zip(frame[text].str.casefold(), names, strict=True)
    inside = np.array([len(name) > 1 and name in content for content, name in pairs])
    if inside.mean() > max(0.8, majority + 0.1):
        findings.append(rows_finding("label-in-text", "warning", frame.index[inside], fixable=False, share=f"{inside.mean():.0%}"))
    for column in frame.columns:
        values = frame[column]
        if column in (text, label) or values.nunique() > len(frame) / 3 or values.nunique() < 2:
            continue
        # How often the commonest label of a value is right: a column that gives the answer away scores near 1.
        told = labels.groupby(values).agg(lambda part: part.value_counts().iloc[0]).sum() / len(frame)
        if told >= max(LEAK, majority + 0.05):
            findings.append(Finding("leaking-column", "note", (), (("column", column), ("share", f"{told:.0%}"))))
    return findings
