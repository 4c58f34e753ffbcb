"""A table on the classification page: classify a column with progress and stop, judge against labels, read rows, download."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.evaluation.label_matching import two_sides
from components.evaluation.prediction_tables import NOTES, Scored, between, joined, result_tables, scored
from components.messages import CONTENT
from components.models.precision import LONG_TABLE, faster_in_bfloat16, precision_for
from components.tables.columns import guess_columns
from components.ui.state.language import language, t
from components.ui.state.recent import kept
from components.ui.widgets.attribution import show_numbers, show_words, words_of
from components.ui.widgets.batches import batch, batch_controls
from components.ui.widgets.bench import bench
from components.ui.widgets.evaluation import OpenRow, show_confusion, show_details, show_scores
from components.ui.widgets.judged_rows import JudgedRows, judged_rows, match_file_labels
from components.ui.widgets.table_work import TableWork, choose_model, preview, take_home
from components.ui.widgets.tables import choose_column, table_in

from .models import Chosen, choose_classifiers, label_name, show_about

PREFIX = "cls"


@dataclass(frozen=True, eq=False)
class ClassifiedTable(TableWork):
    """A table's texts and the models that classify them."""

    label_column: str | None
    chosen: list[Chosen]

    def results(self) -> list[Scored]:
        """Each model's predictions of the rows done so far; kept until more are done."""
        return kept(f"{PREFIX}:joined", self.state, lambda: [joined(self.steps_of(number)) for number in range(len(self.chosen))])


def sample_table() -> Path:
    """Labelled reviews to try the page with, in the visitor's language."""
    return CONTENT / "exercises" / f"reviews_{language()}.csv"


def read_work() -> ClassifiedTable | None:
    """The upload, its columns, the models, and the buttons; None until there is a table. Raises TableError, ModelError."""
    said = st.empty()
    upload = table_in(PREFIX, sample=sample_table(), at_once=True)
    if upload is None:
        said.markdown(t("classification.no_table"))
        return None
    guess = guess_columns(upload.frame)
    bar = bench(PREFIX)
    with bar.field, st.container(horizontal=True):
        text_column = choose_column(upload, t("classification.text_column"), key=f"{PREFIX}:text", guess=guess.text, in_bench=True)
        label_column = choose_column(
            upload, t("classification.label_column"), key=f"{PREFIX}:label", guess=guess.label, optional=True, in_bench=True
        )
    texts = upload.frame[text_column].tolist()
    chosen = choose_classifiers(bar, texts)
    signature = "|".join([upload.signature, str(text_column), *(chosen_model.identity for chosen_model in chosen)])
    work = batch(PREFIX, signature, len(texts))
    if len(texts) >= LONG_TABLE and faster_in_bfloat16():
        st.caption(t("classification.precision"))
    progress = batch_controls(work, key=PREFIX, start=t("classification.start", n=f"{len(texts):,}"))
    return ClassifiedTable(upload, texts, work, progress, label_column, chosen)


def show_results(table: ClassifiedTable) -> None:
    """What is done so far: judged where the table has labels, the rows with their predictions, and the download."""
    if not table.work.ready:
        return
    results = table.results()
    _show_notes(results[0])
    reading = None
    number = 0
    if table.label_column:
        number = choose_model(
            [chosen_model.name for chosen_model in table.chosen], label=t("classification.judged_model"), key="cls_judged"
        )
        judged = _judge(table, results[number], table.chosen[number])
        if judged:
            reading = _show_judged(judged)
    columns = result_tables(results, [chosen_model.identity for chosen_model in table.chosen])
    take_home(table, columns, key=PREFIX, heading=t("classification.heading_download"))
    preview(table, columns, words="classification.rows_shown", expanded=not table.label_column)
    for chosen_model in table.chosen:
        show_about(chosen_model)
    if reading:
        chosen = table.chosen[number]
        with reading.container:
            words = words_of(chosen.classifier, chosen.identity, reading.text, reading.prediction)
            said = t("classification.alt_row", label=label_name(reading.prediction))
            show_words(reading.text, words, label_name=label_name, key="cls-row", finding=said)
            with st.expander(t("attribution.table")):
                show_numbers(words, label_name=label_name, key="cls-row")


def go_on(table: ClassifiedTable) -> None:
    """The next steps of the work, while it is running; called when the rest of the page is drawn."""

    def step(rows: Sequence[str]) -> tuple[Scored, ...]:
        with precision_for(table.work.rows):
            return classify(rows, table.chosen)

    table.run(step)


def classify(texts: Sequence[str], chosen: Sequence[Chosen]) -> tuple[Scored, ...]:
    """The predictions of each model."""
    predictions = []
    for chosen_model in chosen:
        model = chosen_model.classifier
        predictions.append(scored(texts, model.predict(texts), model.labels, model.language))
    return tuple(predictions)


def _judge(table: ClassifiedTable, result: Scored, chosen: Chosen) -> JudgedRows | None:
    column = table.upload.frame[table.label_column].head(len(result))
    st.subheader(t("classification.heading_judged"), anchor=False)
    key = f"{PREFIX}:match:{table.upload.signature}:{table.label_column}:{chosen.identity}"
    meaning = match_file_labels(column, result.labels, key=key, label_name=label_name)
    lines = table.upload.table.lines
    result = _as_labelled(result, meaning, chosen)
    judged = judged_rows(table.rows, lines, column, meaning, result, key=f"{PREFIX}-{chosen.identity}")
    if judged is None:
        st.info(t("classification.nothing_to_judge"), icon=":material/info:")
    return judged


def _as_labelled(result: Scored, meaning: dict[str, str | None], chosen: Chosen) -> Scored:
    """Where a file knows praise and blame alone, the larger of the two is the answer that is judged, unless the visitor wants all three."""
    sides = two_sides(meaning, result.labels)
    if not sides:
        return result
    st.info(t("classification.two_sides"), icon=":material/balance:")
    if st.toggle(t("classification.all_classes"), key="cls_three", bind="query-params", help=t("classification.all_classes_help")):
        return result
    return kept(f"{PREFIX}-{chosen.identity}:sides", (id(result), len(result), sides), lambda: between(result, sides))


def _show_judged(judged: JudgedRows) -> OpenRow | None:
    """Scores, confusion and details; gives the row that is read."""
    show_scores(judged.judgement)
    key = f"{PREFIX}-judged"
    reading = show_confusion(judged, key=key, label_name=label_name)
    show_details(judged, key=key, label_name=label_name)
    return reading


def _show_notes(result: Scored) -> None:
    counts = {name: sum(name in note for note in result.notes) for name in NOTES.values()}
    said = [t(f"classification.note_{name.replace(' ', '_')}", n=f"{count:,}") for name, count in counts.items() if count]
    if said:
        st.warning(" ".join(said), icon=":material/warning:")
