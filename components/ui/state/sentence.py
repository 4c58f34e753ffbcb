"""The sentence that travels through the visit: typed on one page, already filled in on the next that takes one."""

import streamlit as st

from .language import language

MOST = 2_000  # characters; a longer text stays on its page


def carried() -> str | None:
    """The sentence that this visitor typed last under the language they read in; None until they did."""
    return st.session_state.get(_place())


def carry(text: str) -> None:
    """Takes along what the visitor typed. A blank or very long text changes nothing."""
    if text.strip() and len(text) <= MOST:
        st.session_state[_place()] = text


def _place() -> str:
    return f"sentence:{language()}"
