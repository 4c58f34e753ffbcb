"""Results that are remembered: bounded, the longest unused forgotten first, whole under threads."""

import threading
from itertools import count

import pytest
import streamlit as st

from components.ui.state.recent import Recent, kept, recent


@pytest.fixture(autouse=True)
def session(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})


def test_a_result_is_made_anew_only_when_its_key_changes():
    made = []

    def make() -> None:
        made.append(1)

    for key, times in (("a", 1), ("a", 1), ("b", 2), ("b", 2), ("a", 3)):
        assert kept("name", key, make) is None  # nothing found is a result too, and not looked for again
        assert len(made) == times


def test_what_was_used_last_stays_and_what_was_not_goes():
    numbers, results = count(), Recent(2)
    assert [results.get(key, lambda: next(numbers)) for key in "abacab"] == [0, 1, 0, 2, 0, 3]
    assert len(results) == 2 and results.latest() == ("b", 3)
    assert results.peek("c") is None and results.peek("a") == 0 and results.latest() == ("a", 0)
    results.put("d", 9)
    assert results.peek("b") is None and results.peek("a") == 0


def test_a_session_has_its_own():
    recent("name", 2).put("a", 1)
    assert recent("name", 2).peek("a") == 1 and recent("other", 2).peek("a") is None
    st.session_state.clear()
    assert recent("name", 2).peek("a") is None


def test_nothing_is_kept_where_the_making_fails():
    results = Recent(2)
    with pytest.raises(ZeroDivisionError):
        results.get("a", lambda: 1 / 0)
    assert results.get("a", lambda: 2) == 2


def test_threads_get_one_result_and_none_waits_for_anothers_making():
    results, inside, go_on, answers = Recent(2), threading.Event(), threading.Event(), []

    def slow() -> str:
        inside.set()
        assert go_on.wait(20)
        return "slow"

    thread = threading.Thread(target=lambda: answers.append(results.get("a", slow)))
    thread.start()
    assert inside.wait(20)
    assert results.get("b", lambda: "other") == "other"
    assert results.get("a", lambda: "quick") == "quick"  # made meanwhile: it counts for both
    go_on.set()
    thread.join(20)
    assert answers == ["quick"] and results.peek("a") == "quick"
