"""What is hidden in a text and what is said of it, at each side of each rule."""

import pytest

from components.messages import message
from components.models.results import Fill
from components.text.tokens import AlignedText
from components.ui.widgets.verdict import plain
from components.views.masked_lm.gap_line import Gap
from components.views.masked_lm.gaps import NOTHING, Hidden, doubt, finding, first_hidden, hidden_at, words_of

MASK_ID = 4


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr("components.ui.state.language.language", lambda: "en")


def fills(*scores: float) -> list[Fill]:
    return [Fill(chr(ord("a") + number), score, 10 + number) for number, score in enumerate(scores)]


def aligned(text: str, *pieces: tuple[str, int]) -> AlignedText:
    """pieces: token as typed, number of its word."""
    spans, at = [], 0
    for piece, _ in pieces:
        at = text.index(piece, at)
        spans.append((at, at + len(piece)))
        at += len(piece)
    ids = tuple(MASK_ID if piece == "[MASK]" else 100 + number for number, (piece, _) in enumerate(pieces))
    return AlignedText(text, tuple(piece for piece, _ in pieces), ids, tuple(spans), tuple(word for _, word in pieces))


@pytest.mark.parametrize(
    ("scores", "key", "values"),
    [
        ((0.6, 0.3), "sure", {"first": "a", "one": "60%"}),
        ((0.59, 0.34), "only", {"first": "a", "one": "59%"}),
        ((0.5, 0.3), "rivals", {"first": "a", "second": "b", "one": "50%", "two": "30%"}),
        ((0.1, 0.06), "rivals", {"first": "a", "second": "b", "one": "10%", "two": "6.0%"}),
        ((0.09, 0.08), "weak", {"first": "a", "one": "9.0%"}),
        ((0.149, 0.05), "weak", {"first": "a", "one": "15%"}),
        ((0.15, 0.05), "only", {"first": "a", "one": "15%"}),
    ],
)
def test_the_finding_by_rule(scores, key, values):
    assert plain(finding([fills(*scores)])) == message(f"masked_lm.finding_{key}", "en", **values)


def test_no_gap_and_several_gaps_have_their_own_sentences():
    assert plain(finding([])) == message("masked_lm.finding_none", "en")
    said = message("masked_lm.finding_several", "en", n=3, first="a", second="a", one="70%", two="20%")
    assert plain(finding([fills(0.7, 0.1), fills(0.2, 0.1), fills(0.1, 0.1)])) == said


def test_words_of_a_visitor_are_escaped():
    assert "<b>" not in finding([[Fill("<b>", 0.9, 1)]])


@pytest.mark.parametrize(
    ("ids", "scores", "key"),
    [
        ((10,), (0.7, 0.2), None),  # found again
        ((11,), (0.3, 0.25), None),  # second, close behind
        ((11,), (0.5, 0.3), "place"),  # beaten
        ((19,), (0.1,) * 10, "place"),  # far down
        ((17,), (0.1,) * 10, None),  # eighth
        ((99,), (0.5, 0.3), "absent"),
        ((10, 11), (0.5, 0.3), "pieces"),
    ],
)
def test_the_doubt_by_rule(ids, scores, key):
    found = doubt(Hidden("word", 0, 4, ids), fills(*scores))
    assert (found is None) == (key is None)
    if found and key:
        assert plain(found).startswith(message(f"masked_lm.doubt_{key}", "en", word="word", n=2, most=2, place=2, percent="30%")[:25])


def test_nothing_is_doubted_of_a_gap_whose_word_nobody_knows():
    assert doubt(None, fills(0.01)) is None


def test_words_are_whole_marks_cannot_be_hidden_and_masks_are_gaps():
    text = "The unbeliev able [MASK], here."
    words = words_of(aligned(text, ("The", 0), ("unbeliev", 1), (" able", 1), ("[MASK]", 2), (",", 3), ("here", 4), (".", 5)), MASK_ID)
    assert [(word.text, word.kind, word.spaced) for word in words] == [
        ("The", "word", False),
        ("unbeliev able", "word", True),
        ("[MASK]", "gap", True),
        (",", "mark", False),
        ("here", "word", True),
        (".", "mark", False),
    ]
    assert [text[word.start : word.start + len(word.text)] for word in words] == [word.text for word in words]


def test_masks_beside_each_other_are_two_gaps():
    words = words_of(aligned("[MASK][MASK]", ("[MASK]", 0), ("[MASK]", 0)), MASK_ID)
    assert [word.kind for word in words] == ["gap", "gap"]


def test_the_word_hidden_first_says_something_and_stands_near_the_middle():
    text = "the dog was at the moon in 1969"
    line = aligned(text, *((word, number) for number, word in enumerate(text.split())))
    words = words_of(line, MASK_ID)
    assert first_hidden(line, words) == text.index("moon")
    assert hidden_at(line, words[1]).ids == (line.ids[1],)
    marks = aligned("?!", ("?", 0), ("!", 1))
    assert first_hidden(marks, words_of(marks, MASK_ID)) == NOTHING


def test_what_is_left_for_all_other_words_is_never_negative():
    assert Gap(0, fills(0.7, 0.2), 100).rest == pytest.approx(0.1)
    assert Gap(0, fills(0.7, 0.300001), 100).rest == 0
