"""The frame of a page: title and one sentence at the top; explanation, what to try, and the code at the bottom."""

from collections.abc import Mapping

import streamlit as st

from components.ui.state.keys import follow_old_address
from components.ui.state.language import language, prose, sections, t

from .code import Code, code_panel, snippet_code

# Streamlit writes white on a menu's chosen entries; on the dark theme's light blue that is too faint to read (WCAG 2.2, 1.4.3).
STYLE = """<style>.stApp [data-tag], .stApp [data-tag] span { color: light-dark(#FFFFFF, #0B1018); }</style>"""
ENTERED = "entered"  # set by app.py in each run, taken by the page


def enter() -> None:
    """Called by app.py: this run came in through it."""
    st.session_state[ENTERED] = True


def header(page: str) -> None:
    """The page's title and one sentence."""
    _enter_through_app(page)
    follow_old_address(page)
    st.html(STYLE)
    st.title(t(f"{page}.title"), anchor=False)
    st.markdown(t(f"{page}.lead"))


def remark(page: str, section: str) -> None:
    """A short note where the chapter is out of date or wrong, with its source; closed until asked for."""
    with st.expander(t("common.remark"), icon=":material/fact_check:"):
        st.markdown(prose(page, section))


def footer(page: str, *, snippet: str | None = None, settings: Mapping[str, object] | None = None, code: Code | None = None) -> None:
    """Tabs under the figures: the section "explain", the section "try" (a lesson: what to try, what to notice), and the code: that of a
    snippet with the page's settings, or the page's own.

    Sections whose id starts with "chapter-" are remarks on the chapter, in a tab of their own. A tab without content is left out.
    """
    if snippet:
        code = snippet_code(snippet, settings or {})
    written = sections(language(), page)
    remarks = [section for name, section in written.items() if name.startswith("chapter-")]
    tabs = {
        "explain": [written["explain"]] if "explain" in written else [],
        "try": [written["try"]] if "try" in written else [],
        "chapter": remarks,
    }
    names = [name for name, texts in tabs.items() if texts] + (["code"] if code else [])
    if not names:
        return
    for name, tab in zip(names, st.tabs([t(f"common.tab_{name}") for name in names]), strict=True):
        with tab:
            if name == "code" and code:
                code_panel(code)
            else:
                for text in tabs[name]:
                    st.markdown(text)


def _enter_through_app(page: str) -> None:
    """Streamlit runs a file in pages/ on its own, without app.py, for whoever first opens a page's address after a start. Calling
    `st.navigation` tells it that app.py is the way in, and the rerun goes there, to the same page."""
    if not st.session_state.pop(ENTERED, False):
        stand_ins = [st.Page(lambda: None, title=name, url_path=name) for name in ("app", page)]
        st.navigation(stand_ins, position="hidden")
        st.rerun()
