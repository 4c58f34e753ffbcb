"""The pages and the sections they stand in; a page links only to pages that the navigation has."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.ui.state.language import t

PAGES = {
    "": ("overview",),
    "learn": ("attention", "multi_head", "bert_attention", "positional", "feed_forward", "exercises"),
    "use": ("tokens", "masked_lm", "classification", "entities", "question_answering", "similarity"),
    "make": ("fine_tune", "my_models"),
}
_PAGES = "pages_in_navigation"


def know_pages(sections: Mapping[str, Sequence[str]]) -> None:
    """Called by app.py with its list of pages, section -> names."""
    st.session_state[_PAGES] = [name for names in sections.values() for name in names]


def link_to(page: str, label: str | None = None, **query: str) -> None:
    """A link to pages/<page>.py under its title, or `label`, with the settings `query`. Nothing where the navigation has no such page."""
    if page in st.session_state.get(_PAGES, ()):
        st.page_link(f"pages/{page}.py", label=label or t(f"{page}.title"), icon=":material/arrow_forward:", query_params=query or None)
