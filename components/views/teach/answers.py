"""Notes for the teacher: every task under "Try this" and every question for the class, each with its answer."""

import re

import streamlit as st

from components.ui.state.language import language, sections, t
from components.ui.widgets.pages import PAGES, link_to

_TASK = re.compile(r"^(\d+)\. ", re.MULTILINE)
_QUESTION = re.compile(r"^\*[^*\n]+\*[：:]?", re.MULTILINE)


def tasks(text: str) -> list[str]:
    """The numbered tasks of a section, and the paragraph after them that asks the class, if there is one."""
    parts = _TASK.split(text)[2::2]
    if not parts:
        return []
    *others, last = parts
    last, _, question = last.partition("\n\n")
    return [part.strip() for part in [*others, last, *([question] if _QUESTION.match(question.strip()) else [])]]


def answered() -> dict[str, list[tuple[str, str]]]:
    """Page -> (task, answer), in the order of the pages."""
    written = sections(language(), "answers")
    found = {}
    for page in (name for names in PAGES.values() for name in names):
        asked, replies = tasks(sections(language(), page).get("try", "")), tasks(written.get(page.replace("_", "-"), ""))
        if asked:
            found[page] = list(zip(asked, replies, strict=True))
    return found


def show_answers() -> None:
    st.html(f'<h2 class="hi-finding" data-figure>{t("teach.answers_title")}</h2>')
    st.markdown(t("teach.answers_about"))
    for page, pairs in answered().items():
        with st.expander(t(f"{page}.title")):
            for number, (task, answer) in enumerate(pairs, 1):
                st.markdown(f"{number}\\. {task}\n\n> {answer}")
            link_to(page)
