"""Tokens of a byte-level BPE and of SentencePiece, named by the characters that were typed."""

import pytest

from components.models import load
from components.text.token_names import SPACE, continuing, names
from components.text.word_grouping import group_words
from tests.unit.models import architectures

TEXT = "The cat, naïve 東京 🙂  end \n"


@pytest.fixture(scope="module", params=["GPT2", "Roberta", "Albert"])
def encoder(request, tmp_path_factory):
    return load(architectures.save(tmp_path_factory.mktemp("names") / request.param, request.param), task="encoder")


def test_names_are_what_was_typed(encoder):
    tokenized = encoder.tokenize(TEXT)
    found = names(tokenized, encoder.aligner.tokenizer)
    assert not any(mark in name for name in found for mark in "ĠĊ▁æ")
    unknown = encoder.aligner.tokenizer.unk_token_id
    for name, token, id, special, (start, end) in zip(
        found, tokenized.tokens, tokenized.ids, tokenized.special, tokenized.spans, strict=True
    ):
        if special or id == unknown:
            assert name == token
        else:
            assert name.split(" ")[0] == (TEXT[start:end] or SPACE)


def test_bytes_of_one_character_are_counted(tmp_path):
    encoder = load(architectures.save(tmp_path / "gpt2", "GPT2"), task="encoder")
    assert names(encoder.tokenize("東"), encoder.aligner.tokenizer) == ("東 1/3", "東 2/3", "東 3/3")


def test_wordpiece_stays_as_it_is():
    encoder = load("embed-en", task="encoder")
    tokenized = encoder.tokenize("Tokenization")
    assert names(tokenized, encoder.aligner.tokenizer) == tokenized.tokens
    assert continuing(tokenized) == (False, False, True, False)


@pytest.mark.parametrize("text", [TEXT, " 猫が眠る。 ", "東京 タワー\n", "\t"])
def test_whole_words_of_any_text(encoder, text):
    tokenized = encoder.tokenize(text)
    found = group_words(tokenized, whole_words=True)
    shown = [label for label, special in zip(found.labels, found.special, strict=True) if not special]
    assert sum(map(len, found.tokens)) == len(tokenized)
    for word in ("cat", "東京", "end") if text == TEXT else ("猫", "が", "眠る", "。") if "猫" in text else ():
        assert word in shown or "[UNK]" in tokenized.tokens
