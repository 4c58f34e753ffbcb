"""The time of a page's computing: its end, which the host sets, and a visitor's place while other visitors' models compute."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

import streamlit as st

from components.models.turns import time_limit, told
from components.settings import most_seconds
from components.ui.state.language import t


@contextmanager
def computing() -> Iterator[None]:
    """Around a page: what it computes ends after `settings.most_seconds`, and whoever waits for their turn sees their place."""
    with st.container(key="page-waiting"):
        line = st.empty()
    outside = copy_context()  # a line that is written while a cached function runs is no part of what that function gives

    def tell(place: int, seconds: float) -> None:
        if place:
            words = t("common.waiting", place=place, seconds=max(round(seconds), 1))
            outside.run(line.info, words, icon=":material/hourglass_top:")
        else:
            outside.run(line.empty)

    with time_limit(most_seconds()), told(tell):
        yield
