"""The chapter's goals under the doors: how many of their pages' questions this visitor has understood, and the answers as a sheet."""

from datetime import datetime

import streamlit as st

from components.ui.state.language import language, t
from components.ui.state.understood import forget, given, understood
from components.ui.state.visitor import known_key
from components.ui.widgets.answer_sheet import sheet
from components.ui.widgets.check import progress, questions_of
from components.ui.widgets.pages import GOALS, link_to, name_in_list


def show_goals() -> None:
    """Closed until it is opened; then each goal with its pages, the sheet, and a way to have the answers forgotten."""
    opened = st.expander(t("overview.goals"), key="home_goals", bind="query-params")
    if not opened.open:
        return
    with opened:
        done, all_ = progress([page for pages in GOALS.values() for page in pages])
        kept = t("overview.goals_kept" if known_key() else "overview.goals_session")
        st.caption(f"{t('check.done', done=done, n=all_)} {kept}")
        for goal, pages in GOALS.items():
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"home-goal-{goal}"):
                st.markdown(t(f"sources.goal_{goal}"), width="stretch")
                for page in pages:
                    link_to(page, _name(page), icon="")
        if given() or understood():
            _show_ways()


def _name(page: str) -> str:
    """A page's short name, with how many of its questions are understood where it has some."""
    done, all_ = progress([page])
    return f"{name_in_list(page)} {done}/{all_}" if questions_of(page) else name_in_list(page)


def _show_ways() -> None:
    answers, known, spoken = given(), understood(), language()
    with st.container(horizontal=True):
        st.download_button(
            t("check.sheet"),
            lambda: sheet(answers, known, spoken, datetime.now()),  # written when it is asked for
            file_name=f"himotoku-{spoken}.html",
            mime="text/html",
            key="home_sheet",
            on_click="ignore",
            icon=":material/download:",
        )
        st.button(t("check.forget"), key="home_forget", type="tertiary", on_click=forget)
