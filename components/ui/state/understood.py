"""What this visitor has answered of the pages' questions: in the session as it was asked, and, by its id alone, under the key of their runs."""

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from components.errors import TrainingError
from components.training.understood import Understood

from .language import language
from .runs import store
from .visitor import known_key

log = logging.getLogger("himotoku")

GIVEN, KEPT = "check:given", "check:kept"
MOST_GIVEN, MOST_TRIES = 200, 10  # questions as they were asked, and answers to each, that a session remembers
_BROKEN = (TrainingError, sqlite3.Error, OSError)


@dataclass(frozen=True)
class Given:
    """A question as it was asked, and what was answered. mark: tells it from the same question about another text. answers: as they read on the
    screen, in their order; right: the last one was."""

    mark: str
    question: str
    text: str
    answer: str
    reason: str
    language: str
    at: datetime
    answers: tuple[str, ...] = ()
    right: bool = False


def given() -> dict[str, Given]:
    """What was answered in this session, mark -> the question with its answers, the earliest first."""
    return dict(st.session_state.get(GIVEN, {}))


def understood() -> Mapping[str, bool]:
    """Question id -> whether it was right at the first try: of this session, and of earlier ones where the visitor has a key."""
    key = known_key()
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] != key:
        mine = kept[1] if kept and kept[0] is None else {}  # answered before there was a key
        kept = st.session_state[KEPT] = (key, mine | _load(key))
        if key and mine:
            _save(key, mine)
    return dict(kept[1])


def note(mark: str, question: str, text: str, answer: str, reason: str, said: str, right: bool) -> None:
    """Remembers one answer, `said`, to a question whose right answer is `answer`; keeps the question's id once it is understood."""
    before = given()
    asked = before.pop(mark, None) or Given(mark, question, text, answer, reason, language(), datetime.now())
    first = right and not any(one.question == question and one.answers for one in (asked, *before.values()))
    asked = replace(asked, answers=(*asked.answers, said)[-MOST_TRIES:], right=right)
    st.session_state[GIVEN] = dict(list({**before, mark: asked}.items())[-MOST_GIVEN:])
    known = understood()
    if right and question not in known:
        key = known_key()
        st.session_state[KEPT] = (key, {**known, question: first})
        if key:
            _save(key, {question: first})


def forget() -> None:
    """Drops all answers, in the session and in the store."""
    key = known_key()
    st.session_state.pop(GIVEN, None)
    st.session_state[KEPT] = (key, {})
    if key:
        try:
            _kept().forget(key)
        except _BROKEN:
            log.exception("a visitor's answers can't be forgotten")


def _kept() -> Understood:
    return Understood(store().database, store().limits.days)


def _load(key: str | None) -> dict[str, bool]:
    if key is None:
        return {}
    try:
        return _kept().of(key)
    except _BROKEN:
        log.exception("a visitor's answers can't be read")
        return {}


def _save(key: str, questions: Mapping[str, bool]) -> None:
    try:
        _kept().add(key, questions)
    except _BROKEN:
        log.exception("a visitor's answers can't be kept")
