"""The code tab of the question answering page, run as it stands: its plain search finds the span that the page shows."""

import runpy

import pytest

from components.messages import CONTENT


def test_the_snippets_best_span_is_the_pages(capsys):
    values = runpy.run_path(str(CONTENT / "snippets" / "question_answering.py"))
    reading = values["reading"]
    offset = values["places"][0]
    [place, *_] = reading.places
    assert (values["first"] - offset, values["last"] - offset) == (place.first, place.last)
    assert values["scores"][values["first"], values["last"]] == pytest.approx(reading.best_score, abs=1e-4)
    assert values["null_score"] == pytest.approx(reading.null_score, abs=1e-4)
    printed = capsys.readouterr().out
    assert "'2017'" in printed and all(f"{one.text!r} {one.start}-{one.end}" in printed for one in reading.candidates)
