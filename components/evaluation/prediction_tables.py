"""Predictions beside a table: the file's labels matched to the model's, and the columns that a download gets."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.models.results import Prediction
from components.text.language import flags

# Ways in which people write the two labels of opinions; compared after NFKC, without case and spaces.
_OPINIONS = {
    "positive": ("positive", "pos", "p", "1", "+1", "+", "good", "ポジティブ", "ポジ", "肯定", "肯定的", "好評", "良い", "高評価"),
    "negative": ("negative", "neg", "n", "0", "-1", "-", "bad", "ネガティブ", "ネガ", "否定", "否定的", "不評", "悪い", "低評価"),
}
_OPINION_OF = {writing: label for label, writings in _OPINIONS.items() for writing in writings}
LISTED_LABELS = 10  # models with more classes get no column for each
NOTES = {
    "models.flag_empty": "empty",
    "models.flag_no_letters": "no letters",
    "models.flag_other_language": "other language",
    "models.flag_truncated": "cut",
}


@dataclass(frozen=True, eq=False)
class Scored:
    """Predictions of n rows. probabilities (n, labels) float32; notes (n): "" or what the model was not made for, of `NOTES`.

    A row with the note "empty" has no text: it gets no prediction and is not judged.
    """

    labels: tuple[str, ...]
    probabilities: np.ndarray
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.notes)

    @property
    def empty(self) -> np.ndarray:
        """(n,) bool."""
        return np.array(["empty" in note for note in self.notes], dtype=bool)

    @property
    def predicted(self) -> np.ndarray:
        """(n,) the number of the likeliest label."""
        return self.probabilities.argmax(axis=1)


def scored(texts: Sequence[str], predictions: Sequence[Prediction], labels: Sequence[str], language: str | None) -> Scored:
    """A model's predictions of `texts` as arrays; `language` is the model's, None where it isn't known."""
    values = [[prediction.scores[label] for label in labels] for prediction in predictions]
    notes = [
        ", ".join(NOTES[key] for key in flags(text, language, prediction.truncated))
        for text, prediction in zip(texts, predictions, strict=True)
    ]
    return Scored(tuple(labels), np.array(values, dtype=np.float32).reshape(-1, len(labels)), tuple(notes))


def joined(parts: Sequence[Scored]) -> Scored:
    """Consecutive parts as one. Raises ValueError for no parts."""
    if not parts:
        raise ValueError("no predictions to join")
    return Scored(
        parts[0].labels, np.concatenate([part.probabilities for part in parts]), tuple(note for part in parts for note in part.notes)
    )


def result_columns(result: Scored, suffix: str = "") -> pd.DataFrame:
    """prediction, probability, one column a label (of models with up to 10), note: text with four decimals, "" for rows without text."""
    empty, best = result.empty, result.predicted
    columns = {"prediction": [result.labels[number] for number in best], "probability": _decimals(result.probabilities.max(axis=1))}
    if len(result.labels) <= LISTED_LABELS:
        columns |= {f"p({label})": _decimals(result.probabilities[:, number]) for number, label in enumerate(result.labels)}
    frame = pd.DataFrame(columns, dtype="str")
    frame.loc[empty, :] = ""
    frame["note"] = pd.Series(list(result.notes), dtype="str")
    return frame.add_suffix(suffix)


def match_labels(found: Sequence[str], labels: Sequence[str]) -> dict[str, str | None]:
    """For each label of a file the model's label that it means, None where that can't be told.

    Equal after NFKC, case and spaces; "positive" and "negative" also by their common writings (pos, 1, ポジティブ ...). Numbers
    count as opinions only where the file has no more than two labels: 1 of 1..5 stars is not "positive".
    """
    own = {_folded(label): label for label in labels}
    matched = {label: own.get(_folded(label)) for label in found}
    if {"positive", "negative"} <= set(own) and not any(matched.values()):
        meant = {label: _OPINION_OF.get(_folded(label)) for label in found}
        known = [meaning for meaning in meant.values() if meaning]
        if len(set(known)) == len(known) and (len(found) <= 2 or not any(_folded(label).lstrip("+-").isdigit() for label in found)):
            return {label: own.get(meaning) if meaning else None for label, meaning in meant.items()}
    return matched


def true_classes(column: Sequence[str], meaning: dict[str, str | None], labels: Sequence[str]) -> np.ndarray:
    """The number of each row's label (n,), -1 where the row has none that the model knows."""
    number = {label: index for index, label in enumerate(labels)}
    return np.array([number.get(meaning.get(cell.strip()) or "", -1) for cell in column], dtype=np.int64)


def _folded(label: str) -> str:
    return "".join(unicodedata.normalize("NFKC", label).casefold().split())


def _decimals(values: np.ndarray) -> list[str]:
    return [f"{value:.4f}" for value in values]
