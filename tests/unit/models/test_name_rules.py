"""What is in no name and what no name cuts, told without a model."""

from dataclasses import replace

import pytest

from components.models.name_rules import no_names, rules_for, without_emoji
from components.text.tokens import Aligner
from recipes import finetune, ner


@pytest.fixture(scope="module", params=["en", "ja"])
def aligner(request) -> Aligner:
    return finetune.aligner(ner.RECIPES[request.param])


def read(aligner: Aligner, text: str):
    aligned = replace(aligner.align(without_emoji(text)), text=text)
    return aligned, rules_for(aligned)


@pytest.mark.parametrize("emoji", ["🇺🇸", "👨🏻‍💼", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍👩‍👧‍👦", "😀😀", "🗼"])
def test_an_emoji_is_read_as_space_and_parts_names(aligner, emoji):
    text = f"Obama{emoji}Biden"
    assert without_emoji(text) == "Obama" + " " * len(emoji) + "Biden"
    aligned, rules = read(aligner, text)
    after = next(i for i, (start, _) in enumerate(aligned.spans) if start >= len("Obama") + len(emoji))
    assert [i for i, here in enumerate(rules.apart) if here] == [after]


def test_signs_of_names_are_no_emoji():
    for text in ("つのだ☆ひろ", "らき☆すた", "C# 3.0 ©2020 AKB♪", "ドラえもん（21エモン）", ""):
        assert without_emoji(text) == text


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("Write to tim.cook+x@apple.co.jp now", ["tim.cook+x@apple.co.jp"]),
        ("メールはtim@apple.comまで", ["tim@apple.com"]),
        ("see https://example.com/Tokyo?q=1 or www.nhk.or.jp、東京", ["https://example.com/Tokyo?q=1", "www.nhk.or.jp"]),
        ("@BarackObama and ＠tokyo_1 @ home", ["@BarackObama", "＠tokyo_1", "@"]),
        ("#Tokyo and C# at no. #", ["#"]),
        ("Booking.com of Jean-Claude", []),
    ],
)
def test_addresses_and_handles_are_no_names(text, closed):
    assert [text[start:end] for start, end in no_names(text)] == closed


@pytest.mark.parametrize(
    "word", ["Jean-Claude", "O'Brien", "AT&T", "Booking.com", "Hewlett-Packard", "Éric-Emmanuel", "news.bbc.co.uk", "D’Artagnan"]
)
def test_joined_parts_are_one_word(aligner, word):
    aligned, rules = read(aligner, f"so {word} is")
    inside = {rules.words[i] for i, (start, end) in enumerate(aligned.spans) if start >= 3 and end <= 3 + len(word)}
    assert len(inside) == 1
    assert len(set(rules.words)) == 3 and not any(rules.closed)


@pytest.mark.parametrize("text", ["Tokyo-based", "Obama's", "STONE'S", "Paris. Then", "Tim Cook", "well-known"])
def test_other_words_stay_as_they_are(aligner, text):
    aligned, rules = read(aligner, text)
    assert [a == b for a, b in zip(rules.words, rules.words[1:], strict=False)] == [
        a == b for a, b in zip(aligned.words, aligned.words[1:], strict=False)
    ]
