"""Predictions beside a table: what they are as arrays, and the columns that a download gets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.models.results import Prediction
from components.text.language import flags

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
        return np.asarray(self.probabilities.argmax(axis=1))


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


def between(result: Scored, labels: Sequence[str]) -> Scored:
    """The same rows with `labels` alone, of which there are at least two among the result's: probabilities as if there were no others."""
    chosen = [result.labels.index(label) for label in labels]
    probabilities = result.probabilities[:, chosen]
    total = probabilities.sum(axis=1, keepdims=True)
    even = np.full_like(probabilities, 1 / len(chosen))
    return Scored(tuple(labels), np.divide(probabilities, total, out=even, where=total > 0), result.notes)


def result_tables(results: Sequence[Scored], models: Sequence[str]) -> pd.DataFrame:
    """The columns of `result_columns` of one model, or of several with their names behind each: "prediction (embed-en)"."""
    if len(results) == 1:
        return result_columns(results[0])
    return pd.concat([result_columns(result, f" ({model})") for result, model in zip(results, models, strict=True)], axis=1)


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


def _decimals(values: np.ndarray) -> list[str]:
    return [f"{value:.4f}" for value in values]
