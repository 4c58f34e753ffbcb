"""The learners' sheet for the lesson of 90 minutes: tasks with room to write, the check at the end. Printed it is two pages of A4, without the app."""

from html import escape

import streamlit as st

from components.ui.state.language import t

from .plans import GOALS, SHORT

_STYLE = """<style>
.hi-handout { max-width: 46em; font-size: .94rem; line-height: 1.55; }
.hi-handout h2 { font: 600 1.25rem/1.4 var(--hi-heading); margin: 0 0 .3rem; }
.hi-handout h3 { font: 600 1rem/1.5 var(--hi-heading); margin: .8rem 0 .1rem; }
.hi-handout p { margin: 0; }
.hi-handout ol, .hi-handout ul { margin: .2rem 0; padding-left: 1.4em; }
.hi-handout ul.goals { list-style: "☐ "; columns: 2; column-gap: 2rem; }
.hi-handout .line { border-bottom: 1px solid var(--hi-edge); height: 1.7rem; }
.hi-handout .who { display: flex; gap: 2rem; margin-bottom: .3rem; }
.hi-handout .who span { flex: 1; border-bottom: 1px solid var(--hi-edge); }
.hi-handout li, .hi-handout section { break-inside: avoid; }
@media (max-width: 760px) { .hi-handout ul.goals { columns: 1; } }
@media print { .hi-handout { max-width: none; font-size: 10pt; line-height: 1.4; } .hi-handout .line { height: 1.45rem; } }
</style>"""
_PRINT = st.components.v2.component(
    "himotoku_print",
    html="<button type='button'></button>",
    css="""
button { font: inherit; font-size: 0.875rem; color: var(--st-text-color); background: transparent; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: 0.35rem 0.75rem; }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
""",
    js="""
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = () => window.print();
}
""",
)


def show_handout() -> None:
    with st.container(key="teach-print"):
        _PRINT(key="teach_print", data={"label": t("teach.print")})
    st.html(f"{_STYLE}{handout()}")


def handout() -> str:
    """The sheet as HTML."""
    (lesson,) = SHORT
    goals = "".join(f"<li>{escape(t(f'sources.goal_{goal}'))}</li>" for goal in GOALS)
    tasks = "".join(
        f"<section><h3>{number}. {escape(t(f'{part.page}.title'))}</h3><p>{escape(t(f'teach.do_{part.name}'))}</p>"
        f"{'<div class=line></div>' * (2 if part.minutes > 4 else 1)}</section>"
        for number, part in enumerate(lesson.parts, 1)
    )
    checks = "".join(f"<li>{escape(t(f'teach.check_{check}'))}<div class=line></div></li>" for check in lesson.checks)
    who = "".join(f"<span>{escape(t(f'teach.handout_{name}'))}</span>" for name in ("name", "date"))
    return (
        f'<article class="hi-handout" data-figure><h2>{escape(t("teach.handout_title"))}</h2><div class="who">{who}</div>'
        f"<p>{escape(t('teach.handout_about'))}</p>{tasks}"
        f"<section><h3>{escape(t('teach.check'))}</h3><ol>{checks}</ol></section>"
        f'<section><h3>{escape(t("sources.goals"))}</h3><ul class="goals">{goals}</ul></section></article>'
    )
