"""A model of named entities on its run's page: a text to try with its names marked, which type is taken for which, and the mistakes by what is
wrong with them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from components.errors import TrainingError
from components.evaluation.entities import EntityJudgement, judge_entities
from components.evaluation.entity_rows import MISTAKES, mistake, span_f1
from components.evaluation.intervals import Interval
from components.evaluation.resampling import gain_of_sums
from components.models.results import Entity
from components.tables.span_cells import read_written
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.state.recent import kept
from components.ui.state.runs import run_key, store
from components.ui.widgets.cell_picker import LISTED_ROWS
from components.ui.widgets.entity_pairs import pair_name, show_entity_confusion, show_pair
from components.ui.widgets.errors import guarded
from components.ui.widgets.marked_text import in_order, kind_name, marked_text
from components.ui.widgets.options import named

from ..trial import MOST, trial_field

PAGE, MODEL_KEY = "entities", "ner_model"


@dataclass(frozen=True, eq=False)
class _Judged:
    """The judged rows: their names in the file, their texts, and both sides' entities."""

    lines: list[int]
    texts: list[str]
    judgement: EntityJudgement


def show_trial(run: Run, result: JudgedResult) -> None:
    """The field, and the names that the model finds in what stands in it."""
    text = trial_field(run, _examples(run), "runs.try_entities", "runs.try_go_entities")
    with st.container(key="runs-answer"), guarded():
        if not text.strip():
            st.caption(t("runs.try_placeholder"))
            return
        tagger = model(f"run:{run.id}", "ner")
        marked_text(tagger.tag(text), {label: kind_name(label) for label in in_order(tagger.labels)}, key="runs_entities")


def show_figure(run: Run, result: JudgedResult) -> None:
    """Types of the file against types of the model, with the names of each cell."""
    with guarded():
        judged = _judged(run)
        show_entity_confusion(judged.judgement, judged.texts, judged.lines, key=f"run-{run.id}")


def show_mistakes(run: Run, result: JudgedResult) -> None:
    """What is wrong, by kind, and the chosen one in its text."""
    with guarded():
        judged = _judged(run)
        wrong = {name: [pair for pair in judged.judgement.pairs if mistake(pair) == name] for name in MISTAKES}
        known = {name: t(f"runs.mistake_{name}", n=f"{len(pairs):,}") for name, pairs in wrong.items() if pairs}
        if not known:
            st.caption(t("runs.no_entity_mistakes"))
            return
        left, right = st.columns(2)
        kind = left.selectbox(t("runs.entity_mistakes"), list(known), format_func=named(known), key=f"runs:mistake:{run.id}")
        pairs = wrong[kind][:LISTED_ROWS]
        names = {number: pair_name(pair, judged.lines) for number, pair in enumerate(pairs)}
        number = right.selectbox(
            t("entities.pair", shown=len(pairs)), list(names), format_func=named(names), key=f"runs:mistake:{run.id}:{kind}"
        )
        show_pair(judged.judgement, pairs[number], judged.texts[pairs[number].row], key=f"run-mistake-{run.id}")


def gain(before: pd.DataFrame, after: pd.DataFrame) -> Interval:
    """By how much more names `after` gets right than `before`, of the predictions on the same rows."""
    first, second = (np.column_stack([rows["right"], rows["right"], rows["said"], rows["asked"]]) for rows in (before, after))
    return gain_of_sums(second, first, span_f1)


def _judged(run: Run) -> _Judged:
    """Read and judged again from what was kept of the rows. Raises TrainingError where they are gone."""

    def read() -> _Judged:
        said = store().rows(run.id, run_key(), "predictions")
        texts = store().rows(run.id, run_key())[run.settings.text].reindex(said.index).tolist()
        wanted, found = ([_entities(*pair) for pair in zip(texts, said[name], strict=True)] for name in ("label", "found"))
        return _Judged(said.index.tolist(), texts, judge_entities(wanted, found, range(len(texts))))

    return kept("runs:entities", (run.id, run_key(), run.ended), read)


def _entities(text: str, cell: str) -> list[Entity]:
    return [Entity(text[start:end], name, start, end, 1.0) for start, end, name in read_written(cell) or ()]


def _examples(run: Run) -> dict[str, str]:
    """Unseen rows by what they tell: "right" (the most names, all of them right), "wrong" (the most mistakes). {} where the rows are gone."""

    def texts() -> dict[str, str]:
        try:
            said, rows = store().rows(run.id, run_key(), "predictions"), store().rows(run.id, run_key())[run.settings.text]
        except TrainingError:
            return {}
        wrong = said["said"] + said["asked"] - 2 * said["right"]
        chosen = {
            "right": said["right"][(wrong == 0) & (said["right"] > 0)].sort_values(ascending=False, kind="stable").head(1).index,
            "wrong": wrong[wrong > 0].sort_values(ascending=False, kind="stable").head(1).index,
        }
        return {name: rows[index[0]][:MOST] for name, index in chosen.items() if len(index)}

    return kept("runs:trial", (run.id, run_key(), run.ended), texts)
