"""Answers of a table judged against the right ones: scores by kind, what became of the rows, a row to read, and the threshold."""

import numpy as np
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import NEUTRAL_COLOUR, THREAD_COLOUR
from components.evaluation.answer_tables import accepted_answers, unreadable_answers
from components.evaluation.answers import KINDS, OUTCOMES, AnswerJudgement, Marked, mark
from components.text.clip import clip
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.widgets.attribution import printable
from components.ui.widgets.cell_picker import Cell, ConfusionWords, confusion_picker, largest, row_picker
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import show_figure
from components.ui.widgets.highlight import Mark, highlighted

from .answered import AnsweredTable


def judge_table(table: AnsweredTable, number: int, threshold: float) -> AnswerJudgement | None:
    """Model `number`'s answers beside the right ones; None without a column of those, or where no row could be read."""
    if not table.answer_column:
        return None
    _warn_of_unreadable(table)
    marked = _marked(table, number)
    return marked.judge(threshold) if marked else None


def show_judged(table: AnsweredTable, number: int, judged: AnswerJudgement) -> None:
    """Scores, what became of the rows with one of them to read, and the scores at every threshold."""
    st.subheader(t("question_answering.heading_judged"), anchor=False)
    _show_scores(judged)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        cell = _choose_outcome(judged)
    with right:
        _show_row(table, number, judged, cell)
    with st.expander(t("question_answering.threshold_curve")):
        _show_curve(judged, table.answerers[number].threshold)


def _marked(table: AnsweredTable, number: int) -> Marked | None:
    """Kept until more rows are done or another column is chosen: the threshold needs it again and again."""

    def result() -> Marked | None:
        answers = table.answers(number)
        gold = table.upload.frame[table.answer_column].head(len(answers)).tolist()
        contexts = [context for _, context in table.rows[: len(answers)]]
        return mark(answers, gold, contexts)

    return kept(f"qa:marked{number}", (table.work.signature, table.work.done, table.answer_column, number), result)


def _warn_of_unreadable(table: AnsweredTable) -> None:
    """Says which rows are not judged because their right answers can't be read."""
    cells = table.upload.frame[table.answer_column].tolist()
    rows = kept("qa:unreadable", (table.upload.signature, table.answer_column), lambda: unreadable_answers(cells))
    if rows:
        said = {
            "n": f"{len(rows):,}",
            "line": table.upload.table.lines[rows[0]],
            "example": escaped_markdown(printable(cells[rows[0]][:80]), 80),
        }
        st.warning(t("question_answering.unreadable_answers", **said), icon=":material/warning:")


def _show_scores(judged: AnswerJudgement) -> None:
    values = {
        "exact_match": judged.score(judged.exact),
        "f1": judged.score(judged.overlap),
        "f1_answerable": judged.score(judged.overlap, "answerable"),
        "right_silence": judged.score(judged.exact, "unanswerable"),
    }
    for column, (name, interval) in zip(st.columns(4), values.items(), strict=True):
        shown = "–" if interval is None else significant(interval.value)
        column.metric(t(f"question_answering.{name}"), shown, help=t(f"question_answering.{name}_help"))
        if interval:
            column.caption(t("evaluation.interval", low=significant(interval.low), high=significant(interval.high)))
    rows, japanese = len(judged.marked.rows), int(judged.marked.japanese.sum())
    answerable = int(judged.marked.answerable.sum())
    said = [t("question_answering.judged_rows", rows=f"{rows:,}", answerable=f"{answerable:,}", unanswerable=f"{rows - answerable:,}")]
    if japanese:
        said.append(t("question_answering.judged_japanese", n=f"{japanese:,}"))
    st.caption(" ".join(said))


def _choose_outcome(judged: AnswerJudgement) -> Cell:
    """The cell that was chosen; until then the commonest of those that aren't exact."""
    table = judged.table
    wrong = table.copy()
    wrong[:, OUTCOMES.index("exact")] = 0
    right = int(table[:, OUTCOMES.index("exact")].sum())
    words = ConfusionWords(
        t("question_answering.kind"),
        t("question_answering.outcome"),
        t("question_answering.outcomes_caption"),
        t("question_answering.outcomes_alt", right=right, rows=int(table.sum()), missed=int(table[0, 3]), invented=int(table[1, 2])),
    )
    kinds = [t(f"question_answering.kind_{name}") for name in KINDS]
    outcomes = [t(f"question_answering.outcome_{name}") for name in OUTCOMES]
    return confusion_picker(table, kinds, outcomes, words, key="qa", default=largest(wrong if wrong.any() else table), width=360)


def _show_row(table: AnsweredTable, number: int, judged: AnswerJudgement, cell: Cell) -> None:
    rows = judged.in_cell(cell.indices)
    said = {"kind": t(f"question_answering.kind_{KINDS[cell.row]}"), "outcome": t(f"question_answering.outcome_{OUTCOMES[cell.column]}")}
    st.markdown(t("question_answering.cell", n=f"{len(rows):,}", **said))
    if not len(rows):
        return
    lines = table.upload.table.lines
    row = row_picker(
        rows,
        lambda row: f"{t('evaluation.line', line=lines[row])} · {clip(printable(table.rows[row][0]), 50)}",
        lambda n: t("question_answering.row", shown=n),
        cell,
        key="qa",
    )
    question, context = table.rows[row]
    predicted = table.answers(number)[row]
    if predicted.answer is None:  # a row that could not be read is never judged
        return
    accepted = accepted_answers(table.upload.frame[table.answer_column].iloc[row]) or []
    with st.container(border=True, key="qa-judged-read"):
        st.markdown(f"**{escaped_markdown(question, 400)}**")
        silent = predicted.lead > judged.threshold
        gold = ", ".join(escaped_markdown(printable(text), 80) for text in accepted) or t("question_answering.none")
        position = int(np.flatnonzero(judged.marked.rows == row)[0])
        score = significant(float(judged.overlap[position]))
        answer = escaped_markdown(printable(predicted.answer.text), 80)
        percent = f"{100 * predicted.answer.score:.1f}"
        key = "question_answering.row_silent" if silent else "question_answering.row_said"
        st.markdown(t(key, answer=answer, gold=gold, percent=percent, f1=score))
        marks = [Mark(predicted.answer.start, predicted.answer.end, t("question_answering.mark_model"), "other" if silent else "answer")]
        marks += _gold_mark(context, accepted, marks[0])
        low, high = max(0, predicted.answer.start - 600), min(len(context), predicted.answer.end + 600)
        inside = [Mark(m.start - low, m.end - low, m.name, m.kind) for m in marks if low <= m.start and m.end <= high]
        highlighted(context[low:high], inside, height=230 if high - low > 400 else "content")
        if (low, high) != (0, len(context)):
            st.caption(t("question_answering.passage", low=f"{low:,}", high=f"{high:,}"))


def _gold_mark(context: str, right: list[str], ours: Mark) -> list[Mark]:
    """The first right answer that stands in the text beside ours, where there is one."""
    for text in right:
        start = context.find(text)
        if start >= 0 and (start >= ours.end or start + len(text) <= ours.start):
            return [Mark(start, start + len(text), t("question_answering.mark_file"), "other")]
    return []


def _show_curve(judged: AnswerJudgement, own: float) -> None:
    curve = judged.marked.curve(judged.threshold)
    thresholds = curve.thresholds
    curves = [
        Curve(t("question_answering.exact_match"), curve.exact, NEUTRAL_COLOUR),
        Curve(t("question_answering.f1"), curve.overlap, THREAD_COLOUR),
    ]
    best, highest = curve.best(own)
    values = {"best": f"{best:.2f}".replace("-", "−"), "f1": significant(highest), "own": significant(own)}
    axis = t("question_answering.threshold_axis")
    figure = line_figure(
        thresholds, curves, x_title=axis, y_title=t("question_answering.score_axis"), height=280,
        reference=(judged.threshold, significant(judged.threshold)),
    )  # fmt: skip
    figure.update_yaxes(range=[0, 1.02])
    show_figure(
        figure,
        key="qa-curve",
        caption=t("question_answering.curve_caption", **values),
        alt=t("question_answering.curve_alt", **values),
        data=lambda: line_table(thresholds, curves, x_title=axis),
    )
