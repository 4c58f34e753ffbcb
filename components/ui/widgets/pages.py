"""The pages and the sections they stand in; a page links only to pages that the navigation has."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.ui.state.language import t

PAGES = {
    "": ("overview",),
    "words": ("vectors", "tokens", "similarity"),
    "transformer": ("attention", "multi_head", "positional", "feed_forward", "bert_attention"),
    "bert": ("masked_lm", "decoder", "classification", "entities", "question_answering"),
    "make": ("label", "fine_tune", "my_models"),
    "check": ("exercises", "sources", "teach"),
}
# The section of the chapter that a page is about.
CHAPTER = {
    "attention": "3.2", "multi_head": "3.3", "positional": "3.4", "feed_forward": "3.5", "bert_attention": "3.6", "masked_lm": "3.6",
    "tokens": "3.8", "classification": "3.7", "entities": "3.7", "question_answering": "3.7", "similarity": "3.9", "fine_tune": "3.7",
}  # fmt: skip
# The chapter's learning goals, each with the pages where it can be reached; every page with questions stands under one.
GOALS = {
    "architecture": ("vectors", "attention", "feed_forward", "bert_attention"),
    "implement": ("multi_head", "exercises"),
    "positions": ("positional",),
    "training": ("masked_lm", "decoder", "label", "fine_tune"),
    "library": ("tokens", "similarity"),
    "japanese": ("classification", "entities", "question_answering"),
}
# Pages whose title is longer than a line of the list.
SHORTER = ("similarity", "feed_forward", "masked_lm", "decoder")
_PAGES = "pages_in_navigation"


def know_pages(sections: Mapping[str, Sequence[str]]) -> None:
    """Called by app.py with its list of pages, section -> names."""
    st.session_state[_PAGES] = [name for names in sections.values() for name in names]


def link_to(page: str, label: str | None = None, *, icon: str = ":material/arrow_forward:", **query: str) -> None:
    """A link to pages/<page>.py under its title, or `label`, with the settings `query`. Nothing where the navigation has no such page."""
    if page in st.session_state.get(_PAGES, ()):
        st.page_link(f"pages/{page}.py", label=label or t(f"{page}.title"), icon=icon or None, query_params=query or None)


def name_in_list(page: str) -> str:
    """What the narrow list calls a page: its title, or a shorter name where the title is too long for it."""
    return t(f"common.list_{page}") if page in SHORTER else t(f"{page}.title")


def neighbours(page: str) -> tuple[str | None, str | None]:
    """The pages before and after `page` in the navigation; the home page is nobody's neighbour."""
    order = [name for name in st.session_state.get(_PAGES, ()) if name != "overview"]
    if page not in order:
        return None, order[0] if order else None
    place = order.index(page)
    return order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None
