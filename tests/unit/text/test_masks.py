"""[MASK] in the writings of other models and of people."""

import pytest

from components.text.masks import with_masks


@pytest.mark.parametrize(
    "written", ["[MASK]", "[mask]", "[Mask]", "<mask>", "<MASK>", "［MASK］", "［ＭＡＳＫ］", "[ MASK ]", "＜ｍａｓｋ＞"]
)
def test_a_mask_is_taken_for_one(written):
    assert with_masks(f"今日は{written}です。 {written}") == "今日は[MASK]です。 [MASK]"


@pytest.mark.parametrize("text", ["mask", "(mask)", "[masked]", "<masks>", "a mask < b", "[MASK", "[  MASK]"])
def test_other_words_stay(text):
    assert with_masks(text) == text
