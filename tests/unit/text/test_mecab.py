"""MeCab gets bounded pieces: what ended the process does not any more, and the words are those of the whole text."""

import copy
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.models.tokenizers import load_tokenizer
from components.text import japanese, mecab
from components.text.words import split_words

LENGTH = 200_000
RUNS = {
    "capitals": "A", "words": "word ", "katakana": "ア", "kanji": "漢", "hiragana": "すもももももももものうち", "emoji": "😀",
    "stops": "。", "digits": "1", "blank": " ", "mixed": "Aア1漢 ",
}  # fmt: skip
SENTENCES = (
    "今日は天気がいいので散歩に行きます。", "すもももももももものうち", "東京都に住んでいる。", "\n", " ", "　", "A" * 40, "The quick brown fox. ", "!?",
    "カレニア・ブレビスの濃度が", "1234567890", "😀👨‍👩‍👧", "か゛", "自然言語処理は人工知能の重要な分野です。", "[MASK]", "ー" * 30, "隣り合うタグ",
)  # fmt: skip


def whole(text: str) -> list[tuple[int, str]]:
    """(place, surface) from one call of MeCab: only for texts short enough for it."""
    position, found = 0, []
    for node in mecab.unidic()(text):
        position += len(node.white_space)
        found.append((position, node.surface))
        position += len(node.surface)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES) | st.text(max_size=20), max_size=60), st.integers(60, 400))
def test_the_words_of_a_long_text_are_those_of_one_call(parts, most):
    text = "".join(part.replace("\0", " ").encode("utf-8", "ignore").decode() for part in parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mecab, "MOST", most)
        found = [(word.start, word.surface) for word in mecab.bounded(mecab.unidic())(text)]
    assert found == whole(text)
    assert all(text[start : start + len(surface)] == surface for start, surface in found)


class Spy:
    """A tagger that notes how much it is given."""

    def __init__(self, tagger):
        self.tagger, self.longest = tagger, 0

    def __call__(self, text):
        self.longest = max(self.longest, len(text))
        return self.tagger(text)


@pytest.mark.parametrize("name", ["words", "capitals"])
def test_every_way_to_mecab_is_bounded(monkeypatch, name):
    text = (RUNS[name] * 20_000)[:20_000] + "漢字"
    spy = Spy(mecab.unidic())
    monkeypatch.setattr(mecab, "unidic", lambda: spy)
    tokenizer = load_tokenizer("backbone-ja").tokenizer
    assert split_words(text)[-1] == "漢字" == japanese.morphemes(text)[-1].text
    own = copy.deepcopy(tokenizer)  # a copy builds its tagger anew
    assert isinstance(own.word_tokenizer.mecab, mecab.BoundedTagger)
    own.word_tokenizer.mecab = mecab.bounded(spy)
    tokens = own.tokenize(text)
    assert [piece.token for piece in japanese.pieces(own, text)] == tokens
    assert 0 < spy.longest <= mecab.MOST + 2 * mecab.CONTEXT


@pytest.mark.slow
def test_what_ended_the_process_is_cut_into_words():
    """In a process of its own: a failure would take the tests with it."""
    code = f"""
from components.text import mecab
tagger = mecab.bounded(mecab.unidic())
for name, unit in {RUNS!r}.items():
    text = (unit * {LENGTH})[:{LENGTH}]
    place = 0
    for word in tagger(text):
        assert text[place : word.start].isspace() or place == word.start, name
        place = word.start + len(word.surface)
        assert text[word.start : place] == word.surface, name
    assert not text[place:].strip(), name
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
