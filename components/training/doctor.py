"""What is in a table before anything is trained on it: findings, each with its rows, why it matters, and a fix that can be undone.

Rows are named by the frame's index labels, which a fix never changes: so a row keeps its name through any number of fixes, and undoing
is applying all fixes but one to the frame as it was read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from components.models.turns import check_time
from components.text.duplicates import near_duplicate_groups, normalised
from components.text.language import detect
from components.training.backbones import TokenCounter
from components.training.findings import Finding, Fix, rows_finding
from components.training.settings import WINDOWED
from components.training.task_tables import Columns, task_table

LENGTH_SAMPLE = 2_000
UNKNOWN_SHARE, UNREADABLE_SHARE = 0.05, 0.5  # of the words: where the doctor warns, and where it stops
# Of any table of texts; in the order in which the worst are told first, a task's own (`task_tables`) where they stand among them.
KINDS = (
    *("one-class", "too-many-classes", "empty-text", "empty-label", "label-lists", "label-several", "label-missing", "label-variants"),
    *("duplicates", "contradictions", "near-duplicates", "unknown-letters", "one-group", "single-rows", "few-rows", "imbalance"),
    *("long-texts", "wrong-language", "several-languages", "label-in-text", "leaking-column"),
)


@dataclass(frozen=True)
class Report:
    """`class_counts`: rows of each class, the largest first. `languages`: shares of the texts with letters. `groups`: near-duplicate group of
    each row, in the frame's order, for the split."""

    findings: tuple[Finding, ...]
    class_counts: dict[str, int]
    languages: dict[str, float]
    rows: int
    groups: np.ndarray = field(repr=False, compare=False)
    task: str = "classification"

    @property
    def trainable(self) -> bool:
        return not any(finding.severity == "stop" for finding in self.findings)


def examine(
    frame: pd.DataFrame,
    text: str,
    label: str | None,
    count_tokens: Callable[[list[str]], list[int]] | None = None,
    max_length: int = 128,
    reads: Sequence[str] = ("en",),
    *,
    task: str = "classification",
    second: str | None = None,
    start: str | None = None,
) -> Report:
    """Examine the columns `text`, `label` (None where nothing but texts is learned from), `second` and `start` for `task`. Linear in the rows: 200,000 of 60 characters take about a
    minute.

    count_tokens: gives the backbone's number of tokens for each text, specials counted, uncut, and of a `TokenCounter` how many of them its
    vocabulary lacks; max_length: where it will cut.
    reads: the languages that the backbone knows. Raises KeyError for a column that isn't there, OutOfTime between its steps (`time_limit`).
    """
    texts = frame[text]
    keys = texts.map(normalised)
    check_time()
    groups = near_duplicate_groups(texts.tolist())
    candidates: list[Finding | None] = [rows_finding("empty-text", "warning", frame.index[keys == ""])]
    counts: dict[str, int] = {}
    check_time()
    table = task_table(task)
    if label is not None:
        found, counts = table.findings(frame, Columns(text, label, second, start))
        candidates += found
    if second is None:
        candidates += [_duplicates(frame, keys, label), _near_duplicates(frame, keys, groups)]
    else:  # one passage may have many questions, one sentence many partners
        candidates.append(_duplicates(frame, keys + "\n" + frame[second].map(normalised), label))
    check_time()
    languages, language_findings = _languages(texts, reads)
    candidates += language_findings
    check_time()
    if count_tokens is not None and task not in WINDOWED:
        candidates.append(_long_texts(texts, count_tokens, max_length))
    if isinstance(count_tokens, TokenCounter):
        candidates.append(_unknown_letters(texts, count_tokens))
    if len(frame) > 1 and not len(np.unique(groups)) > 1:
        candidates.append(Finding("one-group", "stop", (), (("n", len(frame)),)))
    order = {"stop": 0, "warning": 1, "note": 2}
    kinds = (*KINDS, *(kind for kind in table.KINDS if kind not in KINDS))
    findings = sorted(
        (finding for finding in candidates if finding), key=lambda finding: (order[finding.severity], kinds.index(finding.kind))
    )
    return Report(tuple(findings), counts, languages, len(frame), groups, task)


def _duplicates(frame: pd.DataFrame, keys: pd.Series, label: str | None) -> Finding | None:
    """All but the first of the rows with the same text and label."""
    parts = [keys] if label is None else [keys, frame[label].str.strip()]
    same = pd.concat(parts, axis=1).duplicated(keep="first") & (keys != "")
    return rows_finding("duplicates", "warning", frame.index[same])


def _near_duplicates(frame: pd.DataFrame, keys: pd.Series, groups: np.ndarray) -> Finding | None:
    """Rows that resemble an earlier one without being equal to it. The split keeps each group on one side, so this is no leak."""
    alike = pd.Series(groups, index=frame.index)
    later = alike.duplicated(keep="first") & ~keys.duplicated(keep="first") & (keys != "")
    return rows_finding("near-duplicates", "note", frame.index[later], groups=int(alike[later].nunique()))


def _languages(texts: pd.Series, reads: Sequence[str]) -> tuple[dict[str, float], list[Finding | None]]:
    spoken = texts.map(detect)
    known = spoken[spoken != "none"]
    if known.empty:
        return {}, []
    shares = {str(name): float(share) for name, share in known.value_counts(normalize=True).items()}
    foreign = known.index[~known.isin(list(reads))]
    severity = "stop" if len(foreign) > 0.5 * len(known) else "warning"
    findings = []
    if len(foreign) > 0.02 * len(known):
        names = tuple((name, "") for name in sorted(set(known[foreign])))
        findings.append(rows_finding("wrong-language", severity, foreign, fixable=severity != "stop", languages=names))
    if sum(share > 0.05 for share in shares.values()) > 1:
        listed = tuple((name, f"{share:.0%}") for name, share in shares.items())
        findings.append(Finding("several-languages", "note", (), (("languages", listed),)))
    return shares, findings


def _long_texts(texts: pd.Series, count_tokens: Callable[[list[str]], list[int]], max_length: int) -> Finding | None:
    """A text without more characters than tokens allowed cannot be cut, so only longer ones are counted, at most a fair sample of them."""
    candidates = texts[texts.str.len() > max_length - 2]
    if candidates.empty:
        return None
    sample = candidates if len(candidates) <= LENGTH_SAMPLE else candidates.sample(LENGTH_SAMPLE, random_state=0).sort_index()
    lengths = np.array(count_tokens(sample.tolist()))
    over = lengths > max_length
    if not over.any():
        return None
    total = round(int(over.sum()) * len(candidates) / len(sample))
    lost = f"{(lengths[over] - max_length).sum() / lengths[over].sum():.0%}"
    values = (("n", total), ("limit", max_length), ("longest", int(lengths.max())), ("lost", lost))
    return Finding("long-texts", "note" if total < 0.05 * len(texts) else "warning", tuple(map(int, sample.index[over])), values)


def _unknown_letters(texts: pd.Series, count_tokens: TokenCounter) -> Finding | None:
    """Texts whose words the backbone's vocabulary lacks, of a fair sample: every word of them is the same [UNK]."""
    filled = texts[texts.str.strip() != ""]
    sample = filled if len(filled) <= LENGTH_SAMPLE else filled.sample(LENGTH_SAMPLE, random_state=0).sort_index()
    if sample.empty:
        return None
    unknown, words = count_tokens.unknown(sample.tolist())
    share = float(unknown.sum() / max(words.sum(), 1))
    if share <= UNKNOWN_SHARE:
        return None
    rows = sample.index[unknown > UNREADABLE_SHARE * words]
    severity = "stop" if share > UNREADABLE_SHARE else "warning"
    values = (("share", f"{share:.0%}"), ("n", len(rows)))
    fix = Fix("unknown-letters", tuple(map(int, rows))) if severity == "warning" and len(rows) else None
    return Finding("unknown-letters", severity, tuple(map(int, rows)), values, fix)
