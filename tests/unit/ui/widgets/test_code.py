import pytest

from components.ui.widgets.code import with_settings

SNIPPET = "# --- your settings ---\nn = 1\ntext = 'a'\n# --- the computation ---\nprint(n, text)\n"


def test_settings_become_literals_that_cannot_break_out():
    hostile = "'''\"); import os  # \\"
    code = with_settings(SNIPPET, {"text": hostile, "n": 3})
    names: dict = {}
    exec(code.replace("print(n, text)", ""), names)
    assert names["text"] == hostile and names["n"] == 3


def test_settings_that_the_snippet_does_not_know_are_refused():
    with pytest.raises(ValueError, match="the page gives"):
        with_settings(SNIPPET, {"n": 1})
