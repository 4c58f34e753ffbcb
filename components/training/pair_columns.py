"""Which two columns of a table are a pair of texts, and which says what is between them; what is wrong with the pairs whatever that is."""

import re
import unicodedata
from dataclasses import dataclass

import pandas as pd

from components.tables.cells import share_without_text
from components.tables.columns import OTHER_NAMES, named
from components.text.duplicates import normalised
from components.training.findings import Finding, rows_finding

SAMPLE, COLUMNS = 1_000, 60  # rows and columns that are looked at
MANY_VALUES = 6  # different whole numbers above which they are a measure and no classes
SIBLINGS = (
    ("premise", "hypothesis"), ("text", "hypothesis"), ("query", "document"), ("question", "sentence"), ("source", "target"), ("original", "paraphrase"),
    ("前提", "仮説"), ("原文", "言い換え"), ("元の文", "言い換え"),
)  # fmt: skip
NUMBER_NAMES = ("score", "similarity", "sim", "gold", "relatedness", "rating", "label", "類似度", "スコア", "得点", "評価")
CLASS_NAMES = (
    "label",
    "labels",
    "class",
    "gold_label",
    "relation",
    "entailment",
    "is_duplicate",
    "duplicate",
    "ラベル",
    "関係",
    "判定",
    "含意",
    "分類",
)
_NUMBERED = (
    "first",
    "second",
    "left",
    "right",
    "one",
    "two",
    "a",
    "b",
    "一",
    "二",
    "甲",
    "乙",
)  # ends of the names of two that belong together


@dataclass(frozen=True)
class PairGuess:
    """`sure` that they are a pair: 1 for names that say so."""

    first: str
    second: str
    label: str
    sure: float


def guess_pair(frame: pd.DataFrame, number: bool) -> PairGuess | None:
    """The columns of a pair and of its number, or of its class; None where there are no three such columns."""
    sample = frame.head(SAMPLE)[list(frame.columns[:COLUMNS])]
    texts = [name for name in sample.columns if share_without_text(sample[name]) < 0.5 and sample[name].nunique() > 1]
    last = [name for name in sample.columns if (is_measure(sample[name]) if number else is_classes(sample[name]))]
    told = _siblings(texts)
    sure = 1.0
    if told is None:
        others = [name for name in texts if name not in last and not named(name, OTHER_NAMES)]
        lengths = {name: float(sample[name].str.len().mean()) for name in others}
        longest = sorted(others, key=lambda name: -lengths[name])[:2]
        if len(longest) < 2 or min(lengths[name] for name in longest) < 3:
            return None
        told = tuple(name for name in frame.columns if name in longest)
        alike = min(lengths[name] for name in longest) * 2 >= max(lengths[name] for name in longest)
        sure = 0.7 if alike and len(frame.columns) == 3 else 0.3
    hints = NUMBER_NAMES if number else CLASS_NAMES
    free = [name for name in last if name not in told]
    if not free:
        return None
    label = max(free, key=lambda name: named(name, hints) - named(name, OTHER_NAMES))
    return PairGuess(told[0], told[1], label, sure)


def guess_texts(frame: pd.DataFrame) -> tuple[str, str] | None:
    """The two texts of a pair, whatever says what is between them; None where nothing tells two columns from the others."""
    found = guess_pair(frame, number=False) or guess_pair(frame, number=True)
    if found:
        return found.first, found.second
    names = [str(name) for name in frame.columns[:COLUMNS]]
    worded = len(names) == 2 and all(share_without_text(frame[name].head(SAMPLE)) < 1 for name in names)
    told = _siblings(names) or (tuple(names) if worded else ())
    return (told[0], told[1]) if told else None


def _siblings(names: list[str]) -> tuple[str, ...] | None:
    """Two columns whose names say that they belong together: sentence1 and sentence2, premise and hypothesis."""
    folded = {name: unicodedata.normalize("NFKC", name).casefold().strip() for name in names}
    for first, second in SIBLINGS:
        found = [next((name for name in names if folded[name] == one), None) for one in (first, second)]
        if None not in found:
            return tuple(name for name in found if name)
    stems: dict[str, list[str]] = {}
    for name in names:
        if stem := _stem(folded[name]):
            stems.setdefault(stem, []).append(name)
    return next((tuple(pair) for stem, pair in stems.items() if len(pair) == 2 and stem), None)


def _stem(name: str) -> str:
    """What is left of a name without the number or word at its end; "" where there is none."""
    bare = name.rstrip("0123456789")
    if bare == name:
        bare = next((name[: -len(end)] for end in _NUMBERED if name.endswith(end)), "")
    return bare.rstrip(" _-")


def number_of(cell: str) -> float | None:
    """The number that a cell writes, in full width or with commas between thousands too; None for none."""
    text = unicodedata.normalize("NFKC", cell[:60]).strip().replace("−", "-")
    if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def is_measure(column: pd.Series) -> bool:
    """Whether a column holds numbers that measure and don't only name."""
    values = column[column.str.strip() != ""].map(number_of)
    if values.empty or values.notna().mean() < 0.9:
        return False
    known = values.dropna()
    return bool(known.nunique() > MANY_VALUES or (known % 1 != 0).any()) and not (known.nunique() == len(known) and (known % 1 == 0).all())


def is_classes(column: pd.Series) -> bool:
    """Whether a column holds few different short cells, several times each."""
    filled = column[column.str.strip() != ""]
    return (
        len(filled) > 3 and 2 <= filled.nunique() <= min(20, len(filled) / 2) and filled.str.len().mean() <= 30 and not is_measure(column)
    )


def pair_keys(frame: pd.DataFrame, first: str, second: str) -> pd.Series:
    """The same for rows whose two texts are the same."""
    return frame[first].map(normalised) + "\n" + frame[second].map(normalised)


def pair_findings(frame: pd.DataFrame, first: str, second: str, label: str) -> list[Finding | None]:
    """On texts that are missing or the same, and on one pair with several labels."""
    one, other = frame[first].map(normalised), frame[second].map(normalised)
    keys, labels = one + "\n" + other, frame[label].str.strip()
    filled = (one != "") & (other != "") & (labels != "")
    several = labels[filled].groupby(keys[filled]).nunique()
    clashing = keys.isin(several[several > 1].index) & filled
    return [
        rows_finding("empty-second", "warning", frame.index[(other == "") & (one != "")]),
        rows_finding("same-texts", "note", frame.index[(one == other) & (one != "")]),
        rows_finding("pair-clash", "warning", frame.index[clashing], pairs=int((several > 1).sum())),
    ]
