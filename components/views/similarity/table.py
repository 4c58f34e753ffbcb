"""A table on the similarity page: embed a column, draw it, search it by meaning, find near duplicates and groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from components import settings
from components.charts.numbers import significant
from components.messages import CONTENT
from components.models import ModelError
from components.models.precision import LONG_TABLE, faster_in_bfloat16, precision_for
from components.models.similarity import SentenceEncoder
from components.tables.columns import guess_columns
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.batches import Batch, batch, batch_controls
from components.ui.widgets.errors import sentence
from components.ui.widgets.models import cards, choose_task_model, model_for, show_facts
from components.ui.widgets.table_work import TableWork
from components.ui.widgets.tables import choose_column, table_in
from components.vectors.store import STORE, HeldVectors, vector_bytes

from .languages import warn_of_rows

PREFIX = "sim"
SHOWN = 200  # rows of a list on the screen; downloads hold all
HOVER = 90  # characters of a text on the map


@dataclass(frozen=True, eq=False)
class EmbeddedTable(TableWork):
    """A table's texts and the column that colours them. held: where their vectors are, None before the first."""

    colour: str | None
    encoder: SentenceEncoder
    held: HeldVectors | None

    @property
    def vectors(self) -> np.ndarray:
        """(done, d). Raises ModelError where they made room for others'."""
        return self.store.vectors(self.work.done)

    @property
    def store(self) -> HeldVectors:
        """Where the vectors are. LookupError before the first."""
        if self.held is None:
            raise LookupError("nothing is embedded yet")
        return self.held


def sample_table() -> Path:
    """Sentences with topics, in the visitor's language where a model for it is here."""
    japanese = language() == "ja" and any(card.language == "ja" for card in cards("similarity"))
    return CONTENT / "samples" / f"topics_{'ja' if japanese else 'en'}.csv"


def read_embedded() -> EmbeddedTable | None:
    """Upload, columns, model and buttons; None until there is a table. Raises TableError, ModelError."""
    upload = table_in(PREFIX, sample=sample_table())
    if upload is None:
        st.info(t("similarity.no_table"), icon=":material/upload_file:")
        return None
    guess = guess_columns(upload.frame)
    columns = st.columns(3)
    with columns[0]:
        text_column = choose_column(upload, t("similarity.text_column"), key=f"{PREFIX}:text", guess=guess.text)
    with columns[1]:
        colour = choose_column(upload, t("similarity.colour_column"), key=f"{PREFIX}:colour", guess=guess.label, optional=True)
    texts = upload.frame[text_column].tolist()
    with columns[2]:
        chosen = choose_task_model("similarity", key="sim_model", label=t("similarity.model"), default=model_for("similarity", texts))
    encoder = model(chosen, "similarity")
    work = batch(PREFIX, f"{upload.signature}|{text_column}|{chosen}", len(texts))
    held = _held(work, encoder.dimension)
    show_facts(encoder.id)
    warn_of_rows(texts, encoder.id)
    if not work.done:
        st.caption(_memory(len(texts), encoder))
    progress = batch_controls(work, key=PREFIX, start=t("similarity.embed", n=f"{len(texts):,}"))
    return EmbeddedTable(upload, texts, work, progress, colour, encoder, held)


def go_on(table: EmbeddedTable) -> None:
    """The next vectors, while the work runs; called when the rest of the page is drawn."""
    work = table.work

    def embed(texts: Sequence[str]) -> None:
        with precision_for(work.rows):
            table.store.put(work.done, table.encoder.encode(texts))

    table.run(embed)


def _held(work: Batch, dimension: int) -> HeldVectors | None:
    """Where the vectors of this work are, once it runs; where they were dropped, or there is no room, it says so and the work stops."""
    key = f"{PREFIX}:held"
    signature, held = st.session_state.get(key, (None, None))
    if signature != work.signature:
        st.session_state.pop(key, None)  # gives the room of another table's vectors back
        held = None
    elif held.dropped:
        del st.session_state[key]
        held = None
        work.reset()
        st.warning(t("similarity.memory_dropped"), icon=":material/memory:")
    if held is None and work.running:
        try:
            held = STORE.hold(work.rows, dimension)
        except ModelError as error:
            work.stop()
            st.error(sentence(error), icon=":material/memory:")
            return None
        st.session_state[key] = (work.signature, held)
    return held


def _memory(rows: int, encoder: SentenceEncoder) -> str:
    """What the vectors will take and how they will be computed, said beforehand."""
    size = significant(vector_bytes(rows, encoder.dimension) / 1e6)
    most = f"{settings.vector_bytes() / 1e6:,.0f}"
    said = t("similarity.memory", n=f"{rows:,}", d=encoder.dimension, megabytes=size, most_megabytes=most, most=encoder.max_length)
    return f"{said} {t('similarity.precision')}" if rows >= LONG_TABLE and faster_in_bfloat16() else said
