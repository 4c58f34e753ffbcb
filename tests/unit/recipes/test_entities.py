"""The rows of the named-entity sets follow the rules of the app's decoding."""

import pytest

from recipes.entities import Tagged, ruled, titled


def row(text: str, *names: tuple[str, str]) -> Tagged:
    return Tagged(text, tuple((text.index(name), text.index(name) + len(name), kind) for name, kind in names), "s", "d")


def names(tagged: Tagged) -> list[tuple[str, str]]:
    return [(tagged.text[start:end], kind) for start, end, kind in tagged.entities]


@pytest.mark.parametrize(
    ("text", "given", "kept"),
    [
        ("thanks @nasa and @tim", [("@nasa", "ORG"), ("@tim", "PER")], []),
        ("so #Tokyo it is", [("#Tokyo", "LOC")], [("Tokyo", "LOC")]),
        ("Dr . Emily Brown came", [("Dr . Emily Brown", "PER")], [("Emily Brown", "PER")]),
        ("the film Dr. No", [("Dr. No", "MISC")], [("Dr. No", "MISC")]),
        ("花子ちゃんと田中氏と氏", [("花子ちゃん", "人名"), ("田中氏", "人名")], [("花子", "人名"), ("田中", "人名")]),
        ("ちびまる子ちゃんを見た", [("ちびまる子ちゃん", "製品名")], [("ちびまる子ちゃん", "製品名")]),
        ("mail tim@apple.com", [("apple", "ORG")], []),
        ("Obama🇺🇸 won", [("Obama🇺🇸", "PER")], [("Obama", "PER")]),
    ],
)
def test_handles_addresses_emoji_and_titles_stand_outside_names(text, given, kept):
    made = ruled(row(text, *given))
    assert names(made) == kept
    assert len(made.text) == len(text) and "🇺" not in made.text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_titles_are_added_beside_names_and_the_names_stay(language):
    rows = [
        row(f"in {i} Tim Cook met Ann Lee at Apple", ("Tim Cook", "PER"), ("Ann Lee", "PER"), ("Apple", "ORG"))
        if language == "en"
        else row(f"{i}年に田中花子は鈴木一郎と東京で会った", ("田中花子", "人名"), ("鈴木一郎", "人名"), ("東京", "地名"))
        for i in range(100)
    ]
    made = titled(rows, language)
    assert 15 < len(made) < 45
    of_text = {names(one)[0][0]: names(one) for one in rows}
    for one in made:
        assert names(one) == of_text[names(one)[0][0]]
        assert one.text not in {before.text for before in rows}
    assert made == titled(rows, language)
