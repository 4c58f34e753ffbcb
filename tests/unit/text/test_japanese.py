"""Exact characters for Japanese, for any text: the tokenizer's own tokens, each with the stretch of the text it came from."""

import json
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from components.models import adapters, files
from components.text.japanese import morphemes, normalize, pieces
from components.text.tokens import Aligner, readable
from tests.unit.models import tiny

HARD = [
    "ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟﾌﾟ",
    "１２３．５％",
    "㍿東京㌢㍍",
    "か\u3099き\u309aは゛",
    "e\u0301\u0323e\u0323\u0301",
    "👨‍👩‍👧‍👦東京🇯🇵",
    "東京\n大阪\r\n京都\t奈良\u3000神戸\u00a0\u2028\u200b",
    "\ufdfa\ufb03ｗｗｗ",
    "각한글\u1100\u1161\u11a8",
    "a\0b東京",
    "\ud800東京",
    "[MASK]は[SEP]東京[CLS]",
    "İstanbul ΑΣ",
    "\u0301\u0301",
    "",
    " ",
]
TEXT = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from([*HARD, "東京", "大学", "自然言語処理", "ﾃﾞｰﾀ", "㈱", "゙", "ﾞ", "ﾟ", " ", "\n", "A", "é"]), max_size=6).map(
        "".join
    ),
)


@pytest.fixture(scope="module", params=["unidic", "ipadic", "lower", "character"])
def tokenizer(request, tmp_path_factory):
    values = {
        "unidic": {},
        "ipadic": {"mecab_kwargs": {"mecab_dic": "ipadic"}},
        "lower": {"do_lower_case": True},
        "character": {"subword_tokenizer_type": "character"},
    }[request.param]
    return tiny.japanese_tokenizer(tmp_path_factory.mktemp(request.param), **values)


@settings(deadline=None, max_examples=400)
@given(TEXT)
def test_normalisation_is_nfkc_and_its_way_back_covers_the_text(text):
    normal = normalize(text)
    assert normal.text == unicodedata.normalize("NFKC", text)
    assert len(normal.spans) == len(normal.text)
    if normal.spans:
        ends = [span[1] for span in normal.spans]
        assert ends == sorted(ends) and all(0 <= start < end <= len(text) for start, end in normal.spans)
        for start, end in set(normal.spans):
            own = "".join(c for c, span in zip(normal.text, normal.spans, strict=True) if span == (start, end))
            assert own == unicodedata.normalize("NFKC", text[start:end])


@settings(deadline=None, max_examples=250)
@given(text=TEXT)
@example(text="".join(HARD))
@example(text="㍿ＡＢＣは、ﾃﾞｰﾀを１００％処理です。")
def test_tokens_are_the_tokenizers_own_and_their_places_exact(tokenizer, text):
    text = readable(text)
    found = pieces(tokenizer, text)
    assert [piece.token for piece in found] == tokenizer.tokenize(text)
    assert all(0 <= piece.start < piece.end <= len(text) for piece in found)
    assert [piece.start for piece in found] == sorted(piece.start for piece in found)
    words = [piece.word for piece in found]
    assert words == sorted(words) and set(words) == set(range(len(set(words))))
    for piece in found:
        if piece.token not in tokenizer.all_special_tokens:
            # A token is the normalised text of its place, or part of it where one original character gave several tokens.
            place = unicodedata.normalize("NFKC", text[piece.start : piece.end])
            assert piece.token.removeprefix("##") in (place.lower() if tokenizer.do_lower_case else place)


def test_half_width_kana_and_company_sign(tmp_path):
    tokenizer = tiny.japanese_tokenizer(tmp_path)
    text = "㍿ｶﾞﾝﾊﾞﾙは東京です"
    places = {text[piece.start : piece.end] for piece in pieces(tokenizer, text)}
    assert {"㍿", "東京", "です"} <= places
    assert any(place.startswith("ｶﾞ") for place in places)


def test_first_japanese_berts_get_the_dictionary_they_were_made_with(tmp_path):
    """Their tokenizer_config.json names no dictionary; ipadic keeps 公務員 whole, unidic-lite cuts it."""
    folder = tiny.save(tmp_path / "v1", "BertModel", "ja")
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text())
    assert [p.token for p in pieces(AutoTokenizer.from_pretrained(folder), "公務員")] == ["公務", "員"]
    config["mecab_kwargs"] = None
    path.write_text(json.dumps(config))
    tokenizer = adapters.tokenizer(files.find(folder))
    assert [p.token for p in pieces(tokenizer, "公務員")] == ["公務員"]


def test_morphemes_have_part_of_speech_reading_and_base_form():
    found = morphemes("東京へ行った。")
    assert [morpheme.text for morpheme in found] == ["東京", "へ", "行っ", "た", "。"]
    assert found[0].part_of_speech.startswith("名詞") and found[0].reading == "トウキョウ"
    assert found[2].base_form == "行く"


@settings(deadline=None, max_examples=100)
@given(text=TEXT)
def test_morphemes_keep_their_characters(text):
    text = readable(text)
    for morpheme in morphemes(text):
        assert text[morpheme.start : morpheme.end] == morpheme.text


def test_windows_and_special_tokens_equal_the_library(tmp_path):
    tokenizer = tiny.japanese_tokenizer(tmp_path)
    aligner = Aligner(tokenizer, 64)
    for text, pair in [("東京大学です。", None), ("東京です", "大阪は京都"), ("", None), ("", "")]:
        expected = tokenizer(text, pair, return_token_type_ids=True) if pair is not None else tokenizer(text, return_token_type_ids=True)
        ours = aligner.tokenize(text, pair)
        assert list(ours.ids) == expected["input_ids"]
        assert list(ours.token_type_ids) == expected["token_type_ids"]
