"""A table on the classification page: classify a column with progress and stop, judge against labels, read rows, download."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.evaluation.prediction_tables import NOTES, Scored, joined, result_tables, scored
from components.messages import CONTENT
from components.models.precision import LONG_TABLE, faster_in_bfloat16, precision_for
from components.tables.columns import guess_columns
from components.ui.state.language import language, t
from components.ui.state.recent import kept
from components.ui.widgets.attribution import show_words, words_of
from components.ui.widgets.batches import batch, batch_controls
from components.ui.widgets.evaluation import OpenRow, show_confusion, show_details, show_scores
from components.ui.widgets.judged_rows import JudgedRows, judged_rows, match_file_labels
from components.ui.widgets.table_work import TableWork, choose_model, preview, take_home
from components.ui.widgets.tables import choose_column, table_in

from .models import Chosen, about, choose_classifiers, label_name

KEY = "cls"


@dataclass(frozen=True, eq=False)
class ClassifiedTable(TableWork):
    """A table's texts and the models that classify them."""

    label_column: str | None
    chosen: list[Chosen]

    def results(self) -> list[Scored]:
        """Each model's predictions of the rows done so far; kept until more are done."""
        return kept(f"{KEY}:joined", self.state, lambda: [joined(self.steps_of(number)) for number in range(len(self.chosen))])


def sample_table() -> Path:
    """Labelled reviews to try the page with, in the visitor's language."""
    return CONTENT / "exercises" / f"reviews_{language()}.csv"


def read_work() -> ClassifiedTable | None:
    """The upload, its columns, the models, and the buttons; None until there is a table. Raises TableError, ModelError."""
    upload = table_in(KEY, sample=sample_table())
    if upload is None:
        st.info(t("classification.no_table"), icon=":material/upload_file:")
        return None
    guess = guess_columns(upload.frame)
    left, right = st.columns(2)
    with left:
        text_column = choose_column(upload, t("classification.text_column"), key=f"{KEY}:text", guess=guess.text)
    with right:
        label_column = choose_column(upload, t("classification.label_column"), key=f"{KEY}:label", guess=guess.label, optional=True)
    texts = upload.frame[text_column].tolist()
    chosen = choose_classifiers(texts)
    signature = "|".join([upload.signature, str(text_column), *(one.identity for one in chosen)])
    work = batch(KEY, signature, len(texts))
    said = [about(one) for one in chosen]
    if len(texts) >= LONG_TABLE and faster_in_bfloat16():
        said.append(t("classification.precision"))
    st.caption(" ".join(said))
    progress = batch_controls(work, key=KEY, start=t("classification.start", n=f"{len(texts):,}"))
    return ClassifiedTable(upload, texts, work, progress, label_column, chosen)


def show_results(given: ClassifiedTable) -> None:
    """What is done so far: judged where the table has labels, the rows with their predictions, and the download."""
    if not given.work.ready:
        return
    results = given.results()
    _show_notes(results[0])
    reading = None
    number = 0
    if given.label_column:
        number = choose_model([one.name for one in given.chosen], label=t("classification.judged_model"), key="cls_judged")
        judged = _judge(given, results[number], given.chosen[number])
        if judged:
            reading = _show_judged(judged)
    columns = result_tables(results, [one.identity for one in given.chosen])
    take_home(given, columns, key=KEY, heading=t("classification.heading_download"))
    preview(given, columns, words="classification.rows_shown", expanded=not given.label_column)
    if reading:
        chosen = given.chosen[number]
        with reading.container:
            st.markdown(f"**{t('classification.heading_words')}**")
            show_words(words_of(chosen.classifier, chosen.identity, reading.text, reading.prediction), label_name=label_name, key="cls-row")


def go_on(given: ClassifiedTable) -> None:
    """The next steps of the work, while it is running; called when the rest of the page is drawn."""

    def step(rows: Sequence[str]) -> tuple[Scored, ...]:
        with precision_for(given.work.rows):
            return classify(rows, given.chosen)

    given.run(step)


def classify(texts: Sequence[str], chosen: Sequence[Chosen]) -> tuple[Scored, ...]:
    """The predictions of each model."""
    found = []
    for one in chosen:
        model = one.classifier
        found.append(scored(texts, model.predict(texts), model.labels, model.language))
    return tuple(found)


def _judge(given: ClassifiedTable, result: Scored, chosen: Chosen) -> JudgedRows | None:
    column = given.upload.frame[given.label_column].head(len(result))
    st.subheader(t("classification.heading_judged"), anchor=False)
    key = f"{KEY}:match:{given.upload.signature}:{given.label_column}:{chosen.identity}"
    meaning = match_file_labels(column, result.labels, key=key, label_name=label_name)
    lines = given.upload.table.lines
    judged = judged_rows(given.rows, lines, column, meaning, result, key=f"{KEY}-{chosen.identity}")
    if judged is None:
        st.info(t("classification.nothing_to_judge"), icon=":material/info:")
    return judged


def _show_judged(judged: JudgedRows) -> OpenRow | None:
    """Scores, confusion and details; gives the row that is read."""
    show_scores(judged.judgement)
    key = f"{KEY}-judged"
    reading = show_confusion(judged, key=key, label_name=label_name)
    show_details(judged, key=key, label_name=label_name)
    return reading


def _show_notes(result: Scored) -> None:
    counts = {name: sum(name in note for note in result.notes) for name in NOTES.values()}
    said = [t(f"classification.note_{name.replace(' ', '_')}", n=f"{count:,}") for name, count in counts.items() if count]
    if said:
        st.warning(" ".join(said), icon=":material/warning:")
