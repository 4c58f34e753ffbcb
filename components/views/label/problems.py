"""What went wrong while a button or a key was answered, said where the page shows it: what is drawn before a run has no place there."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components.errors import UserError
from components.ui.widgets.errors import guarded

PROBLEM = "label:problem"


@contextmanager
def noted() -> Iterator[None]:
    """Keeps a UserError raised in the block for `show_problem`."""
    try:
        yield
    except UserError as error:
        st.session_state[PROBLEM] = error


def show_problem() -> None:
    """The problem as a banner, once."""
    if error := st.session_state.pop(PROBLEM, None):
        with guarded():
            raise error
