"""Models for pages: loaded once for the process, with a line that says so while it takes time."""

from typing import Any

import streamlit as st

from components.messages import catalogue
from components.models import load

from .language import language, t


def page_is_drawn() -> None:
    """Called by app.py at the end of a run: what the visitor will want next begins to load."""
    from components.models.ahead import load_ahead

    load_ahead(language())


def model(id: str, task: str | None = None) -> Any:
    """`components.models.load`, with a spinner on a first load. Raises ModelError."""
    with st.spinner(t("common.loading_model", name=catalogue(language()).get(f"models.name.{id}", id))):
        return load(id, task)
