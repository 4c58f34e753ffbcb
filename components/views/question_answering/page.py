"""One text on the question answering page: each model's answer, then what it was chosen from."""

import streamlit as st

from components.ui.state.language import t

from .answers import show_answer, show_candidates
from .questions import Query
from .reading import ModelAnswer, read
from .scores import show_scores

MAX_CODE = 20_000  # characters of a text that the code tab shows


def show_answers(query: Query) -> list[ModelAnswer]:
    """Each model's answer in its place, and beneath it the candidates, scores and windows. Raises ModelError."""
    answers = []
    for number, container in enumerate(query.containers):
        with container:
            answer = read(query, number)
            answers.append(answer)
            if answer.so_far:
                show_answer(answer, query.threshold(number))
    for number, (answer, column) in enumerate(zip(answers, st.columns(len(answers), gap="medium"), strict=True)):
        if answer.so_far:
            with column:
                show_candidates(answer)
                show_scores(answer, number, alone=len(answers) == 1)
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
