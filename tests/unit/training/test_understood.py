"""What is kept of a visitor's answers: by question and visitor, for a while, and not without end."""

import sqlite3

import pytest

from components.training import understood
from components.training.database import Database
from components.training.understood import MOST_QUESTIONS, Understood


@pytest.fixture
def kept(tmp_path):
    return Understood(Database(tmp_path), days=30)


def rows(kept):
    with sqlite3.connect(kept.database.file) as database:
        return database.execute("select * from understood").fetchall()


def test_a_visitor_finds_their_own_and_nobody_else_does(kept):
    kept.add("mine", {"attention-scale": True, "tokens-mask": False})
    kept.add("yours", {"attention-scale": False})
    assert kept.of("mine") == {"attention-scale": True, "tokens-mask": False} and kept.of("yours") == {"attention-scale": False}
    assert kept.of("nobody") == {}
    assert "mine" not in str(rows(kept)), "the key is kept as its digest"


def test_what_is_kept_stays_as_it_was(kept):
    kept.add("mine", {"attention-scale": True})
    kept.add("mine", {"attention-scale": False})
    assert kept.of("mine") == {"attention-scale": True}


def test_it_can_be_forgotten(kept):
    for visitor in ("mine", "yours"):
        kept.add(visitor, {"attention-scale": True})
    kept.forget("mine")
    assert kept.of("mine") == {} and kept.of("yours")


def test_it_leaves_a_month_after_the_last_answer_and_not_before(kept, monkeypatch):
    day = 86_400
    for at, visitor, question in ((0, "mine", "a-1"), (0, "gone", "a-1"), (20 * day, "mine", "a-2"), (45 * day, "other", "a-1")):
        monkeypatch.setattr(understood.time, "time", lambda at=at: at)
        kept.add(visitor, {question: True})
    assert set(kept.of("mine")) == {"a-1", "a-2"} and kept.of("gone") == {}
    monkeypatch.setattr(understood.time, "time", lambda: 51 * day)
    kept.add("other", {"a-2": True})
    assert kept.of("mine") == {}


def test_one_visitor_and_all_together_are_bounded(kept, monkeypatch):
    kept.add("mine", {f"a-{number}": True for number in range(1_000)})
    assert len(kept.of("mine")) == MOST_QUESTIONS
    monkeypatch.setattr(understood, "MOST_ROWS", 300)
    for number in range(6):
        monkeypatch.setattr(understood.time, "time", lambda number=number: 1e9 + number)
        kept.add(f"v{number}", {f"a-{one}": True for one in range(100)})
    assert len(rows(kept)) <= 300 and len(kept.of("v5")) == 100 and kept.of("v0") == {}
