"""What the labels of a file mean for a model: guessed where it can be told, left to the visitor where it can't."""

import unicodedata
from collections.abc import Sequence

import numpy as np

# Words that say by themselves which opinion they name; compared as `_folded` writes them.
_WORDS = {
    "positive": ("positive", "pos", "good", "ポジティブ", "ポジ", "肯定", "肯定的", "好評", "良い", "高評価"),
    "negative": ("negative", "neg", "bad", "ネガティブ", "ネガ", "否定", "否定的", "不評", "悪い", "低評価"),
    "neutral": ("neutral", "neu", "ニュートラル", "中立", "中立的", "普通", "どちらでもない"),
}
_OPINION_OF = {writing: label for label, writings in _WORDS.items() for writing in writings}
# Writings that name an opinion only beside their counterpart: 1 is the good end of 0 and 1, the bad end of stars.
_PAIRS = (
    *(("1", "0"), ("1", "-1"), ("+", "-"), ("p", "n"), ("good", "poor"), ("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n")),
    *(("はい", "いいえ"), ("有", "無"), ("あり", "なし"), ("○", "×"), ("〇", "×"), ("真", "偽"), ("満足", "不満"), ("up", "down")),
)
_BETWEEN = {("1", "-1"): "0", ("p", "n"): "u"}  # what may stand between the two of a pair, and is neutral


def match_labels(file_labels: Sequence[str], labels: Sequence[str]) -> dict[str, str | None]:
    """For each label of a file the model's label that it means, None where that can't be told.

    Equal after NFKC, case and spaces; for a model of opinions also words for them (pos, ポジティブ ...), and pairs of digits or letters
    (0 and 1, −1 and 1, yes and no ...) where a file has both and nothing that doesn't fit: of 1 and 5 stars neither is matched.
    """
    own = {_folded(label): label for label in labels}
    matched = {label: own.get(_folded(label)) for label in file_labels}
    if not {"positive", "negative"} <= set(own) or (any(matched.values()) and all(matched.values())):
        return matched
    opinions = _paired([_folded(label) for label in file_labels]) or _OPINION_OF
    return {label: matched[label] or own.get(opinions.get(_folded(label), "")) for label in file_labels}


def two_sides(meaning: dict[str, str | None], labels: Sequence[str]) -> tuple[str, ...]:
    """The two opinions, in the order of the model's labels, where the model also knows neutral and the file's labels mean the two alone; else ()."""
    own = {_folded(label): label for label in labels}
    sides = {own.get("negative"), own.get("positive")}
    if set(own) != _WORDS.keys() or {label for label in meaning.values() if label} != sides:
        return ()
    return tuple(label for label in labels if label in sides)


def true_classes(column: Sequence[str], meaning: dict[str, str | None], labels: Sequence[str]) -> np.ndarray:
    """The number of each row's label (n,), -1 where the row has none that the model knows."""
    number = {label: index for index, label in enumerate(labels)}
    return np.array([number.get(meaning.get(cell.strip()) or "", -1) for cell in column], dtype=np.int64)


def _paired(writings: Sequence[str]) -> dict[str, str]:
    """The opinions of a file whose labels are one of the pairs and nothing else; {} for any other."""
    for good, bad in _PAIRS:
        between = _BETWEEN.get((good, bad), "")
        neutral = {writing: "neutral" for writing in (between, *_WORDS["neutral"]) if writing}
        if {good, bad} <= set(writings) <= {good, bad, *neutral}:
            return {good: "positive", bad: "negative"} | neutral
    return {}


def _folded(label: str) -> str:
    """Without case, width and spaces; a number without its sign of plus, its typographic minus and its zeros after the point."""
    text = "".join(unicodedata.normalize("NFKC", label).casefold().split()).replace("−", "-").replace("–", "-")
    if text.lstrip("+-").replace(".", "", 1).isdecimal():
        number = float(text)
        return f"{number:g}" if number else "0"
    return text
