"""The tokens page without a browser, on the real bundled tokenizer and on tiny Japanese models."""

import json
import runpy
from pathlib import Path

import pytest

from components.messages import message
from components.models import files, load
from components.models.tokenizers import load_tokenizer
from components.ui.widgets.code import snippet_text, with_settings
from tests.pages.conftest import assert_well, drawn
from tests.unit.models import tiny

NAME = message("models.name.embed-en", "en")
PARTS = ("split", "input", "parameters", "japanese")


@pytest.fixture
def japanese_backbone(tmp_path, monkeypatch) -> str:
    """A models folder that holds a tiny Japanese backbone, as the real one will lie there."""
    tiny.save(tmp_path / "backbone-ja", "BertModel", "ja")
    monkeypatch.setattr(files, "MODELS", tmp_path)
    return "backbone-ja"


def code(app) -> str:
    return next(block.value for block in app.code)


def run_snippet(text: str, tmp_path: Path) -> dict:
    path = tmp_path / "snippet.py"
    path.write_text(text, encoding="utf-8")
    return runpy.run_path(str(path))


def tracks(app) -> dict:
    """What the tracks were sent."""
    (found,) = (part for part in app.get("bidi_component") if "tok_tracks" in part.proto.id)
    return json.loads(found.proto.json)


def pieces(app, place: int) -> list[str]:
    """The tokens of one track."""
    return [token for piece in tracks(app)["tracks"][place]["pieces"] for token in piece[2]]


def title(app) -> str:
    return next(part.proto.body for part in app.get("html") if "hi-finding" in part.proto.body)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_in_both_languages(open_page, language, part):
    app = open_page("tokens", language, tok_part=part)
    assert app.title[0].value == message("tokens.title", language)
    assert "# --- the computation ---" in code(app)


def test_tokens_change_with_the_text(open_page):
    app = open_page("tokens", "en")
    assert pieces(app, 0)[:3] == ["the", "cat", "slept"] and [track["name"] for track in tracks(app)["tracks"]] == [
        "English BERT",
        "Japanese BERT",
    ]
    app.text_area(key="tok_text").set_value("最悪の体験でした").run()
    assert_well(app)
    japanese, english = tracks(app)["tracks"]
    assert (japanese["name"], english["name"]) == ("Japanese BERT", "English BERT")
    assert sum(piece[4] for piece in english["pieces"]) == 4 == english["pieces"].__len__() - 4 and "“" in title(app)
    assert tracks(app)["chosen"] == [0, 1]
    reading = app.dataframe[0].value
    assert reading.iloc[0].tolist()[2] == "サイアク"


def test_every_character_but_spaces_has_its_place_in_every_track(open_page, language):
    for text in ("猫は疲れていたので、マットの上で眠った。", "The cat slept on the mat."):
        app = open_page("tokens", language, tok_text=text)
        for track in tracks(app)["tracks"]:
            covered = {place for start, end, *_ in track["pieces"] for place in range(start, end)}
            assert covered == {place for place, character in enumerate(text) if character != " "}
        assert {place for start, end, *_ in tracks(app)["words"] for place in range(start, end)} == covered


def test_a_cat_is_unknown_to_an_english_tokenizer(open_page, language):
    app = open_page("tokens", language, tok_text="猫")
    english = tracks(app)["tracks"][1]
    assert [piece[3:5] for piece in english["pieces"]] == [[[100], True]] and "<q>猫</q>" in title(app)
    assert message("tokens.bert_en", language) in title(app)


def test_the_snippet_counts_what_the_page_counts(open_page, tmp_path):
    text = "Unbelievably, ﾊﾞｯｸﾞを学習させた"
    app = open_page("tokens", "en", tok_text=text)
    found = run_snippet(code(app), tmp_path)
    assert found["counts"]["embed-en"] == len(load_tokenizer("embed-en").align(text))
    counts = {track["name"]: track["count"] for track in tracks(app)["tracks"]}
    assert counts["English BERT"] == message("tokens.pieces", "en", n=found["counts"]["embed-en"])
    assert counts["Japanese BERT"] == message("tokens.pieces", "en", n=found["counts"]["backbone-ja"])
    assert tracks(app)["say"]["length"] == message("tokens.length", "en", n=found["counts"]["characters"])


def test_a_japanese_tokenizer_is_found_and_its_subwords_stand_beside_the_words(open_page, japanese_backbone, language):
    app = open_page("tokens", language, tok_text="東京大学の公務員です")
    assert message("tokens.no_japanese_tokenizer", language) not in [caption.value for caption in app.caption]
    words = app.dataframe[0].value
    assert message("tokens.bert_ja", language) in words.columns
    split = " ".join(words[message("tokens.bert_ja", language)]).split()
    aligned = load_tokenizer(japanese_backbone).align("東京大学の公務員です")
    assert split[::2] == list(aligned.tokens) and split[1::2] == [str(id) for id in aligned.ids]
    assert "公務員" not in " ".join(words.iloc[:, 0])  # unidic-lite cuts it in two


def test_without_a_japanese_tokenizer_the_page_says_so(open_page, tmp_path, monkeypatch, language):
    monkeypatch.setattr(files, "MODELS", tmp_path)
    app = open_page("tokens", language, tok_text="自然言語処理")
    assert message("tokens.no_japanese_tokenizer", language) in [caption.value for caption in app.caption]


def test_a_further_tokenizer_can_be_added_and_a_wrong_one_costs_nothing(open_page, tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_LOCAL_MODELS", "1")
    folder = tiny.save(tmp_path / "own", "BertModel")
    app = open_page("tokens", "en", tok_text="sitting")
    app.text_input(key="tok_other").set_value(str(folder)).run()
    assert_well(app)
    assert "s" in pieces(app, 1) and tracks(app)["tracks"][1]["name"] == str(folder)
    app.text_input(key="tok_other").set_value("no such model").run()
    assert not app.exception and "“no such model” is not a model name" in app.error[0].value
    assert len(tracks(app)["tracks"]) == 2


def test_the_input_is_what_the_library_gives(open_page, tmp_path):
    app = open_page("tokens", "en", tok_part="input")
    app.text_input(key="tok_pair").set_value("Fine, thanks.").run()
    assert_well(app)
    shapes = app.table[0].value
    run = load("embed-en", "encoder").run(message("tokens.default_text", "en"), "Fine, thanks.")
    assert shapes.loc["last_hidden_state", NAME] == str((1, *run.last_hidden_state.shape)) == "(1, 18, 384)"
    assert shapes.loc["pooler_output", NAME] == "(1, 384)"
    found = run_snippet(code(app), tmp_path)
    assert found["inputs"]["input_ids"][0].tolist() == list(run.text.ids) == app.dataframe[0].value["input_ids"].tolist()
    assert found["inputs"]["token_type_ids"][0].tolist() == app.dataframe[0].value["token_type_ids"].tolist()
    assert str(tuple(found["outputs"].last_hidden_state.shape)) == shapes.loc["last_hidden_state", NAME]


def test_a_model_without_a_pooler_says_so_and_long_text_names_what_was_cut(open_page, tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_LOCAL_MODELS", "1")
    folder = tiny.save(tmp_path / "own", "BertForMaskedLM")
    app = open_page("tokens", "en", tok_part="input", tok_model=str(folder), tok_text="cat " * 100)
    assert app.table[0].value.loc["pooler_output", str(folder)] == message("tokens.no_pooler", "en")
    assert app.table[0].value.loc["input_ids", str(folder)] == "(1, 64)"
    assert any("38 did not fit" in warning.value for warning in app.warning)


def test_parameters_are_the_librarys_for_any_configuration(open_page, tmp_path):
    app = open_page("tokens", "en", tok_part="parameters")
    table = app.dataframe[0].value
    assert table.loc["Total", "BERT-Base"] == "109,482,240" and table.loc["Total", "BERT-Large"] == "335,141,888"
    assert table.loc["Total", "English BERT"] == "22,713,216"
    app.number_input(key="par_hidden_size").set_value(96)
    app.number_input(key="par_num_hidden_layers").set_value(3).run()
    app.toggle(key="par_pooler").set_value(False).run()
    assert_well(app)
    found = run_snippet(code(app), tmp_path)
    own = app.dataframe[0].value["Your own"]
    assert [f"{count:,}" for count in found["parts"].values()] == own.tolist()[:-1] and own["Total"] == f"{found['total']:,}"
    assert found["parts"]["pooler"] == 0


def test_the_areas_are_the_counts_of_the_chosen_configuration(open_page, language):
    app = open_page("tokens", language, tok_part="parameters")
    assert drawn(app, "figure-tokens-parameters", field="values")[0] == 109_482_240 and "109,482,240" in title(app) and "52%" in title(app)
    app.button_group(key="par_shown").set_value("embed-en").run()
    assert_well(app)
    values = drawn(app, "figure-tokens-parameters", field="values")
    assert values[0] == 22_713_216 == values[1:].sum() and message("tokens.part_word_embeddings", language) in title(app)


@pytest.mark.parametrize(("field", "value", "said"), [("par_num_attention_heads", 7, "512"), ("par_hidden_size", 0, "1")])
def test_an_impossible_configuration_gets_a_sentence(open_page, language, field, value, said):
    app = open_page("tokens", language, tok_part="parameters")
    app.number_input(key=field).set_value(value).run()
    assert not app.exception and len(app.error) == 1 and said in app.error[0].value
    assert [box for box in app.expander if box.label == message("common.tab_code", language)] or app.markdown  # the explanation stays


@pytest.mark.parametrize("text", ["   ", "\n"])
def test_an_empty_text_gets_a_sentence(open_page, language, text):
    app = open_page("tokens", language)
    app.text_area(key="tok_text").set_value(text).run()
    assert not app.exception and app.error[0].value == message("tokens.empty", language)


@pytest.mark.parametrize("text", ["😀", "a", "<script>alert(1)</script>", "\0\x07", "שלום עולם", "x" * 10_000, "か" * 3_000])
def test_any_text_is_split_and_escaped(open_page, text):
    app = open_page("tokens", "ja")
    app.text_area(key="tok_text").set_value(text).run()
    assert_well(app)
    assert "<script>" not in title(app)


def test_too_long_a_text_is_refused_in_words(open_page):
    app = open_page("tokens", "en")
    app.text_area(key="tok_text").set_value("x" * 10_001).run()
    assert "10,001" in app.error[0].value and app.text_area(key="tok_text").value == "x" * 10_001


def test_the_japanese_table_corrects_the_chapter(open_page, language, japanese_backbone):
    app = open_page("tokens", language, tok_part="japanese")
    table = app.table[0].value
    nict = table.loc[message("tokens.ja_nict_model", language)]
    assert "SentencePiece" in nict.iloc[0] and "MeCab" in nict.iloc[1] and "Juman" in nict.iloc[1]
    assert table.iloc[0, -1] == message("tokens.ja_here_yes", language) and table.iloc[1, -1] == message("tokens.ja_here_no", language)
    app.selectbox(key="tok_ja").set_value("own").run()
    assert_well(app)
    assert f"models/{japanese_backbone}" in code(app)


def test_loading_a_japanese_bert_names_the_old_dictionary(tmp_path):
    """The snippet on a local stand-in for the chapter's model: its 公務員 stays whole only with ipadic."""
    folder = tiny.save(tmp_path / "tohoku", "BertModel", "ja")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings.pop("mecab_kwargs", None)
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | {"tokenizer_class": "BertJapaneseTokenizer"}))
    text = with_settings(snippet_text("japanese_bert"), {"model": str(folder), "text": "公務員です"})
    assert "公務員" not in run_snippet(text, tmp_path)["tokens"]
    older = text.replace('older = {"tohoku-nlp/bert-base-japanese",', f'older = {{"{folder}", "tohoku-nlp/bert-base-japanese",')
    found = run_snippet(older, tmp_path)
    assert "公務員" in found["tokens"] and tuple(found["outputs"].last_hidden_state.shape) == (1, len(found["tokens"]), 16)
