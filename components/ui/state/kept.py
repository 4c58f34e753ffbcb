"""Results that outlive a rerun of the page."""

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

Result = TypeVar("Result")


def kept(name: str, mark: Hashable, make: Callable[[], Result]) -> Result:
    """The visitor's last result of this name, made anew when `mark`, which tells what it was made from, is another."""
    found = st.session_state.get(name)
    if found is None or found[0] != mark:
        found = st.session_state[name] = (mark, make())
    return found[1]
