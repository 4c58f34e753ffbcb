"""A table or text file on the entities page: the names of every row, counted, listed, and put beside the visitor's columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.theme import ROLES
from components.evaluation.entity_gold import guess_gold
from components.evaluation.entity_tables import entity_columns
from components.messages import CONTENT
from components.models import Entity
from components.models.cards import card
from components.tables.columns import guess_columns
from components.text.clip import clip
from components.text.language import flags
from components.text.windows import MAX_CHARACTERS
from components.ui.state.language import language, t
from components.ui.widgets.batches import batch, batch_controls
from components.ui.widgets.bench import bench
from components.ui.widgets.figures import show_figure
from components.ui.widgets.highlight import Mark, highlighted
from components.ui.widgets.kinds import kinds_of
from components.ui.widgets.models import model_name, show_facts
from components.ui.widgets.options import named
from components.ui.widgets.table_work import TableWork, choose_model, take_home
from components.ui.widgets.tables import choose_column, table_in

from .evaluation import show_format, show_judged
from .page import choose_taggers, label_name

if TYPE_CHECKING:
    from components.models.ner import EntityTagger

PREFIX = "ner"
READABLE_ROWS = 200
MOST_NAMES = 15
LOOKED_AT = 2_000  # rows whose language is looked at


@dataclass(frozen=True, eq=False)
class TaggedTable(TableWork):
    """A table's texts and the models that read them."""

    gold_column: str | None
    taggers: list["EntityTagger"]

    def entities(self, number: int = 0) -> list[list[Entity]]:
        """What model `number` found in each row done so far."""
        return list(chain.from_iterable(self.steps_of(number)))


def read_work() -> TaggedTable | None:
    """The upload, its columns, the models, and the buttons; None until there is a table. Raises TableError, ModelError."""
    said = st.empty()
    upload = table_in(PREFIX, sample=CONTENT / "samples" / f"entities_{language()}.jsonl", at_once=True)
    if upload is None:
        said.markdown(t("entities.no_table"))
        show_format()
        return None
    gold = guess_gold(upload.frame)
    others = upload.frame.drop(columns=[gold] if gold and len(upload.frame.columns) > 1 else [])
    bar = bench(PREFIX)
    with bar.field, st.container(horizontal=True):
        column = choose_column(upload, t("entities.text_column"), key=f"{PREFIX}:text", guess=guess_columns(others).text, in_bench=True)
        gold_column = choose_column(upload, t("entities.gold_column"), key=f"{PREFIX}:gold", guess=gold, optional=True, in_bench=True)
    if gold_column is None:
        show_format()
    texts = upload.frame[column].tolist()
    taggers = choose_taggers(bar, texts)
    work = batch(PREFIX, "|".join([upload.signature, str(column), *(tagger.id for tagger in taggers)]), len(texts))
    progress = batch_controls(work, key=PREFIX, start=t("entities.start", n=f"{len(texts):,}"))
    return TaggedTable(upload, texts, work, progress, gold_column, taggers)


def go_on(table: TaggedTable) -> None:
    """The next steps of the work, while it is running; called when the rest of the page is drawn."""
    table.run(lambda rows: tuple(tagger.predict(rows) for tagger in table.taggers))


def show_results(table: TaggedTable) -> None:
    """What was found so far: the commonest names, a row to read, the download."""
    if not table.work.ready:
        return
    number = choose_model(
        [model_name(card(tagger.id), tagger.id) for tagger in table.taggers], label=t("entities.shown_model"), key="ner_shown"
    )
    rows, tagger = table.entities(number), table.taggers[number]
    _show_flags(table, tagger)
    with_names = [row for row, entities in enumerate(rows) if entities]
    total = sum(map(len, rows))
    st.markdown(t("entities.table_found", n=f"{total:,}", rows=f"{len(with_names):,}", all=f"{table.work.done:,}"))
    if total:
        left, right = st.columns([2, 3], gap="medium")
        with left:
            _show_names(rows, tagger)
        with right:
            _show_row(table, rows, with_names, tagger)
    if table.gold_column:
        show_judged(table.upload, table.gold_column, table.rows, rows, tagger.labels, state=f"{table.state}|{number}")
    added = [entity_columns(table.entities(number), tagger.labels, _suffix(table, tagger)) for number, tagger in enumerate(table.taggers)]
    take_home(table, pd.concat(added, axis=1), key=PREFIX, heading=t("entities.heading_download"))
    for one in table.taggers:
        show_facts(one.id)


def _show_flags(table: TaggedTable, tagger: "EntityTagger") -> None:
    """How many of the first rows the model was not made for."""
    cut = sum(len(text) > MAX_CHARACTERS for text in table.rows[: table.work.done])
    if cut:
        st.warning(t("entities.rows_cut", n=f"{cut:,}", most=f"{MAX_CHARACTERS:,}"), icon=":material/content_cut:")
    looked = table.rows[: min(table.work.done, LOOKED_AT)]
    counts = Counter(key for text in looked for key in flags(text, tagger.language))
    for key, count in counts.items():
        st.warning(t("entities.flagged", n=f"{count:,}", all=f"{len(looked):,}", why=t(key)), icon=":material/warning:")


def _suffix(table: TaggedTable, tagger: "EntityTagger") -> str:
    return f" ({tagger.id})" if len(table.taggers) > 1 else ""


def _show_names(rows: Sequence[Sequence[Entity]], tagger: "EntityTagger") -> None:
    counts = Counter((entity.text, entity.label) for entities in rows for entity in entities)
    best = counts.most_common(MOST_NAMES)
    kind = kinds_of(tagger.labels)
    show_figure(
        bar_figure(
            [f"{clip(text, 30)} ({label})" for (text, label), _ in best],
            [count for _, count in best],
            value_title=t("entities.count"),
            colour=[ROLES[kind[label]].light for (_, label), _ in best],
            written=[str(count) for _, count in best],
        ),
        key="ner-names",
        caption=t("entities.names_caption", shown=len(best), all=f"{len(counts):,}"),
        alt=t("entities.names_alt", name=best[0][0][0], n=best[0][1]),
        data=lambda: pd.DataFrame(
            [(text, label, count) for (text, label), count in counts.most_common()], columns=["text", "label", "count"]
        ),
    )


def _show_row(table: TaggedTable, rows: list[list[Entity]], with_names: list[int], tagger: "EntityTagger") -> None:
    lines = table.upload.table.lines
    names = {row: f"{t('evaluation.line', line=lines[row])} · {clip(table.rows[row], 40)}" for row in with_names[:READABLE_ROWS]}
    row = st.selectbox(t("entities.row", shown=len(names)), list(names), format_func=named(names), key=f"{PREFIX}:row")
    kind = kinds_of(tagger.labels)
    marks = [
        Mark(entity.start, entity.end, entity.label, kind[entity.label], f"{label_name(entity.label)} · {100 * entity.score:.1f}%")
        for entity in rows[row]
    ]
    highlighted(table.rows[row], marks, height=260 if len(table.rows[row]) > 600 else "content")
