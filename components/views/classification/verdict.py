"""What is said of an answer, by rule: the verdict, its place on the line from negative to positive, and the one doubt about it.

On the line a text stands at P(positive) - P(negative), from -1 to 1: what is neutral draws it to the middle. Within half of either side nothing
is called positive or negative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from components.models import Prediction
from components.text.function_words import function_words
from components.ui.state.language import t
from components.ui.widgets.verdict import said

from .models import OPINIONS, label_name

BAND = 0.5
DECIDING, EMPTY = 3, 2  # of so many strongest words so many are function words: then these have decided


@dataclass(frozen=True)
class Verdict:
    """kind: positive, negative, neutral, undecided, or "label" for any class of a model that knows other ones. share: the probability of `label`.
    place: on the line, None where the classes aren't opinions."""

    kind: str
    label: str
    share: float
    place: float | None
    other: str
    other_share: float

    @property
    def percent(self) -> str:
        return percent(self.share)


def is_opinion(labels: Sequence[str]) -> bool:
    """Whether the classes are positive and negative, with neutral or without."""
    return {"positive", "negative"} <= set(labels) <= set(OPINIONS)


def verdict_of(prediction: Prediction, *, multi_label: bool = False) -> Verdict:
    """The verdict on one answer. multi_label: several classes may hold at once, so that a close second means nothing."""
    scores, label = prediction.scores, prediction.label
    other = prediction.next_label
    unsure = prediction.unsure and not multi_label
    if not is_opinion(list(scores)):
        return Verdict("undecided" if unsure else "label", label, prediction.score, None, other, scores[other])
    place = scores["positive"] - scores["negative"]
    decided = not unsure if label == "neutral" else abs(place) >= BAND
    kind = label if decided else "undecided"
    return Verdict(kind, label, prediction.score, place, other, scores[other])


def finding(verdict: Verdict, *, doubted: bool = False) -> str:
    """The verdict in a sentence, as HTML. doubted: the sentence leaves it to the model, because a doubt follows."""
    if verdict.kind == "undecided":
        key = "opinion" if verdict.place is not None else "class"
        return said(f"classification.finding_undecided_{key}")
    if verdict.kind == "label":
        return said("classification.finding_label", quoted={"label": label_name(verdict.label)}, percent=verdict.percent)
    if doubted:
        return said("classification.finding_doubted", label=label_name(verdict.label), percent=verdict.percent)
    return said(f"classification.finding_{verdict.kind}", percent=verdict.percent)


def close_call(verdict: Verdict) -> str | None:
    """The doubt about an answer that little would turn, as HTML."""
    if verdict.kind == "undecided" or verdict.share - verdict.other_share < 0.2:
        return said("classification.unsure", **_names(verdict))
    return None


def nothing_decided(text: str, words: np.ndarray, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether function words and marks are most of what decided: two of the three strongest."""
    strongest = np.argsort(-np.abs(words), kind="stable")[:DECIDING].tolist()
    return sum(function_words(text, [spans[number] for number in strongest])) >= EMPTY


def name_on_line(verdict: Verdict, key: str) -> str:
    """What stands at a text's mark: which text, and the likeliest class."""
    return escape(t(key, label=label_name(verdict.label), percent=verdict.percent))


def percent(share: float) -> str:
    """Whole per cent; one decimal at the ends, where none is called certain or impossible."""
    return f"{100 * share:.0f}" if 0.005 <= share < 0.995 else f"{min(max(100 * share, 0.1), 99.9):.1f}"


def _names(verdict: Verdict) -> dict[str, Any]:
    return {
        "label": label_name(verdict.label),
        "percent": percent(verdict.share),
        "other": label_name(verdict.other),
        "share": percent(verdict.other_share),
    }
