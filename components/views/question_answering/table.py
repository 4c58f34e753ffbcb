"""A table on the question answering page: a question a row, its text in a column or one text for all; answered, judged, taken home."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from components.evaluation.answer_tables import AnswerRow, answer_columns, answer_rows, guess_question_columns
from components.messages import CONTENT
from components.models.cards import card
from components.text.windows import MAX_CHARACTERS
from components.ui.state.language import language, t
from components.ui.widgets.address import typed_text
from components.ui.widgets.batches import batch, batch_controls
from components.ui.widgets.bench import Bench, bench
from components.ui.widgets.models import model_name, show_facts
from components.ui.widgets.table_work import choose_model, preview, take_home
from components.ui.widgets.tables import Upload, choose_column, table_in

from .answered import AnsweredTable
from .judged import judge_table, show_judged
from .questions import QuestionInputError, choose_answerers, strictness_control

if TYPE_CHECKING:
    from components.models.qa import QuestionAnswerer

PREFIX = "qa"
MANY_WINDOWS = 100  # in one step: some seconds of work


def read_work() -> AnsweredTable | None:
    """The upload, its columns, the models and the buttons; None until there is a table. Raises TableError, ModelError."""
    said = st.empty()
    upload = table_in(PREFIX, sample=CONTENT / "samples" / f"questions_{language()}.csv", at_once=True)
    if upload is None:
        said.markdown(t("question_answering.no_table"))
        return None
    bar = bench(PREFIX)
    questions, contexts, answer_column = _columns(bar, upload)
    answerers = choose_answerers(bar.model, bar.more, contexts)
    pairs = list(zip(questions, contexts, strict=True))
    texts = hashlib.sha256("\0".join([*questions, *dict.fromkeys(contexts)]).encode("utf-8", "surrogatepass")).hexdigest()
    work = batch(PREFIX, "|".join([upload.signature, texts, *(answerer.id for answerer in answerers)]), len(pairs))
    progress = batch_controls(work, key=PREFIX, start=t("question_answering.start_table", n=f"{len(pairs):,}"))
    return AnsweredTable(upload, pairs, work, progress, answer_column, answerers)


def show_results(table: AnsweredTable) -> None:
    """What is done so far: judged where the table has answers, the rows, and the download."""
    if not table.work.ready:
        return
    strictness = strictness_control()
    number = choose_model(
        [model_name(card(answerer.id), answerer.id) for answerer in table.answerers],
        label=t("question_answering.shown_model"),
        key="qa_shown",
    )
    _show_notes(table.answers(number))
    judgements = [judge_table(table, position, answerer.threshold + strictness) for position, answerer in enumerate(table.answerers)]
    shown = judgements[number]
    if shown:
        show_judged(table, number, shown)
    elif table.answer_column:
        st.info(t("question_answering.nothing_to_judge"), icon=":material/info:")
    parts = []
    for position, (answerer, judged) in enumerate(zip(table.answerers, judgements, strict=True)):
        suffix = f" ({answerer.id})" if len(table.answerers) > 1 else ""
        scores = judged.columns(table.work.done) if judged else None
        parts.append(answer_columns(table.answers(position), answerer.threshold + strictness, scores, suffix))
    added = pd.concat(parts, axis=1)
    state = f"-{strictness}-{table.answer_column}"
    take_home(table, added, key=PREFIX, heading=t("question_answering.heading_download"), state=state)
    preview(table, added, words="question_answering.rows_shown", expanded=not table.answer_column)
    for answerer in table.answerers:
        show_facts(answerer.id)


def go_on_with_table(table: AnsweredTable) -> None:
    """The next steps of the work, while it is running; called when the rest of the page is drawn."""

    def windows(done: int, of: int) -> None:
        # Touching the screen lets the stop button in, also within a row whose text takes long.
        if table.progress and of > MANY_WINDOWS:
            table.progress.progress(
                table.work.done / table.work.rows, t("question_answering.batch_progress_windows", done=done, windows=of)
            )

    table.run(lambda pairs: answer_pairs(pairs, table.answerers, windows), first=1)


def answer_pairs(
    pairs: Sequence[tuple[str, str]], answerers: Sequence["QuestionAnswerer"], progress: Callable[[int, int], None] | None = None
) -> tuple[tuple[AnswerRow, ...], ...]:
    """The answers of each model. What was read of a text takes far more memory than its answer: not all long texts are read at once."""
    from components.models.inference import groups

    answers = []
    for answerer in answerers:
        rows: tuple[AnswerRow, ...] = ()
        for part in groups([len(context) for _, context in pairs], len(pairs), MAX_CHARACTERS):
            asked = [pairs[row] for row in part]
            rows += answer_rows(asked, answerer.read_all(asked, progress=progress), answerer.language)
        answers.append(rows)
    return tuple(answers)


def _columns(bar: Bench, upload: Upload) -> tuple[list[str], list[str], str | None]:
    """The questions, their texts, and the column of right answers."""
    guess = guess_question_columns(upload.frame)
    with bar.field, st.container(horizontal=True):
        question = choose_column(
            upload, t("question_answering.question_column"), key=f"{PREFIX}:question", guess=guess.question, in_bench=True
        )
        context = choose_column(
            upload, t("question_answering.context_column"), key=f"{PREFIX}:text", guess=guess.context, optional=True, in_bench=True
        )
        answer = choose_column(
            upload, t("question_answering.answer_column"), key=f"{PREFIX}:answer", guess=guess.answer, optional=True, in_bench=True
        )
    questions = upload.frame[question].tolist()
    if context is not None:
        return questions, upload.frame[context].tolist(), answer
    typed_text("qa_context", t("question_answering.example_chapter_context"))
    shared = st.text_area(t("question_answering.shared_context"), key="qa_context", persist_state="session", height=110)
    if not shared.strip():
        raise QuestionInputError("question_answering.no_shared_context")
    if len(shared) > MAX_CHARACTERS:
        raise QuestionInputError("models.context_too_long", found=len(shared), limit=MAX_CHARACTERS)
    return questions, [shared] * len(questions), answer


def _show_notes(rows: Sequence[AnswerRow]) -> None:
    counts = Counter(note for row in rows for note in row.note.split(", ") if note and not note.startswith("question cut"))
    cut = sum("question cut" in row.note for row in rows)
    said = [t(f"question_answering.note_{name.replace(': ', '_').replace(' ', '_')}", n=f"{count:,}") for name, count in counts.items()]
    said += [t("question_answering.note_question_cut", n=f"{cut:,}")] if cut else []
    if said:
        st.warning(" ".join(said), icon=":material/warning:")
