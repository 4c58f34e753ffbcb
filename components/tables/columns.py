"""Which column is the text and which the label, guessed from what is in them; the user can change both."""

from dataclasses import dataclass

import pandas as pd

SAMPLE = 5_000
LABEL_NAMES = (
    *("label", "class", "category", "target", "intent", "topic", "sentiment", "polarity", "rating", "star", "tag"),
    *("ラベル", "クラス", "分類", "カテゴリ", "感情", "極性", "評価", "判定", "種別", "正解"),
)
TEXT_NAMES = (
    *("text", "sentence", "review", "comment", "content", "body", "message", "query", "utterance", "title"),
    *("文", "テキスト", "本文", "レビュー", "コメント", "内容", "質問", "発話", "感想", "口コミ"),
)
MAX_CLASSES = 200


@dataclass(frozen=True)
class ColumnGuess:
    """Column names; `label` is None where no column looks like classes."""

    text: str
    label: str | None


def guess_columns(frame: pd.DataFrame) -> ColumnGuess:
    """Text: long cells that differ from row to row. Label: few different short cells, each of them repeated. Names decide between
    equals.
    """
    sample = frame.head(SAMPLE)
    facts = {name: _Facts.of(sample[name]) for name in frame.columns}
    text = max(facts, key=lambda name: facts[name].text_score + _named(name, TEXT_NAMES) * 0.5)
    labels = {name: facts[name].label_score + _named(name, LABEL_NAMES) for name in facts if name != text and facts[name].label_score > 0}
    return ColumnGuess(text, max(labels, key=labels.get) if labels else None)


def _named(name: str, hints: tuple[str, ...]) -> bool:
    return any(hint in name.lower() for hint in hints)


@dataclass(frozen=True)
class _Facts:
    rows: int
    distinct: int
    mean_length: float
    wordy: float  # share of cells that hold a letter

    @classmethod
    def of(cls, column: pd.Series) -> "_Facts":
        filled = column[column.str.strip() != ""]
        if filled.empty:
            return cls(0, 0, 0.0, 0.0)
        wordy = filled.str.contains(r"[^\W\d_]", regex=True).mean()
        return cls(len(filled), filled.nunique(), float(filled.str.len().mean()), float(wordy))

    @property
    def text_score(self) -> float:
        if not self.rows:
            return -1.0
        return min(self.mean_length, 100) / 100 + 0.5 * self.distinct / self.rows + self.wordy - (1.5 if self.wordy < 0.1 else 0)

    @property
    def label_score(self) -> float:
        """0 for a column that can't be classes: one value only, too many, or hardly any repeated."""
        if self.distinct < 2 or self.distinct > MAX_CLASSES or self.mean_length > 60 or self.distinct > max(self.rows / 2, 2):
            return 0.0
        return 1.0 - 0.5 * self.distinct / self.rows - min(self.mean_length, 60) / 200
