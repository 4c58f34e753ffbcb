"""A labelling under work: the text that is asked, how far the model is, and how good."""

from collections.abc import Callable
from html import escape

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.models.lanes import beside
from components.training.labelling import LEAST_SCORED, REFIT, Answer, held_back
from components.training.labelling_facts import Labelling
from components.ui.state.language import t
from components.ui.state.visitor import visitor_key
from components.ui.widgets.errors import guarded, sentence
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.verdict import said

from .asking import AHEAD, asking, pressed
from .classes import edit_classes
from .problems import noted, show_problem
from .state import Work, labellings, open_labelling, work_on

LEARNING_SECONDS = 2.0  # between two looks at how far the reading is
STYLE = """<style>
.st-key-label-head { gap: .25rem .75rem; }
.hi-scored { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 20rem); gap: .25rem 2rem; align-items: center; max-width: 860px; margin: 0 auto; }
.hi-scored p { margin: 0; font-size: .9375rem; line-height: 1.65; color: var(--hi-ink2); }
.hi-scored .hi-finding { font-size: 1.0625rem; }
.hi-scored .axis { position: relative; height: 34px; background: linear-gradient(90deg, var(--hi-line) 1px, transparent 1px) 0 0 / 25% 100%; border-right: 1px solid var(--hi-line); }
.hi-scored .axis u { position: absolute; top: 11px; height: 12px; left: var(--low); width: calc(var(--high) - var(--low)); border: solid var(--hi-edge); border-width: 0 2px;
  background: linear-gradient(var(--hi-edge), var(--hi-edge)) 0 50% / 100% 2px no-repeat; }
.hi-scored .axis { margin-bottom: 1.2rem; }
.hi-scored .axis::before, .hi-scored .axis::after { content: "0%"; position: absolute; top: 100%; left: 0; font: .75rem/1.5 var(--hi-text); color: var(--hi-ink2); }
.hi-scored .axis::after { content: "100%"; left: auto; right: 0; }
.hi-scored .axis b { position: absolute; top: 10px; left: var(--at); width: 14px; height: 14px; margin-left: -7px; border-radius: 50%; background: var(--hi-ai); }
@media (max-width: 760px) { .hi-scored { grid-template-columns: minmax(0, 1fr); } }
</style>"""


def show_work(labelling: Labelling) -> None:
    """The labelling's page."""
    st.html(STYLE)
    _show_head(labelling)
    _at_the_desk(labelling.id)
    if not work_on(labelling).finished:
        _watch(labelling.id)


def _show_head(labelling: Labelling) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="label-head"):
        st.markdown(f"**{escaped_markdown(labelling.name, 100)}**", width="stretch")
        with st.popover(t("label.classes"), icon=":material/sell:", type="tertiary", key="label-classes"):
            edit_classes(labelling)
        st.button(t("label.all"), key="label-all", type="tertiary", icon=":material/list:", on_click=open_labelling, args=(None,))


@st.fragment
def _at_the_desk(id: str) -> None:
    """The text and the score; a key runs these alone."""
    with guarded():
        labelling = labellings().get(id, visitor_key())
        work = work_on(labelling)
        with (
            noted()
        ):  # what was sent before this session knew of the desk: after the connection was lost, or by a tab that had not got through
            _take(work)
        answers = labellings().answers(id, visitor_key())
        desk, classes = work.desk, len(labelling.classes)
        asking(labelling, desk.questions(answers, AHEAD), answers, work.texts, work.rows, work.applied, _pressed(work))
        show_problem()
        _show_score(work, answers)
        if desk.is_due(answers, classes):  # the browser has texts for as long as this takes, a second
            with beside(short=True):
                desk.learn(answers, classes)
            _run_again()


def _pressed(work: Work) -> Callable[[], None]:
    def take() -> None:
        with noted():
            _take(work)

    return take


def _take(work: Work) -> bool:
    """Writes what was pressed since the last time; whether there was anything."""
    found = pressed(work.id)
    if found is None:
        return False
    before = work.applied.pop(found.token, 0)
    work.applied[found.token] = before  # the last one is the tab that is confirmed
    changes = found.after(before)
    if not changes:
        return False
    labellings().change(work.id, visitor_key(), changes)
    work.applied[found.token] = found.changes[-1][0]
    return True


def _run_again() -> None:
    """Draws the desk anew with what was learned: alone where it runs alone."""
    context = get_script_run_ctx()
    st.rerun(scope="fragment" if context and context.fragment_ids_this_run else "app")


def _show_score(work: Work, answers: list[Answer]) -> None:
    """What the model gets right of texts at random that it hasn't learned from, and what that says."""
    desk, labels = work.desk, sum(answer.labelled for answer in answers)
    if desk.score is None:
        if work.problem:
            words = t("label.no_model", why=sentence(work.problem))
        elif not desk.has_model:
            words = t("label.before_model", n=max(REFIT - labels, 1)) if labels < REFIT else t("label.before_classes")
        else:
            words = t("label.before_score", n=max(LEAST_SCORED - len(held_back(answers)), 1))
        st.html(f'<div class="hi-scored"><p>{escape(words)}</p></div>')
        return
    score = desk.score
    interval = score.interval
    places = {name: f"{100 * value:.1f}%" for name, value in (("low", interval.low), ("high", interval.high), ("at", interval.value))}
    low, high, share = (f"{value:.0%}" for value in (interval.low, interval.high, interval.value))
    finding = said("label.score", rows=score.rows, right=score.right, low=low, high=high, share=share)
    drawn = "".join(f"--{name}:{place};" for name, place in places.items())
    st.html(
        f'<div class="hi-scored" data-figure><h2 class="hi-finding">{finding}</h2>'
        f'<div class="axis" role="img" aria-label="{escape(t("label.score_alt", low=low, high=high, share=share))}" style="{drawn}"><u></u><b></b></div>'
        f"<p>{escape(t('label.score_why'))}</p></div>"
    )


@st.fragment(run_every=LEARNING_SECONDS)
def _watch(id: str) -> None:
    """How far the model has read; the page is drawn anew when it has read all."""
    with guarded():
        labelling = labellings().get(id, visitor_key())
        work = work_on(labelling)
        if work.finished:
            st.rerun()
        if not work.problem:
            st.progress(work.read / len(work.texts), t("label.reading", read=f"{work.read:,}", n=f"{len(work.texts):,}"))
