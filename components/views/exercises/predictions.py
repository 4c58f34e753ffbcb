"""What a visitor predicts before an experiment is shown, and whether it came so."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.text.words import split_words
from components.ui.state.language import t
from components.ui.widgets.verdict import said, show_finding

LENGTH, RATE = 512, 0.15
NEAR = 3  # standard deviations of a binomial draw that a predicted count may be away from the expected one
PREDICTED = "ex_predicted"  # which exercises have been predicted, in the order in which they were
OPENED = "ex_opened"  # whoever follows a link with an experiment's settings sees the experiments
CHOICES = {"2": ("same", "nearly", "other"), "4": ("more", "same", "fewer")}
RIGHT = {"2": "same", "4": "same"}


@dataclass(frozen=True)
class Predicted:
    """Whether a prediction came so, and the sentence about it as HTML."""

    right: bool
    html: str


def predicted(number: str) -> bool:
    """Whether this visitor has predicted in that exercise; the fifth has nothing to predict."""
    return number == "5" or number in st.session_state.get(PREDICTED, ()) or st.session_state.get(OPENED, False)


def follow_link() -> None:
    """Remembers that the address came with an experiment's settings."""
    if {"ex_seed", "ex_heads"} & set(st.query_params):
        st.session_state[OPENED] = True


def done(exercises: tuple[str, ...]) -> int:
    """How many exercises were predicted or, where there is nothing to predict, compared with the answer."""
    return sum(number in st.session_state.get(PREDICTED, ()) for number in exercises)


def mark_done(number: str) -> None:
    """Counts an exercise as done, for the rest of the visit."""
    before = st.session_state.get(PREDICTED, ())
    if number not in before:
        st.session_state[PREDICTED] = (*before, number)


def ask(number: str) -> None:
    """The fields of a prediction, and the button after which the experiment is shown; after it, what came of the prediction."""
    if number == "1":
        st.markdown(t("exercises.predict_1", a=t("exercises.sentence_a"), b=t("exercises.sentence_b")))
        with st.container(horizontal=True, key="ex-shape"):
            for name in ("rows", "columns"):
                st.number_input(t(f"exercises.{name}"), 1, 99, 1, key=f"ex_{name}", persist_state="session", width=140)
    elif number == "3":
        st.number_input(t("exercises.predict_3", length=LENGTH), 0, LENGTH, 0, key="ex_count", persist_state="session", width=220)
    else:
        names = {name: t(f"exercises.choice_{number}_{name}") for name in CHOICES[number]}
        st.radio(
            t(f"exercises.predict_{number}"),
            list(names),
            format_func=lambda name: names.get(name, name),
            key=f"ex_choice_{number}",
            persist_state="session",
        )
    if number not in st.session_state.get(PREDICTED, ()):
        st.button(t("exercises.check"), type="primary", key="ex_check", on_click=mark_done, args=(number,))
        return
    show_finding(judged(number).html)


def judged(number: str) -> Predicted:
    """What came of the prediction that stands in the fields."""
    if number == "1":
        rows, columns = (len(split_words(t(f"exercises.sentence_{name}"))) for name in "ab")
        given = (int(st.session_state["ex_rows"]), int(st.session_state["ex_columns"]))
        values: dict[str, Any] = {"rows": rows, "columns": columns, "a": given[0], "b": given[1]}
        kind = "right" if given == (rows, columns) else "turned" if given == (columns, rows) else "wrong"
    elif number == "3":
        expected, count = LENGTH * RATE, int(st.session_state["ex_count"])
        values = {"expected": f"{expected:.0f}", "count": count}
        kind = "right" if abs(count - expected) <= NEAR * (expected * (1 - RATE)) ** 0.5 else "wrong"
    else:
        values, kind = {}, "right" if st.session_state[f"ex_choice_{number}"] == RIGHT[number] else "wrong"
    return Predicted(kind == "right", said(f"exercises.judged_{number}_{kind}", **values))
