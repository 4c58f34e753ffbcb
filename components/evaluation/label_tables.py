"""Sets of labels, numbers and classes of pairs beside a table: the columns that a download gets."""

import math
from collections.abc import Callable, Sequence

import pandas as pd

from components.evaluation.prediction_tables import NOTES
from components.models.results import LabelSet, NumberAnswer, Prediction
from components.text.language import flags

LISTED = 30  # models with more labels get no column for each
BETWEEN = "; "


def label_columns(texts: Sequence[str], answers: Sequence[LabelSet], labels: Sequence[str], language: str | None) -> pd.DataFrame:
    """labels (all that are said, "; " between them), of models with up to 30 labels a column each with 1 or 0, and note; "" for rows without text."""
    columns = {"labels": [BETWEEN.join(answer.labels) for answer in answers]}
    if len(labels) <= LISTED:
        columns |= {f"{label} (0/1)": ["1" if label in answer.labels else "0" for answer in answers] for label in labels}
    return _noted(columns, texts, answers, language)


def number_columns(texts: Sequence[str], answers: Sequence[NumberAnswer], decimals: int, language: str | None) -> pd.DataFrame:
    """number, with `decimals`, and note; "" for rows without text."""
    return _noted({"number": [f"{answer.value:.{decimals}f}" for answer in answers]}, texts, answers, language)


def classes_of_pairs(
    pairs: Sequence[tuple[str, str]], predict: Callable[[Sequence[tuple[str, str]]], Sequence[Prediction]]
) -> list[Prediction | None]:
    """What `predict` says of each pair; None for one with an empty text."""
    full = [place for place, pair in enumerate(pairs) if all(text.strip() for text in pair)]
    by_place = dict(zip(full, predict([pairs[place] for place in full]), strict=True))
    return [by_place.get(place) for place in range(len(pairs))]


def pair_columns(predictions: Sequence[Prediction | None]) -> pd.DataFrame:
    """label_found and probability_found; "" for pairs without an answer."""
    labels = [one.label if one else "" for one in predictions]
    shares = [f"{one.score:.4f}" if one else "" for one in predictions]
    return pd.DataFrame({"label": labels, "probability": shares}, dtype="str").add_suffix("_found")


def decimals_for(low: float, high: float) -> int:
    """How many decimals tell numbers apart that lie between `low` and `high`: a hundredth of their range, or a little more."""
    reach = high - low
    return min(max(2 - math.floor(math.log10(reach)), 0), 6) if reach > 0 else 2


def _noted(
    columns: dict[str, list[str]], texts: Sequence[str], answers: Sequence[LabelSet | NumberAnswer], language: str | None
) -> pd.DataFrame:
    frame = pd.DataFrame(columns, dtype="str")
    said = [flags(text, language, answer.truncated) for text, answer in zip(texts, answers, strict=True)]
    frame.loc[[not text.strip() for text in texts], :] = ""
    frame["note"] = pd.Series([", ".join(NOTES[key] for key in keys) for keys in said], dtype="str")
    return frame
