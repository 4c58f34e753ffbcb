"""Check yourself: a page's questions in its foot, answered before the figure is looked at, with the reason at once.

A question is worded in content/<language>/questions.po under its id, "<page>-<name>"; a page's `check.py` says what is right, from what the page
has computed. All texts are plain and are escaped where they are shown.
"""

import random
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

import streamlit as st

from components.messages import catalogue
from components.text.clip import clip
from components.ui.state.keys import PREFIXES
from components.ui.state.language import language, t
from components.ui.state.understood import Given, given, note, understood

from .errors import guarded
from .escaped import escaped_markdown, printable

MOST_WRONG = 3  # wrong answers beside the right one
LONGEST, WHOLE = 80, 1_000  # characters of a visitor's words in a question, and of a question
REASON = "-reason"
EMPTY = "check:empty"  # the question whose button was pressed without an answer


@dataclass(frozen=True)
class Question:
    """One question in the visitor's language. choices: in the order shown; () where a number is asked for, which is right within `tolerance`."""

    id: str
    text: str
    reason: str
    right: str | float
    choices: tuple[str, ...] = ()
    tolerance: float = 0.0

    @property
    def mark(self) -> str:
        """What tells it from the same question in other words."""
        return f"{self.id}-{zlib.crc32(repr((self.text, sorted(self.choices), self.right)).encode('utf-8', 'replace')):08x}"

    def accepts(self, answer: str | float) -> bool:
        if isinstance(self.right, str) or isinstance(answer, str):
            return answer == self.right
        return abs(answer - self.right) <= self.tolerance + 1e-9


Ask = Callable[[], Iterable[Question | None]]


def fixed(id: str) -> Question:
    """A question about the chapter's ideas, all of whose answers are in the catalogue."""
    keys = (f"questions.{id}-wrong_{number}" for number in range(1, MOST_WRONG + 1))
    wrong = [t(key) for key in keys if key in catalogue(language())]
    return Question(
        id, t(f"questions.{id}"), t(f"questions.{id}{REASON}"), t(f"questions.{id}-right"), _mixed(id, t(f"questions.{id}-right"), wrong)
    )


def choose(
    id: str,
    right: str,
    wrong: Iterable[str],
    *,
    seed: object = "",
    quoted: Mapping[str, str] = {},
    values: Mapping[str, object] = {},
) -> Question | None:
    """A question computed from the visitor's text. wrong: the likelier mistakes first; of those that read like the right answer or like one another
    only one is taken. seed: of the order of the answers. quoted: the visitor's own words. None where nothing wrong is left, or the right answer
    can't be read."""
    right = shown(right)
    differing = [one for one in dict.fromkeys(shown(one) for one in wrong) if one != right and one.strip()][:MOST_WRONG]
    if not differing or not right.strip():
        return None
    text, reason = _worded(id, quoted, {**values, "right": right})
    return Question(id, text, reason, right, _mixed(f"{id}|{seed}", right, differing))


def count(id: str, right: float, *, tolerance: float = 0.0, quoted: Mapping[str, str] = {}, values: Mapping[str, object] = {}) -> Question:
    """A question that is answered with a number."""
    text, reason = _worded(id, quoted, {**values, "right": f"{right:,.10g}"})
    return Question(id, text, reason, right, tolerance=tolerance)


def shown(words: str) -> str:
    """A visitor's words as they stand in a question."""
    return clip(printable(words), LONGEST)


@cache
def questions_of(page: str) -> tuple[str, ...]:
    """The ids of all questions that a page may ask."""
    ids = (
        key.removeprefix("questions.").removesuffix(REASON)
        for key in catalogue("en")
        if key.startswith("questions.") and key.endswith(REASON)
    )
    return tuple(id for id in ids if id.split("-")[0] == page)


def progress(pages: Iterable[str]) -> tuple[int, int]:
    """How many of some pages' questions this visitor has understood, and how many there are."""
    ids, known = [id for page in pages for id in questions_of(page)], understood()
    return sum(id in known for id in ids), len(ids)


def fixed_of(page: str) -> list[Question]:
    """The page's questions about the chapter's ideas, which need no text."""
    return [fixed(id) for id in questions_of(page) if f"questions.{id}-right" in catalogue(language())]


def show_check(page: str, ask: Ask | None) -> None:
    """The section, closed until it is opened; nothing is asked, and nothing of the page is held for it, before. ask: makes the questions about the
    visitor's text."""
    opened = st.expander(t("check.title"), key=f"{PREFIXES[page][0]}_check", bind="query-params")
    if opened.open:
        with opened:
            _questions(page, ask)


@st.fragment
def _questions(page: str, ask: Ask | None) -> None:
    """All questions of a page under each other; an answer runs them alone."""
    lead = st.empty()
    questions: list[Question] = []
    if ask:
        with guarded():
            questions += [question for question in ask() if question]
    for number, question in enumerate([*questions, *fixed_of(page)], 1):
        _ask(number, question)
    done, all_ = progress([page])
    lead.caption(f"{t('check.lead')} {t('check.done', done=done, n=all_)}")


def _ask(number: int, question: Question) -> None:
    """One question with its field, its button and what came of the answer."""
    mark, label = question.mark, f"{number}. {escaped_markdown(question.text, WHOLE)}"
    key = f"check-answer-{mark}"
    with st.container(key=f"check-one-{mark}"), st.form(f"check-{mark}", border=False):
        if question.choices:
            names = {one: escaped_markdown(one, WHOLE) for one in question.choices}
            st.radio(label, question.choices, index=None, format_func=lambda one: names.get(one, one), key=key)
        else:
            st.number_input(label, value=None, step=1, key=key, placeholder=t("check.number"))
        st.form_submit_button(t("check.answer"), key=f"check-send-{mark}", on_click=_take, args=(question, key))
        _say(given().get(mark), nothing=st.session_state.get(EMPTY) == mark)


def _take(question: Question, key: str) -> None:
    """Takes the answer that stands in a question's field, if there is one."""
    answer = st.session_state[key]
    if answer is None:
        st.session_state[EMPTY] = question.mark
        return
    st.session_state.pop(EMPTY, None)
    said, right = (one if isinstance(one, str) else f"{one:,.10g}" for one in (answer, question.right))
    note(question.mark, question.id, question.text, right, question.reason, said, question.accepts(answer))


def _say(answered: Given | None, *, nothing: bool) -> None:
    """Whether the last answer was right, by sign and word, and why; after a wrong one the reason stays folded, for whoever wants to try again."""
    html = ""
    if nothing:
        html = f"<p>{escape(t('check.nothing'))}</p>"
    elif answered and answered.right:
        html = f'<p><b class="hi-right">✓ {escape(t("check.right"))}</b> {escape(answered.reason)}</p>'
    elif answered:
        html = (
            f'<p><b class="hi-wrong">✗ {escape(t("check.wrong", said=answered.answers[-1]))}</b> {escape(t("check.again"))}</p>'
            f"<details><summary>{escape(t('check.why'))}</summary><p>{escape(t('check.right_is', answer=answered.answer))} {escape(answered.reason)}</p></details>"
        )
    st.html(f'<div class="hi-said" role="status">{html}</div>')


def _worded(id: str, quoted: Mapping[str, str], values: Mapping[str, object]) -> tuple[str, str]:
    """The question and its reason, with the visitor's words and the computed values in them."""
    filled: dict[str, object] = {**values, **{name: shown(words) for name, words in quoted.items()}}
    return t(f"questions.{id}", **filled), t(f"questions.{id}{REASON}", **filled)


def _mixed(seed: str, right: str, wrong: Sequence[str]) -> tuple[str, ...]:
    """The answers in an order that the seed alone decides."""
    answers = [right, *wrong]
    return tuple(random.Random(zlib.crc32(seed.encode("utf-8", "replace"))).sample(answers, len(answers)))
