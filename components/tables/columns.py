"""Which column is the text and which the label, guessed from what is in them; the user can change both."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from components.tables.cells import share_of_switches, share_without_text

SAMPLE = 5_000
READ = 300  # cells whose kind is told
LABEL_NAMES = (
    *(
        "label",
        "labels",
        "class",
        "category",
        "target",
        "intent",
        "topic",
        "sentiment",
        "polarity",
        "rating",
        "star",
        "stars",
        "tag",
        "spam",
    ),
    *("score", "ラベル", "クラス", "分類", "区分", "カテゴリ", "カテゴリー", "感情", "極性", "評価", "満足度", "判定", "種別", "正解"),
)
TEXT_NAMES = (
    *("text", "sentence", "review", "comment", "content", "body", "message", "query", "utterance", "feedback", "opinion", "description"),
    *(
        "title",
        "文",
        "テキスト",
        "本文",
        "レビュー",
        "コメント",
        "内容",
        "質問",
        "発話",
        "感想",
        "口コミ",
        "意見",
        "ご意見",
        "自由記述",
        "記述",
        "要望",
    ),
)
# What a column is about that is neither: whoever wrote, when, where, in which language.
OTHER_NAMES = (
    *(
        "id",
        "no",
        "index",
        "date",
        "time",
        "timestamp",
        "created_at",
        "updated_at",
        "url",
        "link",
        "mail",
        "email",
        "user",
        "author",
        "phone",
    ),
    *("name", "lang", "language", "locale", "country", "gender", "age", "source", "split", "番号", "日時", "日付", "作成日", "時刻"),
    *("氏名", "名前", "投稿者", "性別", "年齢", "年代", "言語", "電話", "アドレス", "url"),
)
MAX_CLASSES = 200


@dataclass(frozen=True)
class ColumnGuess:
    """Column names; `label` is None where no column looks like classes."""

    text: str
    label: str | None


def guess_columns(frame: pd.DataFrame) -> ColumnGuess:
    """Text: cells of words that differ from row to row. Label: few different short cells, each of them repeated. What stands in a column
    counts most; between equals a name that is a hint comes before one that holds it."""
    sample = frame.head(SAMPLE)
    facts = {name: _Facts.of(sample[name]) for name in frame.columns}
    text = max(facts, key=lambda name: facts[name].text_score + named(name, TEXT_NAMES) - named(name, OTHER_NAMES))
    labels = {
        name: fact.label_score + 2 * (named(name, LABEL_NAMES) - named(name, OTHER_NAMES))
        for name, fact in facts.items()
        if name != text and fact.label_score > 0
    }
    return ColumnGuess(text, max(labels, key=labels.__getitem__) if labels else None)


def named(name: str, hints: Sequence[str]) -> float:
    """0.5 for a name that is one of the hints, 0.25 for one that has a hint among its words or at its end, 0.1 for one that holds it."""
    words = _words(name)
    whole = "".join(words)
    if whole in hints or "_".join(words) in hints:
        return 0.5
    if any(word in hints for word in words) or any(whole.endswith(hint) for hint in hints if len(hint) > 1):
        return 0.25
    return 0.1 if any(hint in whole for hint in hints if len(hint) > 2 or not hint.isascii()) else 0.0


def _words(name: str) -> list[str]:
    """ "Review-Text (EN)" -> ["review", "text", "en"]; "isSpam" -> ["is", "spam"]."""
    folded = unicodedata.normalize("NFKC", name)
    spaced = "".join(
        f" {letter}" if letter.isupper() and before.islower() else letter for before, letter in zip(" " + folded, folded, strict=False)
    )
    return "".join(letter if letter.isalnum() else " " for letter in spaced.casefold()).split()


@dataclass(frozen=True)
class _Facts:
    rows: int
    distinct: int
    mean_length: float
    texts: float  # share of cells that hold a text
    switches: float  # share of cells that say yes or no

    @classmethod
    def of(cls, column: pd.Series) -> "_Facts":
        filled = column[column.str.strip() != ""]
        if filled.empty:
            return cls(0, 0, 0.0, 0.0, 0.0)
        read = filled if len(filled) <= READ else filled.iloc[:: len(filled) // READ]
        wordy = filled.str.contains(r"[^\W\d_]", regex=True).mean()
        texts = min(float(wordy), 1 - share_without_text(read))
        return cls(len(filled), filled.nunique(), float(filled.str.len().mean()), texts, share_of_switches(read))

    @property
    def text_score(self) -> float:
        if not self.rows:
            return -2.0
        if self.texts < 0.5:  # times, numbers, links ... however long and different they are
            return self.texts - 1.0
        return min(self.mean_length, 100) / 100 + 0.5 * self.distinct / self.rows + self.texts

    @property
    def label_score(self) -> float:
        """0 for a column that can't be classes: one value only, too many, or hardly any repeated."""
        if self.distinct < 2 or self.distinct > MAX_CLASSES or self.mean_length > 60 or self.distinct > max(self.rows / 2, 2):
            return 0.0
        return 1.0 - 0.5 * self.distinct / self.rows - min(self.mean_length, 60) / 200 + 0.1 * (self.switches > 0.9)
