from components.text.masks import MASK
from components.views.masked_lm.filling import filled_chips


def test_the_best_words_stand_in_the_gaps_of_the_text():
    chips = filled_chips(f"The {MASK} sat on {MASK}", ["cat", "mat"])
    assert [chip.text for chip in chips] == ["The", "cat", "sat on", "mat"]
    assert [chip.note for chip in chips if chip.note] == [f"{MASK} 1", f"{MASK} 2"]


def test_masks_beside_each_other_leave_no_empty_piece():
    assert [chip.text for chip in filled_chips(f"{MASK}{MASK}", ["a", "b"])] == ["a", "b"]
