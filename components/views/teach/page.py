"""The lesson plans: a table for each lesson, every step a link that opens it, and the whole lesson in one address."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from components.ui.state.language import language, prose, t
from components.ui.state.lesson import LESSON, pack
from components.ui.widgets.address import copy_address_of
from components.ui.widgets.pages import link_to

from .plans import GOALS, PLANS, Lesson, Part

_STYLE = """<style>
.hi-plan { border-collapse: collapse; width: 100%; font-size: .94rem; line-height: 1.6; }
.hi-plan th, .hi-plan td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--hi-line); }
.hi-plan thead th { font-size: .82rem; font-weight: 600; color: var(--hi-ink2); }
.hi-plan tbody th { font-weight: 600; min-width: 9em; }
.hi-plan td:first-child { text-align: right; width: 3.5em; font-variant-numeric: tabular-nums; }
.hi-plan ul { margin: 0; padding-left: 1.2em; }
.hi-plan .goals { white-space: nowrap; }
.hi-plan .rest td { color: var(--hi-ink2); }
.hi-plan a { color: var(--hi-ai); }
@media (max-width: 760px) { .hi-plan tbody th { min-width: 6em; } .hi-plan .goals { display: none; } }
</style>"""


def show_plan(name: str) -> None:
    """One plan: what it needs, its lessons, the goals that its numbers mean."""
    lessons = PLANS[name]
    for lesson in lessons:
        _show_lesson(lesson)
    st.markdown("\n".join(f"{number}. {t(f'sources.goal_{goal}')}" for number, goal in enumerate(GOALS, 1)))
    st.markdown(prose("teach", "before"))


def _show_lesson(lesson: Lesson) -> None:
    st.html(f'{_STYLE}<h2 class="hi-finding">{escape(t(f"teach.lesson_{lesson.name}"))}</h2>{table(lesson)}')
    packed = pack(lesson.steps)
    with st.container(horizontal=True, vertical_alignment="center", key=f"teach-open-{lesson.name}"):
        link_to(lesson.parts[0].page, t("teach.open"), lesson=packed, lang=language())
        copy_address_of(lesson.parts[0].page, t("teach.copy"), {LESSON: packed}, key=f"teach_copy_{lesson.name}")
    with st.expander(t("teach.replies")):
        st.markdown("\n".join(f"- {t(f'teach.check_{check}')} {t(f'teach.reply_{check}')}" for check in lesson.checks))


def table(lesson: Lesson) -> str:
    """A lesson as an HTML table: minutes, the step as a link, what to do, and the numbers of the goals."""
    head = "".join(f'<th scope="col"{" class=goals" if name == "goals" else ""}>{escape(t(f"teach.{name}"))}</th>' for name in _COLUMNS)
    rows = "".join(_row(part) for part in lesson.parts)
    checks = "".join(f"<li>{escape(t(f'teach.check_{check}'))}</li>" for check in lesson.checks)
    ends = ((lesson.check_minutes, "check", f"<ul>{checks}</ul>"), (lesson.slack, "slack", escape(t("teach.slack_use"))))
    rest = "".join(
        f'<tr class="rest"><td>{minutes}</td><th scope="row">{escape(t(f"teach.{name}"))}</th><td>{said}</td><td class="goals"></td></tr>'
        for minutes, name, said in ends
    )
    return f'<table class="hi-plan" data-figure><thead><tr>{head}</tr></thead><tbody>{rows}{rest}</tbody></table>'


_COLUMNS = ("minutes", "step", "task", "goals")


def address(part: Part) -> str:
    """The step's address beside this page's."""
    return f"{part.page}?{urlencode({'lang': language(), **dict(part.step.settings)})}"


def _row(part: Part) -> str:
    goals = ", ".join(str(GOALS.index(goal) + 1) for goal in part.goals)
    link = f'<a href="{escape(address(part))}">{escape(t(f"{part.page}.title"))}</a>'
    return f'<tr><td>{part.minutes}</td><th scope="row">{link}</th><td>{escape(t(f"teach.do_{part.name}"))}</td><td class="goals">{goals}</td></tr>'
