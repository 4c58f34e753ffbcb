"""Rows of a table that were judged against its label column, and what the labels of a file mean for a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from components.evaluation.judgements import Judgement, judge
from components.evaluation.label_matching import match_labels, true_classes
from components.evaluation.prediction_tables import Scored
from components.ui.state.language import t
from components.ui.state.recent import kept

from .escaped import escaped_markdown

MATCHED_BY_HAND = 12  # labels of a file that get a menu each


@dataclass(frozen=True, eq=False)
class JudgedRows:
    """n rows with a label, and what a model said of them; all of length n. lines: where the rows stand in the file. true, predicted:
    class numbers; confidence: the probability of `predicted`. notes: what the model was not made for. probabilities (n, classes): of all
    classes, None where they weren't kept."""

    judgement: Judgement
    texts: Sequence[str]
    lines: Sequence[int]
    true: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray
    notes: Sequence[str]
    probabilities: np.ndarray | None = None

    def in_cell(self, row: int, column: int) -> np.ndarray:
        """The positions (0..n-1) of class `row` that were called `column`, the surest first."""
        return self._surest_first((self.true == row) & (self.predicted == column))

    def mistakes(self) -> np.ndarray:
        """The positions of the rows that were called something else than their label, the surest first."""
        return self._surest_first(self.true != self.predicted)

    def _surest_first(self, chosen: np.ndarray) -> np.ndarray:
        inside = np.flatnonzero(chosen)
        return inside[np.argsort(-self.confidence[inside], kind="stable")]


def match_file_labels(column: pd.Series, labels: Sequence[str], *, key: str, label_name: Callable[[str], str]) -> dict[str, str | None]:
    """What each label of the file means for the model: guessed, and to be corrected in menus."""
    own = [label for label in column.str.strip().value_counts().index if label]
    meaning = match_labels(own, labels)
    lacking = [label for label in own if meaning[label] is None]
    with st.expander(t("evaluation.match"), expanded=bool(lacking)):
        st.caption(t("evaluation.match_help"))
        columns = st.columns(min(len(own), 4) or 1)
        names: dict[str | None, str] = {None: t("evaluation.match_none")} | {label: label_name(label) for label in labels}
        for number, label in enumerate(own[:MATCHED_BY_HAND]):
            options: list[str | None] = [None, *labels]
            meaning[label] = columns[number % len(columns)].selectbox(
                escaped_markdown(label, 60),
                options,
                index=options.index(meaning[label]),
                format_func=names.__getitem__,
                key=f"{key}:{label}",
            )
    left_out = [label for label in own if meaning[label] is None]
    if left_out:
        st.warning(t("evaluation.unmatched", n=len(left_out), example=escaped_markdown(left_out[0], 60)))
    return meaning


def judged_rows(
    texts: Sequence[str], lines: Sequence[int], column: pd.Series, meaning: dict[str, str | None], scored: Scored, *, key: str
) -> JudgedRows | None:
    """The rows that have a label the model knows and a text, judged; None where there is none. Kept until anything of it changes."""

    def result() -> JudgedRows | None:
        true = true_classes(column.tolist(), meaning, scored.labels)
        rows: list[int] = np.flatnonzero((true >= 0) & ~scored.empty).tolist()
        if not rows:
            return None
        probabilities = scored.probabilities[rows]
        return JudgedRows(
            judge(true[rows], probabilities, scored.labels, rows=rows),
            [texts[row] for row in rows],
            [lines[row] for row in rows],
            true[rows],
            probabilities.argmax(axis=1),
            probabilities.max(axis=1),
            [scored.notes[row] for row in rows],
            probabilities,
        )

    return kept(f"{key}:judged", (id(scored), len(scored), column.name, tuple(meaning.items())), result)
