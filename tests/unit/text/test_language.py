"""What a text is written in, and that everybody who asks gets the same answer."""

import pandas as pd
import pytest

from components.evaluation.prediction_tables import scored
from components.messages import message
from components.models.results import Prediction
from components.text.language import detect, flags, has_japanese, languages_in, main_language
from components.training.doctor import examine

TEXTS = {
    "ja": (
        *("この映画は本当に素晴らしかった！", "最高", "東京大学", "ｺﾚﾊ ﾃｽﾄ", "iPhoneの電池がすぐ切れる", "TransformerとBERTの違いを調べる"),
        *("髙島屋", "𠮷野家", "渡邉", "最高🙂", "[MASK]は[MASK]です", "ラーメン", "2026年"),
    ),
    "en": (
        *(
            "The film was wonderful.",
            "Great",
            "ＯＫ",
            "hello 🙂",
            "Take one [MASK] before every meal.",
            "Beyoncé's naïve café",
            "Müller scored twice",
        ),
        *("Les Paul guitar, great sound", "Los Angeles Lakers win again", "Blue van crashed near bridge", "Good value, fast delivery"),
        "We spent all of the summer in 東京 with friends from school",
    ),
    "zh": ("这部电影真的非常精彩我们都很喜欢看", "这个很好", "電影非常精彩我喜歡你們的產品"),
    "ko": ("좋아요", "이 영화는 정말 재미있었다"),
    "other": (
        *(
            "Der Film war nicht gut und das Ende ist schlecht",
            "Sehr schöne Farbe, passt prima",
            "Die Lieferung kam leider zwei Wochen zu spät",
        ),
        *("Ce film est très mauvais et je ne recommande pas", "Esta película es muy aburrida", "Il film è molto bello"),
        *("Este filme é muito bom, não percam", "De film was niet goed maar wel grappig", "Filmen var inte bra och slutet är dåligt"),
        *("Ten film jest bardzo dobry", "Bu film çok güzel değil", "Bộ phim này rất hay", "Film ini bagus dan tidak membosankan yang lain"),
        *("Tämä elokuva oli hyvä", "Это очень хороший фильм", "Ця книга чудова", "مرحبا بالعالم", "यह फिल्म अच्छी है"),
        *("ภาพยนตร์เรื่องนี้ดีมาก", "Η ταινία ήταν καλή", "הסרט היה טוב"),
    ),
    "none": ("🙂🙂", "12345 !?", "", "　", "[MASK]"),
}
EVERY = [(text, language) for language, texts in TEXTS.items() for text in texts]


@pytest.mark.parametrize(("text", "language"), EVERY)
def test_languages(text, language):
    assert detect(text) == language


def test_a_table_before_training_and_a_table_of_predictions_say_the_same():
    """A model for English: the doctor names the rows that get a note beside their prediction, and both are right."""
    texts = [text for text, _ in EVERY]
    frame = pd.DataFrame({"text": texts, "label": ["a", "b"] * (len(texts) // 2) + ["a"] * (len(texts) % 2)}, dtype="str")
    report = examine(frame, "text", "label", reads=("en",))
    (foreign,) = [finding for finding in report.findings if finding.kind == "wrong-language"]
    notes = scored(texts, [Prediction("a", 1.0, {"a": 1.0})] * len(texts), ["a"], "en").notes
    expected = [row for row, (_, language) in enumerate(EVERY) if language not in ("en", "none")]
    assert list(foreign.rows) == [row for row, note in enumerate(notes) if note == "other language"] == expected
    assert "中国語" in foreign.in_language("ja") and "another language" in foreign.in_language("en")


def test_flags_say_what_a_model_was_not_made_for():
    assert flags("The film was wonderful.", "en") == ()
    assert flags("The film was wonderful.", "ja") == ("models.flag_other_language",)
    assert flags("  ", "en") == ("models.flag_empty",)
    assert flags("🙂", "ja", truncated=True) == ("models.flag_no_letters", "models.flag_truncated")
    assert flags("Это", None) == ()
    for key in ("models.flag_empty", "models.flag_no_letters", "models.flag_other_language", "models.flag_truncated"):
        assert message(key, "ja") != message(key, "en")


def test_most_texts_decide_and_other_languages_have_no_voice():
    assert main_language(["最高", "良い", "Great"]) == "ja"
    assert main_language([*TEXTS["other"], "最高"]) == "ja"
    assert main_language([]) == main_language(["🙂"]) == main_language(TEXTS["other"]) == "en"


def test_a_word_of_japanese_is_seen_in_any_text():
    assert has_japanese("We went to 東京") and has_japanese("ｱ") and has_japanese("々")
    assert not has_japanese("Tōkyō ・ 한국어 ประเทศ 1,000円"[:-1])


def test_a_long_text_costs_no_more_than_its_beginning():
    assert detect("Great. " * 300 + "最高" * 100_000) == "en"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["猫が座る。", "The cat sits on the mat."], ("en", "ja")),
        (["猫が座る。", "犬が走る。", "The cat sits on the mat."], ("ja", "en")),
        (["猫が座る。", "犬が走る。", "鳥が鳴く。", "魚が泳ぐ。", "雨が降る。", "AI"], ("ja",)),  # at home in Japanese text
        (["犬", "dog", "猫", "cat"], ("en", "ja")),  # a list of words
        (["猫が座る。"] * 99 + ["The cat sits on the mat."], ("ja",)),  # one row in a hundred
        (["The cat sits on the mat."], ("en",)),
        (["猫が座る。", "Der Hund ist nicht im Garten und das ist gut."], ("ja",)),
        ([], ("en",)),
    ],
)
def test_a_text_collection_is_in_one_language_or_in_both(texts, expected):
    assert languages_in(texts) == expected
