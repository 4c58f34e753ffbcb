"""A kept result is made once for what it was made from."""

import streamlit as st

from components.ui.state.kept import kept


def test_a_result_is_made_anew_only_when_its_mark_changes(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    made = []

    def make() -> None:
        made.append(1)

    for mark, count in (("a", 1), ("a", 1), ("b", 2), ("b", 2), ("a", 3)):
        assert kept("name", mark, make) is None  # nothing found is a result too, and not looked for again
        assert len(made) == count
