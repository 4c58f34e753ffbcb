from components.text.clip import clip, clip_to_width


def test_a_text_that_fits_stays_on_one_line():
    assert clip("two\n lines\t", 9) == "two lines" == clip("two lines", 100)
    assert clip("", 5) == ""


def test_a_long_text_ends_with_a_sign_within_its_length():
    assert clip("two lines", 8) == "two lin…" and len(clip("あ" * 50, 10)) == 10
    assert clip("a " * 100, 5) == "a a …"


def test_a_japanese_character_is_as_wide_as_two():
    assert clip_to_width("Transformer", 11) == "Transformer" and clip_to_width("Transformers", 11) == "Transforme…"
    assert clip_to_width("自然言語", 8) == "自然言語" and clip_to_width("自然言語処理", 8) == "自然言…"
    assert clip_to_width("", 3) == ""
