"""Times in words."""

import pytest

from components.ui.state import runs


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(None, None, "–"), (11.2, 23.9, "10–25 s"), (1, 2, "0–5 s"), (70, 130, "60 s – 2 min 30 s"), (200, 400, "3 min 0 s – 7 min 0 s")],
)
def test_a_time_that_is_foretold_pretends_to_no_more_than_is_known(monkeypatch, low, high, words):
    from components.messages import message

    monkeypatch.setattr(runs, "t", lambda key, **values: message(key, "en", **values))
    assert runs.between(low, high) == words
