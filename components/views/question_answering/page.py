"""One text on the question answering page: each model's answer, then what it was chosen from."""

import streamlit as st

from components.models.cards import card
from components.ui.state.language import t
from components.ui.widgets.models import model_name

from .answers import show_about, show_answer, show_candidates, show_no_answer
from .questions import Query
from .reading import ModelAnswer, read
from .scores import show_scores

MAX_CODE = 20_000  # characters of a text that the code tab shows


def show_answers(query: Query) -> list[ModelAnswer]:
    """Each model's answer in the passage; beneath, folded, what it was chosen from. Raises ModelError."""
    answers = []
    alone = len(query.answerers) == 1
    with query.figure:
        columns = st.columns(len(query.answerers), gap="medium")
    for number, column in enumerate(columns):
        with column:
            answer = read(query, number)
            answers.append(answer)
            if answer.so_far:
                show_answer(answer, query.threshold(number), number, alone)
    for number, answer in enumerate(answers):
        name = "" if alone else model_name(card(answer.answerer.id), answer.answerer.id)
        if answer.so_far:
            with st.expander(t("question_answering.candidates", model=name).strip()):
                show_candidates(answer)
                show_no_answer(answer, query.threshold(number))
            with st.expander(t("question_answering.scores", model=name).strip()):
                show_scores(answer, number, alone)
        show_about(answer)
    return answers


def snippet_settings(query: Query | None) -> dict[str, object]:
    """The settings of the code tab; {} where the text is too long for it."""
    if query is None:
        return {}
    if len(query.context) > MAX_CODE:
        st.caption(t("question_answering.code_example", most=f"{MAX_CODE:,}"))
        return {}
    threshold = round(query.threshold(0), 4)
    return {"model_id": query.answerers[0].id, "question": query.question, "context": query.context, "threshold": threshold}
