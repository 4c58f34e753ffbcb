"""A table of pairs, labelled by a model of one's own: two columns in, a label each, and the table to take home."""

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from components.evaluation.label_tables import classes_of_pairs, pair_columns
from components.training.pair_columns import guess_texts
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets.batches import batch, batch_controls
from components.ui.widgets.table_work import TableWork, preview, take_home
from components.ui.widgets.tables import choose_column, table_in

if TYPE_CHECKING:
    from components.models.pair_classes import PairClassifier

PREFIX = "runs_pairs"


def show_pair_table(run: Run) -> None:
    """Upload, the two columns, the buttons, what is done so far, and the download. Raises TableError, ModelError."""
    upload = table_in(PREFIX)
    if upload is None:
        return
    names = list(upload.frame.columns)
    if len(names) < 2:
        st.warning(t("tune.too_few_columns", n=2, found=len(names)))
        return
    guessed = guess_texts(upload.frame) or (names[0], names[1])
    chosen = []
    for place, (column, role) in enumerate(zip(st.columns(2), ("text", "second"), strict=True)):
        with column:
            chosen.append(choose_column(upload, t(f"runs.try_{role}"), key=f"{PREFIX}:{role}", guess=guessed[place]))
    pairs = list(zip(*(upload.frame[name].tolist() for name in chosen), strict=True))
    digest = hashlib.sha256("\0".join(chosen).encode("utf-8", "surrogatepass")).hexdigest()
    work = batch(PREFIX, "|".join([upload.signature, digest, run.id]), len(pairs))
    table = TableWork(upload, pairs, work, batch_controls(work, key=PREFIX, start=t("runs.pair_table_start", n=f"{len(pairs):,}")))
    if work.ready:
        added = pair_columns([prediction for step in work.results for prediction in step])
        take_home(table, added, key=PREFIX, heading=t("runs.pair_table_result"))
        preview(table, added, words="runs.pair_table_rows", expanded=True)
    if work.running:
        classifier: PairClassifier = model(f"run:{run.id}", "pair_classes")
        table.run(lambda rows: classes_of_pairs(rows, classifier.predict_pairs))
