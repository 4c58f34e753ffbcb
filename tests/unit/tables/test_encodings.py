"""Encodings, judged on tables whose text is known: a reading is right where it gives back exactly what was written."""

import time
from functools import cache

import pytest

from components.tables.encoding import Found, find_readings
from components.tables.known_encodings import CODECS, ENCODINGS
from components.tables.table import read_table
from tests.unit.tables.writings import CENTRAL, LANGUAGES, WEST, Case, cases

LATIN = [name for name, language in LANGUAGES.items() if set(language.encodings) & {*WEST, *CENTRAL}]


@cache
def judged(language: str) -> list[tuple[Case, Found, bool]]:
    found = []
    for case in cases(language):
        data = case.data
        reading = find_readings(data)
        found.append((case, reading, right(case, data, reading.encoding)))
    return found


def right(case: Case, data: bytes, encoding: str) -> bool:
    return data.decode(encoding, "replace").removeprefix("\ufeff") == case.text


def wrong(language: str, *encodings: str) -> list[tuple[str, str, str, str]]:
    """What was read wrong: kind, encoding, the codec found and the start of the text."""
    return [
        (case.kind, case.encoding, found.encoding, case.text[:60])
        for case, found, fine in judged(language)
        if not fine and (not encodings or case.encoding in encodings)
    ]


@pytest.mark.parametrize("language", [name for name in LATIN if "cp1252" in LANGUAGES[name].encodings])
def test_western_text_as_windows_and_the_web_write_it_is_right_in_every_kind_of_table(language):
    assert wrong(language, "cp1252", "latin-1") == []


def test_japanese_is_right_however_little_there_is():
    assert [one for one in wrong("ja") if one[0] != "a single word" or "utf-16" not in one[1]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_sentences_is_right_in_every_encoding(language):
    assert [one for one in wrong(language) if one[0] == "many rows"] == []


def test_rare_encodings_are_mostly_right_and_a_wrong_reading_seldom_hides_the_right_one():
    every = [one for language in LANGUAGES for one in judged(language)]
    missed = [(case, found) for case, found, fine in every if not fine]
    hidden = [one for one in missed if not any(right(one[0], one[0].data, other.encoding) for other in one[1].alternatives)]
    assert len(missed) < 0.08 * len(every) and len(hidden) < 0.02 * len(every)
    clear = [found for case, found, fine in every if case.kind == "many rows" and not found.alternatives]
    assert len(clear) > 0.9 * len([case for case, *_ in every if case.kind == "many rows"])


@pytest.mark.parametrize("plain_rows", [0, 500, 6000])
@pytest.mark.parametrize(
    "line",
    ["that’s fine and I don’t mind", "costs £0 a piece", "20°C in the shade", "½ of it, 3 m²", "je suis déçu du service", "er was één probleem", "El niño", "Åsa och Göran Öberg", "it costs €5 – not €6", "the dogs’ home", "naïve", "Beyoncé", "“Great”, he said…", "© 2020 Acme®", "jalapeño", "mañana"],
)  # fmt: skip
def test_one_western_line_among_plain_ones_is_never_taken_for_japanese(line, plain_rows):
    rows = [f"plain words {number},0" for number in range(plain_rows)]
    rows.insert(plain_rows // 2, f'"{line}",1')
    table = read_table("\n".join(["text,label", *rows]).encode("cp1252"), "reviews.csv")
    assert line in set(table.frame["text"])


@pytest.mark.parametrize(
    "line", ["that’s the best café", "Zoë Kravitz", "Penélope Cruz", "don’t", "François Truffaut", "Señor Núñez", "Jürgen"]
)
def test_what_a_mac_wrote_is_read_or_offered(line):
    table = read_table(f"text,label\r{line},1\rplain,0\r".encode("mac-roman"), "reviews.csv")
    readings = [table.frame["text"][0], *(other.line for other in table.alternatives)]
    assert any(line in reading for reading in readings)


def test_utf8_with_broken_bytes_stays_utf8_and_the_lines_are_listed_with_a_sign_in_the_place():
    rows = ["これは良い本です,1", "残念でした,0", "また来ます,1"]
    data = "\n".join(["本文,ラベル", *rows]).encode().replace("念".encode(), b"\xe5\xbf", 1)
    table = read_table(data, "reviews.csv")
    assert table.encoding == "utf-8" and table.frame["本文"].tolist() == ["これは良い本です", "また来ます"]
    assert [one.line for one in table.problems] == [3]
    assert "残�でした" in table.problems[0].in_language("ja")


def test_cp932_with_a_character_cut_in_half_stays_cp932():
    rows = ["これは良い本です,1", "残念でした,0", "また来ます,1"] * 3
    whole = "\n".join(["本文,ラベル", *rows]).encode("cp932")
    table = read_table(whole.replace("した,".encode("cp932"), b"\x82\xb5\x82,", 1), "reviews.csv")
    assert table.encoding == "cp932" and len(table.frame) == 8 and [one.line for one in table.problems] == [3]


def test_wide_characters_are_seen_without_a_mark():
    text = "text,label\nthat’s fine,1\nそうです,0\n"
    for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        assert read_table(text.encode(codec), "reviews.csv").frame["text"].tolist() == ["that’s fine", "そうです"]


def test_iso_2022_jp_is_read_with_half_width_kana_too():
    text = "text,label\nこれは良い本,1\nｶﾅ,0\n"
    assert read_table(text.encode("iso2022_jp_ext"), "reviews.csv").frame["text"].tolist() == ["これは良い本", "ｶﾅ"]


def test_the_only_telling_byte_may_stand_anywhere():
    rows = [f"déjà vu {number},0" for number in range(20_000)]
    for place in (0, 9_000, 19_999):
        table = read_table("\n".join(["text,label", *rows[:place], "prix : 5 € – “non”,1", *rows[place:]]).encode("cp1252"), "reviews.csv")
        assert "prix : 5 € – “non”" in set(table.frame["text"])


def test_two_readings_that_are_close_are_both_given_with_a_line_of_each():
    table = read_table("word\nHélčne\n".encode("cp1250"), "words.csv")
    others = {other.encoding: (other.taken, other.line) for other in table.alternatives}
    assert {table.encoding, *others} >= {"cp1250", "cp1252"}
    for taken, line in others.values():
        assert taken != line and taken == table.frame["word"][0]
    assert read_table("word\nHélčne\n".encode("cp1250"), "words.csv", encoding="cp1250").alternatives == ()


def test_all_that_can_be_found_can_be_chosen():
    assert len(set(ENCODINGS)) == len(ENCODINGS) == len(CODECS)
    for name in ENCODINGS:
        assert read_table("text,label\ngood,1\n".encode(name), "reviews.csv", encoding=name).frame["text"].tolist() == ["good"]


def test_a_large_file_is_told_at_a_small_file_s_cost():
    data = b"text,label\n" + "c’était très bien,1\n".encode("cp1252") * 1_000_000
    began = time.process_time()
    assert find_readings(data).encoding == "cp1252"
    assert time.process_time() - began < 2
