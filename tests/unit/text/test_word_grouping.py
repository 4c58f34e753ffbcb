"""Tokens and words of a text as rows of an attention picture, for any script."""

import numpy as np
import pytest

from components.models import load
from components.text.word_grouping import group_words


@pytest.fixture(scope="module")
def encoder():
    return load("embed-en", task="encoder")


def test_tokens_are_units_of_their_own(encoder):
    tokenized = encoder.tokenize("Tokenization works")
    found = group_words(tokenized, whole_words=False)
    assert found.labels == tokenized.tokens
    assert found.unit_of_token == tuple(range(len(tokenized)))
    assert found.special == (True, *[False] * (len(tokenized) - 2), True)


def test_pieces_of_a_word_are_one_unit_as_typed(encoder):
    found = group_words(encoder.tokenize("Tokenization works"), whole_words=True)
    assert found.labels == ("[CLS]", "Tokenization", "works", "[SEP]")
    assert found.tokens == ((0,), (1, 2), (3,), (4,))


def test_the_same_word_twice_in_a_row_stays_two(encoder):
    found = group_words(encoder.tokenize("very very good"), whole_words=True)
    assert found.labels == ("[CLS]", "very", "very", "good", "[SEP]")


def test_japanese_is_joined_to_morphemes_although_the_tokenizer_cuts_characters(encoder):
    found = group_words(encoder.tokenize("東京タワーが好きです。"), whole_words=True)
    assert found.labels == ("[CLS]", "東京", "タワー", "が", "好き", "です", "。", "[SEP]")


def test_specials_belong_to_the_text_before_them(encoder):
    found = group_words(encoder.tokenize("A cat", "It sat"), whole_words=True)
    assert found.labels == ("[CLS]", "A", "cat", "[SEP]", "It", "sat", "[SEP]")
    assert found.segments == (0, 0, 0, 0, 1, 1, 1)


@pytest.mark.parametrize("text", ["</script><b>&amp;", 'say "hi" 👍🏽', "مرحبا بالعالم"])
@pytest.mark.parametrize("whole_words", [False, True])
def test_any_text_keeps_every_token_once(encoder, text, whole_words):
    tokenized = encoder.tokenize(text)
    found = group_words(tokenized, whole_words)
    assert [place for places in found.tokens for place in places] == list(range(len(tokenized)))
    if whole_words:
        assert "".join(found.labels[1:-1]).replace(" ", "") == text.replace(" ", "")


def test_a_words_value_is_the_mean_over_its_tokens(encoder):
    tokenized = encoder.tokenize("unbelievable cat")
    grouped = group_words(tokenized, whole_words=True)
    values = np.arange(len(tokenized), dtype=float)
    assert grouped.means(values).tolist() == [values[list(tokens)].mean() for tokens in grouped.tokens]
    assert group_words(tokenized, whole_words=False).means(values).tolist() == values.tolist()
