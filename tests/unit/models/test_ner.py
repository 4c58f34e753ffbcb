"""Entities: the stated rule on tags worked by hand, transformers' own pipeline, windows, and exact characters in Japanese."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import pipeline

from components.models import load
from components.models.ner import merge, split_tag
from components.models.windows import best_window, windows
from tests.unit.models import tiny

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


def spans_of(tags: str, units: list[int] | None = None) -> list[tuple[str, int, int]]:
    """Entities of space-separated tags over one-letter tokens."""
    listed = tags.split()
    text = "abcdefghijklmnop"[: len(listed)]
    places = [(i, i + 1) for i in range(len(listed))]
    found = merge(text, places, units or range(len(listed)), listed, [1.0] * len(listed))
    return [(entity.label, entity.start, entity.end) for entity in found]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O B-PER I-PER O", [("PER", 1, 3)]),
        ("B-PER B-PER I-PER", [("PER", 0, 1), ("PER", 1, 3)]),
        ("B-PER I-LOC I-LOC", [("PER", 0, 1), ("LOC", 1, 3)]),
        ("I-PER I-PER O I-LOC", [("PER", 0, 2), ("LOC", 3, 4)]),
        ("B-PER O I-PER", [("PER", 0, 1), ("PER", 2, 3)]),
        ("S-PER S-PER B-LOC I-LOC E-LOC I-LOC", [("PER", 0, 1), ("PER", 1, 2), ("LOC", 2, 5), ("LOC", 5, 6)]),
        ("PER PER O LOC", [("PER", 0, 2), ("LOC", 3, 4)]),
        ("O O", []),
        ("", []),
    ],
)
def test_repair_rule(tags, expected):
    assert spans_of(tags) == expected


def test_tokens_of_one_word_stay_together():
    assert spans_of("B-PER B-PER O", [0, 0, 1]) == [("PER", 0, 2)]


def test_entities_in_one_character_do_not_overlap():
    # ㍿ is one character and two tokens.
    found = merge("㍿x", [(0, 1), (0, 1), (1, 2)], [0, 1, 2], ["B-PER", "B-LOC", "I-LOC"], [1.0] * 3)
    assert [(entity.text, entity.label) for entity in found] == [("㍿", "PER"), ("x", "LOC")]


@given(st.lists(st.sampled_from([*TAGS, "S-PER", "E-LOC", "LOC"]), max_size=12))
def test_any_tags_give_sorted_entities_that_do_not_overlap(tags):
    found = spans_of(" ".join(tags))
    assert all(a[2] <= b[1] for a, b in pairwise(found))
    covered = {token for _, start, end in found for token in range(start, end)}
    assert covered == {token for token, tag in enumerate(tags) if split_tag(tag)[1]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.save(tmp_path_factory.mktemp("ner") / "tags", "BertForTokenClassification", labels=TAGS, seed=4)


def test_equals_the_librarys_pipeline(folder):
    """Aggregation "first" of transformers: the tag of a word's first token holds for all of the word."""
    tagger = load(folder)
    theirs = pipeline("token-classification", model=str(folder), aggregation_strategy="first", device="cpu")
    for text in ["tim cook is the ceo of apple inc.", "the cat sat on mat", "playing at paris, was who?"]:
        expected = [(entity["entity_group"], entity["start"], entity["end"]) for entity in theirs(text)]
        assert [(entity.label, entity.start, entity.end) for entity in tagger.predict([text])[0]] == expected


def test_tags_equal_the_models_own(folder):
    tagger = load(folder)
    tagged = tagger.tag("tim cook is the ceo")
    with torch.inference_mode():
        tokenized = tagger.aligner.tokenize("tim cook is the ceo")
        logits = tagger.model(input_ids=torch.tensor([tokenized.ids])).logits[0, 1:-1].softmax(-1)
    assert tagged.tags == tuple(TAGS[index] for index in logits.argmax(-1).tolist())
    assert tagged.scores == pytest.approx(logits.amax(-1).tolist(), abs=1e-5)
    assert tagged.tokens == ("tim", "cook", "is", "the", "ceo")


def test_long_texts_are_read_in_windows(folder):
    tagger = load(folder)
    text = "tim cook is the ceo of apple inc. " * 30
    tagged = tagger.tag(text)
    assert len(tagged.windows) > 3 and len(tagged.tags) == len(tagged.tokens) == 30 * 9
    for entity in tagged.entities:
        assert text[entity.start : entity.end] == entity.text and 0 < entity.score <= 1
    assert max(entity.end for entity in tagged.entities) > 900
    # The whole result does not depend on what else is in the call.
    assert tagger.predict(["the cat", text, ""])[1] == list(tagged.entities)
    assert tagger.predict([]) == [] and tagger.predict(["", "   "]) == [[], []]


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(2, 60), st.integers(0, 40))
def test_windows_cover_and_overlap(count, size, stride):
    parts = windows(count, size, stride)
    covered = {token for start, end in parts for token in range(start, end)}
    assert covered == set(range(count)) and all(end - start <= size for start, end in parts)
    for (_, end), (start, _) in pairwise(parts):
        assert end - start >= min(stride, size - 1)
    for token, window in enumerate(best_window(count, parts)):
        start, end = parts[window]
        mine = min(token - start, end - 1 - token)
        assert start <= token < end
        assert mine == max(min(token - a, b - 1 - token) for a, b in parts if a <= token < b)


def test_japanese_entities_have_exact_characters(tmp_path):
    tagger = load(tiny.save(tmp_path / "ja", "BertForTokenClassification", "ja", labels=TAGS, seed=1))
    texts = ["㍿ｶﾞﾝﾊﾞﾙは東京で１２３個。👨‍👩‍👧", "か\u3099\n東京\u3000大学", "株式会社" * 60, "<b>東京</b>"]
    found = tagger.predict(texts)
    assert sum(map(len, found)) > 5
    for text, entities in zip(texts, found, strict=True):
        for entity in entities:
            assert text[entity.start : entity.end] == entity.text != ""
        assert all(a.end <= b.start for a, b in pairwise(entities))


def test_accents_stay_with_their_letter():
    """BERT's normaliser drops combining accents; a span must not cut the letter in two."""
    tokenized = load("embed-en", task="encoder").tokenize("Cafe\u0301 Noe\u0308l, \u0301x")
    words = [tokenized.text[start:end] for start, end in tokenized.spans if end]
    assert words[:2] == ["Cafe\u0301", "Noe\u0308l"]
