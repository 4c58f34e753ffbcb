"""The frame of a page: title, one sentence and the language at the top; explanation, what to try, the code and the way on at the bottom."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import streamlit as st

from components.ui.state.keys import follow_old_address, forget_impossible_numbers
from components.ui.state.language import language, language_switch, prose, sections, t
from components.ui.state.visitor import offered_key, take_offered_key

from .address import choice
from .check import Ask, questions_of, show_check
from .code import Code, code_panel, snippet_code
from .fetching import OFFERS
from .lesson_bar import follow_lesson
from .locator import show_locator
from .pages import CHAPTER, link_to, neighbours
from .shell import shell
from .style import page_style
from .term_marks import with_terms

ENTERED = "entered"  # set by app.py in each run, taken by the page
HEAD, VIEWS = "page_head", "page_views"  # places in the page's head: where its link is copied, where its views are switched
_QUESTION = re.compile(r"\*\*(.+?)\*\*\s*")  # a paragraph's bold beginning
OPEN_PARAGRAPHS = 2
TERMS = "sources"  # the page that explains every term and lists the papers


def enter() -> None:
    """Called by app.py: this run came in through it."""
    st.session_state[ENTERED] = True


def header(page: str, heading: str = "") -> None:
    """The page's title (or a heading of its own) with its section of the chapter, one sentence, and the language at the right."""
    _enter_through_app(page)
    follow_old_address(page)
    forget_impossible_numbers()
    page_style()
    shell()
    follow_lesson(page)
    with st.container(horizontal=True, key="page-head"):
        with st.container(key="page-title"):
            st.title(heading or t(f"{page}.title"), anchor=False)
        st.session_state[HEAD] = st.container(horizontal=True, width="content", vertical_alignment="center", key="page-tools")
        with st.session_state[HEAD]:
            show_locator(page)
            language_switch()
    with st.container(horizontal=True, key="page-lead"):
        st.markdown(t(f"{page}.lead"), width="stretch")
        st.session_state[VIEWS] = st.container(width="content", key="page-views")
    if offered_key():
        _offer()
    st.session_state[OFFERS] = st.container(key="page-offers")
    if page in CHAPTER:
        st.html(f'<style>.st-key-page-title h1::after {{ content: "{CHAPTER[page]}"; }}</style>')


def _offer() -> None:
    """An address may come from anybody: whose runs it opens is the visitor's to say."""
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="offer"):
        st.markdown(t("common.offered_key"), width="stretch")
        st.button(t("common.offered_take"), key="offer-take", on_click=take_offered_key, args=(True,))
        st.button(t("common.offered_leave"), key="offer-leave", type="tertiary", on_click=take_offered_key, args=(False,))


def choose_view(label: str, views: Sequence[str], *, key: str, label_of: Callable[[str], str]) -> str:
    """Which of a page's views is shown, as a switch at the right of the page's sentence; in the address as `?key=`."""
    with st.session_state[VIEWS]:
        return choice(label, views, key=key, label_of=label_of, label_visibility="collapsed")


def remark(page: str, section: str) -> None:
    """A short note where the chapter is out of date or wrong, with its source; closed until asked for."""
    with st.expander(t("common.remark"), icon=":material/fact_check:"):
        st.markdown(prose(page, section))


def footer(
    page: str,
    *,
    snippet: str | None = None,
    settings: Mapping[str, object] | None = None,
    code: Code | None = None,
    check: Ask | None = None,
) -> None:
    """Under the figures: the section "explain", its first paragraphs open and the others as questions that open; the section "try" (a lesson:
    what to try, what to notice); remarks on the chapter (sections whose id starts with "chapter-"); the page's questions, with those that `check`
    makes of what is on the screen; the code, that of a snippet with the page's settings or the page's own; and the pages before and after, and
    that of the terms and references."""
    if snippet:
        code = snippet_code(snippet, settings or {})
    written = sections(language(), page)
    remarks = [section for name, section in written.items() if name.startswith("chapter-")]
    with st.container(key="explain"):
        opened, questions = _explained(language(), page)
        for text in opened:
            st.markdown(text, unsafe_allow_html=True)
        for question, answer in questions:
            with st.expander(question):
                st.markdown(answer, unsafe_allow_html=True)
        for name, texts in (("try", [written["try"]] if "try" in written else []), ("chapter", remarks)):
            if texts:
                with st.expander(t(f"common.tab_{name}")):
                    for text in texts:
                        st.markdown(text)
        if questions_of(page):
            show_check(page, check)
        if code:
            with st.expander(t("common.tab_code")):
                code_panel(code)
    _onward(page)


@cache
def _explained(language: str, page: str) -> tuple[list[str], list[tuple[str, str]]]:
    """`paragraphs` of the section "explain", each term marked where it first stands."""
    opened, closed = paragraphs(sections(language, page).get("explain", ""))
    seen: set[str] = set()
    first = [with_terms(text, language, seen) for text in opened]
    return first, [(question, with_terms(answer, language, seen)) for question, answer in closed]


def paragraphs(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Prose -> what stands open, and (question, answer) of the rest. A paragraph with a bold beginning starts a part, which goes on until the
    next one; the bold words of a closed part are its question."""
    parts: list[list[str]] = []
    for paragraph in filter(None, re.split(r"\n{2,}", text.strip())):
        if _QUESTION.match(paragraph) or not parts:
            parts.append([])
        parts[-1].append(paragraph)
    opened = ["\n\n".join(part) for part in parts[:OPEN_PARAGRAPHS]]
    closed = []
    for part in parts[OPEN_PARAGRAPHS:]:
        match = _QUESTION.match(part[0])
        assert match, "only the first part may lack a bold beginning"
        closed.append((match[1].rstrip("。.:："), "\n\n".join([part[0][match.end() :], *part[1:]])))
    return opened, closed


def _onward(page: str) -> None:
    before, after = neighbours(page)
    if not (before or after):
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", key="onward"):
        if before:
            st.page_link(f"pages/{before}.py", label="← " + t(f"{before}.title"))
        if page != TERMS:
            link_to(TERMS, t("sources.to_terms"), icon="")
        if after:
            st.page_link(f"pages/{after}.py", label=t("common.next_page", title=t(f"{after}.title")))


def _enter_through_app(page: str) -> None:
    """Streamlit runs a file in pages/ on its own, without app.py, for whoever first opens a page's address after a start. Calling
    `st.navigation` tells it that app.py is the way in, and the rerun goes there, to the same page."""
    if not st.session_state.pop(ENTERED, False):
        stand_ins = [st.Page(lambda: None, title=name, url_path=name) for name in ("app", page)]
        st.navigation(stand_ins, position="hidden")
        st.rerun()
