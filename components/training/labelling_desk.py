"""A labelling as it goes on: the model so far, what it asks next, how it is scored. In memory, made again from the answers whenever it is lost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.training.labelling import LEAST_SCORED, Answer, Asked, Score, drawn_order, held_back, is_due, next_texts
from components.training.quick_head import QuickHead

AT_ONCE = 2_000  # rows whose probabilities are computed in one piece


@dataclass(frozen=True)
class Question:
    """A text to ask. guess: the class that the model thinks of, with its probability; None while there is no model or it hasn't read the text."""

    row: int
    random: bool
    guess: int | None = None
    confidence: float = 0.0


class Desk:
    """For `texts`, drawn in an order that `seed` fixes. `order` (n,); `vectors` (m, d): of the first m rows of `order`, grows by `read`. Not for
    several threads at once."""

    def __init__(self, texts: Sequence[str], seed: int):
        self.texts, self.order = texts, drawn_order(len(texts), seed)
        self.vectors = np.zeros((0, 0), np.float16)
        self._place: dict[int, int] = {}  # row -> where its vector is
        self._head: QuickHead | None = None
        self._learned: tuple[int, int] = (0, 0)  # labels and classes when it learned
        self._said: tuple[QuickHead, np.ndarray] | None = None  # the model, and what it says of the vectors
        self._score: Score | None = None

    @property
    def score(self) -> Score | None:
        """Of the model as it last learned; None before there are rows enough to tell."""
        return self._score

    @property
    def has_model(self) -> bool:
        return self._head is not None

    def read(self, vectors: np.ndarray) -> None:
        """Takes the vectors (k, d) of the next k rows of `order`."""
        self._place |= {int(row): len(self.vectors) + place for place, row in enumerate(self.order[len(self.vectors) :][: len(vectors)])}
        self.vectors = np.concatenate([self.vectors, vectors]) if len(self.vectors) else vectors

    def is_due(self, answers: Sequence[Answer], classes: int) -> bool:
        """Whether `learn` would change something that matters."""
        labels = len(self._usable(answers, classes)[0])
        learned, known = self._learned
        return is_due(labels, learned) or (known != classes and self._head is not None)

    def learn(self, answers: Sequence[Answer], classes: int) -> None:
        """Fits the model to the answers, those held back apart, and scores it on these. classes: how many numbers of classes there are."""
        rows, given = self._usable(answers, classes)
        self._learned, self._score, self._head = (len(rows), classes), None, None
        held = {answer.row for answer in held_back(answers)}
        learned = np.array([row not in held for row in rows], dtype=bool)
        if len(set(given[learned].tolist())) < 2:
            return
        features = self.vectors[[self._place[row] for row in rows]]
        self._head = QuickHead.fit(features[learned], given[learned], classes)
        if (~learned).sum() >= LEAST_SCORED:
            found = self._head.probabilities(features[~learned]).argmax(axis=1)
            self._score = Score(int((found == given[~learned]).sum()), int((~learned).sum()))

    def questions(self, answers: Sequence[Answer], count: int) -> list[Question]:
        """The next `count` texts, with what the model thinks of them."""
        probabilities = self._probabilities()
        known = self.order[: len(self.vectors)]
        asked = next_texts(self.texts, self.order, answers, known, probabilities, count)
        return [self._question(one, probabilities) for one in asked]

    def predictions(self, answers: Sequence[Answer], classes: int) -> tuple[np.ndarray, np.ndarray] | None:
        """What a model of all answers, none held back, says of the rows read so far: the rows (m,) and probabilities (m, classes). None for labels
        of fewer than two classes."""
        rows, given = self._usable(answers, classes)
        if len(set(given.tolist())) < 2:
            return None
        head = QuickHead.fit(self.vectors[[self._place[row] for row in rows]], given, classes)
        return self.order[: len(self.vectors)], in_pieces(head, self.vectors)

    def _probabilities(self) -> np.ndarray | None:
        if self._head is None or not len(self.vectors):
            return None
        if self._said is None or self._said[0] is not self._head:
            self._said = self._head, in_pieces(self._head, self.vectors)
        elif len(self._said[1]) < len(self.vectors):
            more = in_pieces(self._head, self.vectors[len(self._said[1]) :])
            self._said = self._head, np.concatenate([self._said[1], more])
        return self._said[1]

    def _question(self, asked: Asked, probabilities: np.ndarray | None) -> Question:
        if probabilities is None or asked.row not in self._place:
            return Question(asked.row, asked.random)
        of_row = probabilities[self._place[asked.row]]
        return Question(asked.row, asked.random, int(of_row.argmax()), float(of_row.max()))

    def _usable(self, answers: Sequence[Answer], classes: int) -> tuple[list[int], np.ndarray]:
        """Rows and classes (n,) of the labels whose texts have been read."""
        kept = [answer for answer in answers if answer.labelled and answer.given < classes and answer.row in self._place]
        return [answer.row for answer in kept], np.array([answer.given for answer in kept], dtype=np.int64)


def in_pieces(head: QuickHead, vectors: np.ndarray) -> np.ndarray:
    """Probabilities (n, classes) float32; many rows in pieces, which need less memory."""
    pieces = [head.probabilities(vectors[start : start + AT_ONCE]).astype(np.float32) for start in range(0, len(vectors), AT_ONCE)]
    return np.concatenate(pieces)
