"""Entities: the stated rule on tags worked by hand, transformers' own pipeline, windows, and exact characters in Japanese."""

from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import pipeline

from components.models import load
from components.models.name_rules import NameRules
from components.models.ner import likeliest_tags, merge, split_tag
from components.text.windows import best_window, windows
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


def is_legal(tags: tuple[str, ...], words: list[int], closed: list[bool] | None = None, apart: list[bool] | None = None) -> bool:
    """The rule in plain words, pair by pair."""
    for token, (before, tag) in enumerate(zip(("O", *tags), tags, strict=False)):
        if tag != "O" and closed and closed[token]:
            return False
        if tag.startswith("I-") and apart and apart[token]:
            return False
        if tag.startswith("I-") and before[1:] != tag[1:]:
            return False
        if token and words[token] == words[token - 1] and not (tag.startswith("I-") or before == tag == "O"):
            return False
    return True


def test_a_begin_that_was_missed_is_made_up_for_by_what_follows():
    """Worked by hand: O I-PER is illegal; B-PER I-PER has 0.3 x 0.9 = 0.27, O O 0.6 x 0.05. In one word, I-PER holds for both."""
    tags = ["O", "B-PER", "I-PER"]
    one, two = (NameRules(words, (False, False), (False, False)) for words in ((0, 0), (0, 1)))
    assert likeliest_tags(np.array([[0.6, 0.3, 0.1], [0.05, 0.05, 0.9]]), tags, two) == [1, 2]
    assert likeliest_tags(np.array([[0.1, 0.8, 0.1], [0.6, 0.2, 0.2]]), tags, two) == [1, 0]
    assert likeliest_tags(np.array([[0.1, 0.8, 0.1], [0.6, 0.2, 0.2]]), tags, one) == [1, 2]


flags = st.lists(st.booleans(), min_size=5, max_size=5)


@given(st.tuples(st.integers(1, 5), st.integers(0, 10_000), flags, flags, flags))
def test_the_likeliest_legal_sequence_is_the_best_of_all(case):
    """Against every sequence there is, tried one by one. A word that is set apart from itself has no sequence but O."""
    count, seed, begins, closed, apart = case
    begins, closed, apart = begins[:count], closed[:count], apart[:count]
    words = np.cumsum(begins).tolist()
    apart = [a and (not t or words[t] != words[t - 1]) for t, a in enumerate(apart)]
    chances = np.random.default_rng(seed).dirichlet(np.full(len(TAGS), 0.3), size=count)
    every = product(range(len(TAGS)), repeat=count)
    legal = [choice for choice in every if is_legal(tuple(TAGS[i] for i in choice), words, closed, apart)]

    def likelihood(choice):
        return sum(np.log(max(chances[token, tag], 1e-30)) for token, tag in enumerate(choice))

    found = likeliest_tags(chances, TAGS, NameRules(tuple(words), tuple(closed), tuple(apart)))
    assert tuple(found) in legal
    assert likelihood(found) == pytest.approx(max(map(likelihood, legal)))


def test_a_model_that_asks_for_it_gives_legal_tags(tmp_path):
    texts = ["tim cook is the ceo of apple inc.", "playing at paris, was who?", "zoe sat on unplayed mats", ""]
    plain, sequence = (
        load(tiny.save(tmp_path / how, "BertForTokenClassification", labels=TAGS, seed=4, settings={"task": "ner", "tags_on": how}))
        for how in ("tokens", "sequence")
    )
    illegal = [text for text in texts if not is_legal(plain.tag(text).tags, list(plain.tag(text).words))]
    assert illegal
    for text in texts:
        tagged = sequence.tag(text)
        assert is_legal(tagged.tags, list(tagged.words))
        starts, ends = zip(*word_spans(tagged), strict=True) if tagged.words else ((), ())
        assert all(entity.start in starts and entity.end in ends for entity in tagged.entities)


def word_spans(tagged) -> list[tuple[int, int]]:
    whole = {}
    for word, (start, end) in zip(tagged.words, tagged.spans, strict=True):
        whole[word] = (whole.get(word, (start, end))[0], end)
    return list(whole.values())


def test_capitals_reach_a_model_that_was_trained_with_them(tmp_path):
    """The ids of an uncased vocabulary are the same; only the types tell, one for every piece of a word, in every window."""
    settings = {"task": "ner", "language": "en", "marks_capitals": True, "max_length": 12, "stride": 2}
    tagger = load(tiny.save(tmp_path / "capitals", "BertForTokenClassification", labels=TAGS, seed=4, settings=settings))
    text = "who is Zoe, the ceo of iPad?"
    tokenized = tagger.aligner.tokenize(text)
    marked = {text[start:end] for (start, end), type in zip(tokenized.spans, tokenized.token_type_ids, strict=True) if type}
    assert marked == set("Zoe") and tokenized.token_type_ids[0] == tokenized.token_type_ids[-1] == 0
    aligned = tagger.aligner.align(text)
    low = aligned.words.index(aligned.words[-2])  # the window begins with iPad
    window = tagger.aligner.join(aligned, None, (low, len(aligned)))
    assert window.token_type_ids == (0, 1, 1, 1, 1, 0, 0)  # i ##p ##a ##d ?
    with torch.inference_mode():
        probabilities = tagger.model(
            input_ids=torch.tensor([window.ids]), token_type_ids=torch.tensor([window.token_type_ids])
        ).logits.softmax(-1)
    short = "iPad?"
    assert tagger.tag(short).scores[-1] == pytest.approx(float(probabilities[0, -2].max()), abs=1e-5)
    assert tagger.tag(short).scores != tagger.tag(short.lower()).scores


def test_capitals_change_nothing_elsewhere(folder):
    tokenized = load(folder).aligner.tokenize("Tim Cook is the CEO")
    assert set(tokenized.token_type_ids) == {0}
    assert load(folder).tag("Tim Cook is the CEO").scores == load(folder).tag("tim cook is the ceo").scores


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
