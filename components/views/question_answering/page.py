"""One text on the question answering page: each model's answer, then what it was chosen from."""

import streamlit as st

from components.ui.state.language import t

from .answers import show_answer, show_candidates
from .questions import Query
from .reading import Found, read
from .scores import show_scores

MAX_CODE = 20_000  # characters of a text that the code tab shows


def show_found(query: Query) -> list[Found]:
    """Each model's answer in its place, and beneath it the candidates, scores and windows. Raises ModelError."""
    found = []
    for number, place in enumerate(query.places):
        with place:
            one = read(query, number)
            found.append(one)
            if one.so_far:
                show_answer(one, query.threshold(number))
    for number, (one, column) in enumerate(zip(found, st.columns(len(found), gap="medium"), strict=True)):
        if one.so_far:
            with column:
                show_candidates(one)
                show_scores(one, number, alone=len(found) == 1)
    return found


def snippet_settings(query: Query | None) -> dict[str, object]:
    """The settings of the code tab; {} where the text is too long for it."""
    if query is None:
        return {}
    if len(query.context) > MAX_CODE:
        st.caption(t("question_answering.code_example", most=f"{MAX_CODE:,}"))
        return {}
    threshold = round(query.threshold(0), 4)
    return {"model_id": query.answerers[0].id, "question": query.question, "context": query.context, "threshold": threshold}
