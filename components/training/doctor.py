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
from components.training.label_findings import label_form_findings

FEW_ROWS = 8  # a class with fewer is hardly learned, and its score says nothing
MANY_CLASSES = 200
LENGTH_SAMPLE = 2_000
LEAK = 0.98
UNKNOWN_SHARE, UNREADABLE_SHARE = 0.05, 0.5  # of the words: where the doctor warns, and where it stops
KINDS = (
    *(
        "one-class",
        "too-many-classes",
        "empty-text",
        "empty-label",
        "label-lists",
        "label-several",
        "label-missing",
        "label-variants",
        "duplicates",
    ),
    *("contradictions", "near-duplicates", "unknown-letters", "one-group"),
    *("single-rows", "few-rows", "imbalance", "long-texts", "wrong-language", "several-languages", "label-in-text", "leaking-column"),
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
) -> Report:
    """Examine the columns `text` and `label` (None for domain adaptation). Linear in the rows: 200,000 of 60 characters take about a
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
    if label is not None:
        labels = frame[label]
        filled = labels[labels.str.strip() != ""]
        counts = {str(name): int(number) for name, number in filled.value_counts().items()}
        candidates += _label_findings(frame, label, keys, counts)
        candidates += _leak_findings(frame, text, label, counts)
    candidates += [_duplicates(frame, keys, label), _near_duplicates(frame, keys, groups)]
    check_time()
    languages, language_findings = _languages(texts, reads)
    candidates += language_findings
    check_time()
    if count_tokens is not None:
        candidates.append(_long_texts(texts, count_tokens, max_length))
    if isinstance(count_tokens, TokenCounter):
        candidates.append(_unknown_letters(texts, count_tokens))
    if len(frame) > 1 and not len(np.unique(groups)) > 1:
        candidates.append(Finding("one-group", "stop", (), (("n", len(frame)),)))
    order = {"stop": 0, "warning": 1, "note": 2}
    findings = sorted(
        (finding for finding in candidates if finding), key=lambda finding: (order[finding.severity], KINDS.index(finding.kind))
    )
    return Report(tuple(findings), counts, languages, len(frame), groups)


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
