from components.models.results import Fill
from components.text.masks import MASK
from components.views.masked_lm.filling import filled_chips


def test_the_best_words_stand_in_the_gaps_of_the_text():
    chips = filled_chips(f"The {MASK} sat on {MASK}", [Fill("cat", 0.25, 0), Fill("mat", 0.875, 1)])
    assert [chip.text for chip in chips] == ["The", "cat", "sat on", "mat"]
    assert [(chip.note, chip.weight) for chip in chips if chip.note] == [(f"{MASK} 1 · 25%", 0.25), (f"{MASK} 2 · 88%", 0.875)]


def test_masks_beside_each_other_leave_no_empty_piece():
    assert [chip.text for chip in filled_chips(f"{MASK}{MASK}", [Fill("a", 0.5, 0), Fill("b", 0.5, 1)])] == ["a", "b"]
