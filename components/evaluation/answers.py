"""Answers judged against the right ones: exact match and F1, with "no answer" as a right answer where the file has none.

Rajpurkar et al. 2016, "SQuAD", section 6.1; Rajpurkar, Jia & Liang 2018, "Know What You Don't Know", section 4: an unanswerable question
counts 1 where nothing is answered, else 0, and the scores of both kinds are told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.evaluation.answer_tables import AnswerRow, accepted_answers
from components.evaluation.intervals import Interval, wilson
from components.evaluation.metrics import exact_match, f1
from components.text.language import detect

OUTCOMES = ("exact", "partly", "wrong", "none")
KINDS = ("answerable", "unanswerable")
CURVE_POINTS = 201
DECIMALS = 2  # of a threshold in logits


@dataclass(frozen=True, eq=False)
class Marked:
    """Answers of n rows beside the right ones, before a threshold decides which count as given.

    rows: their places in the table. exact, overlap (n, 2): exact match and F1 of the best span, and of saying nothing. lead (n):
    of "no answer" over the best span, logits. answerable (n): whether the file has an answer. japanese (n): F1 counts characters.
    """

    rows: np.ndarray
    exact: np.ndarray
    overlap: np.ndarray
    lead: np.ndarray
    answerable: np.ndarray
    japanese: np.ndarray

    def judge(self, threshold: float) -> "AnswerJudgement":
        silent = self.lead > threshold
        pick = silent.astype(int)
        every = np.arange(len(pick))
        exact, overlap = self.exact[every, pick], self.overlap[every, pick]
        outcome = np.select([exact == 1, silent, overlap > 0], [0, 3, 1], 2)
        table = np.zeros((len(KINDS), len(OUTCOMES)), dtype=np.int64)
        np.add.at(table, ((~self.answerable).astype(int), outcome), 1)
        return AnswerJudgement(self, threshold, exact, overlap, outcome, table)

    def curve(self, chosen: float) -> "AnswerCurve":
        """Mean exact match and F1 over the range of the leads, the chosen threshold among them."""
        finite = self.lead[np.isfinite(self.lead)]
        ends = (finite.min(), finite.max()) if len(finite) else (chosen, chosen)
        even = np.linspace(min(ends[0], chosen) - 0.5, max(ends[1], chosen) + 0.5, CURVE_POINTS)
        thresholds = np.union1d(np.round(even, DECIMALS), [chosen])
        order = np.argsort(self.lead, kind="stable")
        answering = np.searchsorted(self.lead[order], thresholds, side="right")
        means = []
        for values in (self.exact[order], self.overlap[order]):
            spoken = np.concatenate([[0.0], np.cumsum(values[:, 0])])
            silent = np.concatenate([[0.0], np.cumsum(values[:, 1])])
            means.append((spoken[answering] + silent[-1] - silent[answering]) / len(order))
        return AnswerCurve(thresholds, means[0], means[1])


@dataclass(frozen=True, eq=False)
class AnswerCurve:
    """Mean exact match and F1 (m,) at ascending thresholds (m,)."""

    thresholds: np.ndarray
    exact: np.ndarray
    overlap: np.ndarray

    def best(self, near: float) -> tuple[float, float]:
        """The threshold with the highest F1, and that F1; of equals the one nearest to `near`. Only thresholds of two decimals, so that
        it can be said in full and gives what is said of it."""
        sayable = np.flatnonzero(self.thresholds == np.round(self.thresholds, DECIMALS))
        highest = sayable[self.overlap[sayable] == self.overlap[sayable].max()]
        at = highest[np.abs(self.thresholds[highest] - near).argmin()]
        return float(self.thresholds[at]), float(self.overlap[at])


@dataclass(frozen=True, eq=False)
class AnswerJudgement:
    """exact, overlap (n,): each row's exact match and F1 at `threshold`. outcome (n,): number in OUTCOMES. table (2, 4): rows by kind and
    outcome. Silence where there is no answer is "exact"."""

    marked: Marked
    threshold: float
    exact: np.ndarray
    overlap: np.ndarray
    outcome: np.ndarray
    table: np.ndarray

    def score(self, values: np.ndarray, kind: str | None = None) -> Interval | None:
        """The mean of `values` (n,) with Wilson's interval, of one kind of rows where given; None for no rows."""
        if kind is not None:
            values = values[self.marked.answerable == (kind == "answerable")]
        return wilson(float(values.sum()), len(values))

    def in_cell(self, cell: tuple[int, int]) -> np.ndarray:
        """The rows (places in the table) of this kind and outcome, the worst first, of equals the surest first."""
        marked = self.marked
        inside = np.flatnonzero((marked.answerable == (cell[0] == 0)) & (self.outcome == cell[1]))
        return marked.rows[inside[np.lexsort((-np.abs(marked.lead[inside] - self.threshold), self.overlap[inside]))]]

    def columns(self, rows: int) -> pd.DataFrame:
        """exact_match and f1 of the first `rows` rows of the table, NaN for those that weren't judged."""
        frame = pd.DataFrame({"exact_match": np.full(rows, np.nan), "f1": np.full(rows, np.nan)})
        frame.loc[self.marked.rows, "exact_match"] = self.exact
        frame.loc[self.marked.rows, "f1"] = self.overlap
        return frame


def mark(answers: Sequence[AnswerRow], gold: Sequence[str], contexts: Sequence[str]) -> Marked | None:
    """Answers beside the cells of the answer column. Rows in which nothing could be read, of the text or of the answer's cell, are left
    out; None where no row is left."""
    rows, exact, overlap, japanese, answerable = [], [], [], [], []
    for row, (said, cell, context) in enumerate(zip(answers, gold, contexts, strict=True)):
        if said.answer is None:
            continue
        right = accepted_answers(cell)
        if right is None:
            continue
        language = "ja" if detect(context) == "ja" else "en"
        rows.append(row)
        exact.append([exact_match(text, right, language) for text in (said.answer.text, "")])
        overlap.append([f1(text, right, language) for text in (said.answer.text, "")])
        japanese.append(language == "ja")
        answerable.append(bool(right))
    if not rows:
        return None
    lead = np.array([answers[row].lead for row in rows])
    return Marked(np.array(rows), np.array(exact), np.array(overlap), lead, np.array(answerable), np.array(japanese))
