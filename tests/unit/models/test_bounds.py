"""Costs that grow with a text are bounded before they are paid: time, memory and the process itself, on texts that once ended it."""

import subprocess
import sys

import pytest

from components.errors import ModelError
from components.models import load
from components.models.inference import groups
from components.text.tokens import FEWEST_CHARACTERS
from components.text.windows import MAX_CHARACTERS
from tests.unit.models import tiny


def test_groups_hold_no_more_than_they_may():
    sizes = [5, 1, 1, 9, 1, 1, 1, 20, 0, 0]
    found = list(groups(sizes, 3, 10))
    assert [row for part in found for row in part] == list(range(len(sizes)))
    assert all(len(part) == 1 or (len(part) <= 3 and sum(sizes[row] for row in part) <= 10) for part in found)
    assert found[:2] == [range(0, 3), range(3, 5)] and list(groups([], 0, 10)) == []


def test_what_lies_beyond_the_beginning_of_a_text_is_not_tokenised_and_said(tmp_path):
    model = load(tiny.save(tmp_path / "en", "BertForSequenceClassification"))
    text = "the cat sat on mat " * 2_000
    short, long = (model.aligner.tokenize(part) for part in (text[:FEWEST_CHARACTERS], text))
    assert (long.ids, long.spans, long.left_out) == (short.ids, short.spans, short.left_out)
    assert (long.text, long.unread, short.unread) == (text, len(text) - FEWEST_CHARACTERS, 0)
    blank = model.predict(["the cat" + " " * FEWEST_CHARACTERS + "sat", "the cat"])
    assert [one.truncated for one in blank] == [True, False]
    assert blank[0].scores == pytest.approx(blank[1].scores, abs=1e-6)


def test_names_are_the_same_whatever_a_text_stands_beside(tmp_path, monkeypatch):
    tagger = load(tiny.save(tmp_path / "ner", "BertForTokenClassification", labels=["O", "B-PER", "I-PER"]))
    texts = ["tim cook is the ceo of apple", "the cat sat on mat " * 9, "tim"]

    def places(entities):
        return [(one.label, one.start, one.end) for one in entities]

    expected = tagger.predict(texts)
    monkeypatch.setattr("components.models.ner.MAX_CHARACTERS", 60)
    found = tagger.predict(texts)
    assert [places(found[row]) for row in (0, 2)] == [places(expected[row]) for row in (0, 2)]
    assert all(one.end <= 60 for one in found[1])


def test_a_question_of_a_book_is_refused_in_a_sentence(tmp_path):
    answerer = load(tiny.save(tmp_path / "qa", "BertForQuestionAnswering"))
    with pytest.raises(ModelError) as caught:
        answerer.ask("who " * 5_000, "tim cook")
    assert caught.value.key == "models.question_too_long" and "10,000" in caught.value.in_language("ja")


def test_texts_that_ended_the_process_are_answered():
    """In a process of its own, through the bundled Japanese models: cells of a million characters, and a text of the field's own limit."""
    code = f"""
from resource import RUSAGE_SELF, getrusage
from components.models import load
classifier, encoder, answerer = load("sentiment-ja"), load("embed-ja"), load("qa-ja")
classifier.predict(["猫"]), encoder.encode(["猫"])
before = getrusage(RUSAGE_SELF).ru_maxrss
for unit in ("word ", "A", "ア", "😀"):
    cell = (unit * 1_000_000)[:1_000_000]
    assert classifier.predict([cell])[0].truncated
    assert encoder.encode([cell]).shape == (1, encoder.dimension)
    assert encoder.token_counts([cell])[0] > encoder.max_length
asked = answerer.ask("どこ?", "A" * {MAX_CHARACTERS})
assert asked.context.spans[-1][1] == {MAX_CHARACTERS}
answerer.score(asked, [0, len(asked.windows) - 1])
print((getrusage(RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 300
