"""The code tab of the classification page, run as it stands, against the page's own numbers."""

import re
import runpy

import pytest

from components.messages import CONTENT
from components.models import load
from components.models.attribution import attribute

SNIPPET = CONTENT / "snippets" / "classification.py"


def test_the_snippet_prints_the_pages_probabilities_and_shares(capsys):
    values = runpy.run_path(str(SNIPPET))
    printed = capsys.readouterr().out
    classifier = load(values["model_id"])
    [prediction] = classifier.predict([values["text"]])
    shown = {label: float(number) for label, number in re.findall(r"^(\w+) +(\d\.\d{4})$", printed, re.MULTILINE)}
    assert shown == pytest.approx(prediction.scores, abs=2e-3)
    found = attribute(classifier, values["text"], prediction.label)
    assert values["shares"].tolist() == pytest.approx(found.tokens.tolist(), abs=0.05)
    total, difference = map(float, re.search(r"sum ([+-][\d.]+), .* ([+-][\d.]+)$", printed.strip().splitlines()[-1]).groups())
    assert total == pytest.approx(difference, abs=0.05)
