from components.text.tokens import AlignedText
from components.views.tokens.page import chips_of

ALIGNED = AlignedText("unhappy 🙂", ("un", "##happy", "[UNK]"), (4, 5, 1), ((0, 2), (2, 7), (8, 9)), (0, 0, 1))


def test_an_unknown_token_says_what_it_stands_for_and_pieces_stay_with_their_word():
    chips = chips_of(ALIGNED, 1, ids=False)
    assert [(chip.text, chip.word, chip.kind, chip.note) for chip in chips] == [
        ("un", 0, "token", ""), ("##happy", 0, "token", ""), ("[UNK]", 1, "unknown", "🙂"),
    ]  # fmt: skip


def test_ids_stand_beneath_where_they_are_asked_for():
    assert [chip.note for chip in chips_of(ALIGNED, 1, ids=True)] == ["4", "5", "1"]
