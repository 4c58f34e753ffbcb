"""The code tab of the entities page, run as it stands: the tags of its plain computation are those that the page merges."""

import runpy

from components.messages import CONTENT
from components.models import load
from components.models.ner import merge


def test_the_snippets_tags_merge_into_the_pages_entities(capsys):
    values = runpy.run_path(str(CONTENT / "snippets" / "entities.py"))
    aligned, tagger = values["aligned"], load(values["model_id"])
    merged = merge(values["text"], aligned.spans, range(len(aligned)), values["tags"], [1.0] * len(aligned))
    expected = tagger.predict([values["text"]])[0]
    assert [(one.text, one.label) for one in merged] == [(one.text, one.label) for one in expected] and len(expected) >= 2
    printed = capsys.readouterr().out
    assert all(f"{one.text!r} {one.label} {one.start}-{one.end}" in printed for one in expected)
