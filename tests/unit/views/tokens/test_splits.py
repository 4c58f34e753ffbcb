"""Cuts on one ruler, and every branch of what is said of them."""

import pytest

from components.text.tokens import AlignedText
from components.views.tokens.page import name_of, said_of
from components.views.tokens.splits import Track, finding, track_of, within, words_of

ALIGNED = AlignedText("unhappy 🙂", ("un", "##happy", "[UNK]"), (4, 5, 1), ((0, 2), (2, 7), (8, 9)), (0, 0, 1))


def track(id: str, text: str, *pieces: str, japanese: bool = False, unknown: tuple[str, ...] = ()) -> Track:
    """A tokenizer that cuts `text` into `pieces`."""
    spans, place = [], 0
    for piece in pieces:
        place = text.index(piece, place)
        spans.append((place, place := place + len(piece)))
    ids = tuple(100 if piece in unknown else number for number, piece in enumerate(pieces))
    return track_of(id, AlignedText(text, pieces, ids, tuple(spans), tuple(range(len(pieces)))), 100, japanese)


def test_pieces_lie_on_the_characters_and_know_what_goes_on_and_what_is_unknown():
    made = track_of("x", ALIGNED, 1, False)
    assert [(piece.start, piece.end, piece.tokens, piece.unknown, piece.continues) for piece in made.pieces] == [
        (0, 2, ("un",), False, False), (2, 7, ("##happy",), False, True), (8, 9, ("[UNK]",), True, False),
    ]  # fmt: skip
    assert (made.tokens, made.unknown) == (3, 1)
    assert [piece.tokens[0] for piece in within(made, (1, 3))] == ["un", "##happy"] and within(made, (7, 8)) == ()


def test_tokens_of_the_same_characters_stand_in_one_piece():
    made = track_of("x", AlignedText("㍿です", ("株式", "会社", "です"), (7, 8, 9), ((0, 1), (0, 1), (1, 3)), (0, 1, 2)), None, True)
    assert [(piece.tokens, piece.ids, piece.start, piece.end) for piece in made.pieces] == [
        (("株式", "会社"), (7, 8), 0, 1), (("です",), (9,), 1, 3)
    ]  # fmt: skip
    assert made.tokens == 3


def test_words_are_the_dictionarys_for_japanese_and_runs_of_letters_elsewhere():
    assert [(word.text, word.start, word.end) for word in words_of("It's 5 km.")] == [
        ("It", 0, 2), ("'", 2, 3), ("s", 3, 4), ("5", 5, 6), ("km", 7, 9), (".", 9, 10)
    ]  # fmt: skip
    words = words_of("猫が眠った")
    assert (
        "".join(word.text for word in words) == "猫が眠った" and words[0].part_of_speech.startswith("名詞") and words[0].reading == "ネコ"
    )


def test_what_a_tokenizer_made_for_another_language_does_not_know_comes_first():
    text = "猫の眠り"
    ja = track("ja", text, "猫", "の", "眠り", japanese=True, unknown=("眠り",))
    en = track("en", text, "猫", "の", "眠", "り", unknown=("猫", "眠"))
    found = finding(text, words_of(text), [ja, en])
    assert (found.kind, found.track.id, found.parts, found.span) == ("unknown", "en", ("猫", "眠"), (0, 1))
    known = track("en", text, "猫", "の", "眠", "り")
    assert finding(text, words_of(text), [ja, known]).track.id == "ja"


def test_the_word_that_is_cut_most_comes_next_and_then_the_counts():
    text = "Unbelievable cats"
    ja = track("ja", text, "Un", "be", "lie", "vable", "cats", japanese=True)
    en = track("en", text, "Unbelievable", "cats")
    found = finding(text, words_of(text), [en, ja])
    assert (found.kind, found.track.id, found.parts, found.count, found.span) == ("cut", "ja", ("Unbelievable",), 4, (0, 12))
    assert finding(text, words_of(text), [en, track("ja", text, "Unbelievable", "cats", japanese=True)]).kind == "counts"
    assert finding("\n", (), [track("en", "\n")]).kind == "counts"
    with pytest.raises(ValueError, match="no tokenizer"):
        finding(text, words_of(text), [])


@pytest.mark.parametrize(("unknown", "said"), [("猫", 1), ("猫犬", 2), ("猫犬鳥", 3), ("猫犬鳥魚虫", 3)])
def test_a_finding_names_three_parts_at_most_and_escapes_them(unknown, said):
    text = "".join(f"{part}<b>" for part in unknown)
    pieces = [piece for part in unknown for piece in (part, "<b>")]
    tracks = [track("embed-en", text, *pieces, unknown=tuple(unknown))]
    html = said_of(finding(text, words_of(text), tracks), tracks)
    assert html.count("<q>") == said and name_of("embed-en") in html and "<b>" not in html
    assert ("2" in html) == (len(unknown) == 5)


def test_a_markup_word_is_escaped_in_a_finding():
    text = "<script>" * 3
    tracks = [track("embed-en", text, text, unknown=(text,))]
    assert "<script" not in said_of(finding(text, words_of(text), tracks), tracks)
