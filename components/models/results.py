"""What the models answer with: frozen dataclasses. Imports no heavy library, so that a page can name them before torch is there.

`start` and `end` count code points of the text as given, end exclusive: `text[start:end] == result.text`.
"""

from dataclasses import dataclass

UNSURE = 0.5  # under this probability, an answer is more likely not the right one
CLOSE = 0.2  # between two probabilities so near to each other, little would turn the answer


@dataclass(frozen=True)
class Prediction:
    """The class of one text: `score` is the calibrated probability of `label`, `scores` that of every label (they sum to 1).

    `truncated` says that the text was longer than the model reads and its end was left out.
    """

    label: str
    score: float
    scores: dict[str, float]
    truncated: bool = False

    @property
    def next_label(self) -> str:
        """The likeliest label but one."""
        return max((label for label in self.scores if label != self.label), key=self.scores.__getitem__)

    @property
    def unsure(self) -> bool:
        """Is the label more likely wrong than right, or another one nearly as likely?"""
        return self.score < UNSURE or self.score - self.scores[self.next_label] < CLOSE


@dataclass(frozen=True)
class LabelSet:
    """The labels of one text: those of `scores` (each label's own probability, 0..1) that reach their threshold, the most probable first; () for none.

    `thresholds`: from which probability each label is said. `truncated`: as in `Prediction`.
    """

    labels: tuple[str, ...]
    scores: dict[str, float]
    thresholds: dict[str, float]
    truncated: bool = False


@dataclass(frozen=True)
class NumberAnswer:
    """The number of one text. `truncated`: as in `Prediction`."""

    value: float
    truncated: bool = False


@dataclass(frozen=True)
class Entity:
    """A named entity; `score` is the mean probability of its tokens' tags (0..1)."""

    text: str
    label: str
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Answer:
    """A span of the context that answers the question; `score` (0..1) is its share among the spans that were considered and "no answer"."""

    text: str
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Fill:
    """A token for a [MASK]; `score` is its probability (0..1), `id` its place in the vocabulary.

    `token` is written without the "##" that marks the continuation of a word; `continues_word` says whether it had one.
    """

    token: str
    score: float
    id: int
    continues_word: bool = False
