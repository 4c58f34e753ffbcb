"""Attention of a real BERT, driven without a browser."""

import json

import numpy as np
import pytest

from components.messages import message
from components.models import load
from components.views.bert_attention.page import PRESET_CHOSEN, PRESET_HEADS
from tests.pages.conftest import assert_well, plain

SENTENCE = "The cat sat on the mat because it was tired."


def spec(app, key: str) -> dict:
    """The Plotly figure that the page sent under `key`."""
    return json.loads(next(chart for chart in app.get("plotly_chart") if key in chart.proto.id).proto.spec)


def captions(app) -> str:
    return " ".join(text.value for text in [*app.markdown, *app.caption])


def button_words(language: str, name: str) -> str:
    return message(f"bert_attention.{name}", language)


@pytest.fixture(scope="module")
def attentions() -> np.ndarray:
    return load("embed-en", task="encoder").run(SENTENCE, attentions=True).attentions


def choose(app, key: str, value: str):
    app.session_state[key] = value
    return app.run()


def test_opens_with_a_head_of_the_example(open_page, language):
    app = open_page("bert_attention", language)
    layer, head = {"en": (4, 2), "ja": (6, 4)}[language]
    assert message("bert_attention.name_head", language, layer=layer, head=head) in captions(app)
    assert len(app.get("plotly_chart")) >= 5
    assert app.text_area(key="ba_text").value == message("bert_attention.pronoun_a", language)


@pytest.mark.parametrize(
    ("spoken", "preset", "wanted"),
    [("en", "pronoun", "cat"), ("ja", "pronoun", "猫"), ("ja", "pair", "マット"), ("ja", "bank", "橋")],
)
def test_the_head_of_an_example_links_the_token_to_what_it_goes_with(spoken, preset, wanted):
    """Besides [CLS] and [SEP], which take what a head has no use for."""
    encoder = load(f"embed-{spoken}", task="encoder")
    text = message(f"bert_attention.{preset}_a", spoken)
    pair = message(f"bert_attention.{preset}_b", spoken) if preset == "pair" else None
    layer, head = (int(number) for number in PRESET_HEADS[spoken][preset])
    tokens = encoder.tokenize(text, pair).tokens
    (chosen,) = PRESET_CHOSEN[spoken][preset]
    place = int(chosen.split()[0]) - 1
    assert tokens[place] == chosen.split()[1]
    row = encoder.run(text, pair, attentions=True).attentions[layer - 1, head - 1, place]
    words = sorted((number for number, token in enumerate(tokens) if token[0] != "["), key=lambda number: -row[number])
    assert tokens[words[0]] == wanted


def test_the_numbers_are_the_models(open_page, attentions):
    app = open_page("bert_attention", "en", ba_view="matrix", ba_layer="6", ba_head="12")
    figure = spec(app, "bert-attention-matrix")
    z = decoded(figure["data"][0]["z"])
    np.testing.assert_allclose(z, attentions[5, 11], atol=1e-5)


def test_whole_words_hidden_specials_and_rollout_change_the_matrix(open_page):
    app = open_page("bert_attention", "en", ba_view="matrix", ba_text="Tokenization works well")
    assert decoded(spec(app, "bert-attention-matrix")["data"][0]["z"]).shape == (6, 6)
    choose(app, "ba_words", True)
    assert decoded(spec(app, "bert-attention-matrix")["data"][0]["z"]).shape == (5, 5)
    choose(app, "ba_hide", True)
    part = decoded(spec(app, "bert-attention-matrix")["data"][0]["z"])
    assert part.shape == (3, 3) and (part.sum(axis=1) < 1).all()
    choose(app, "ba_share", True)
    np.testing.assert_allclose(decoded(spec(app, "bert-attention-matrix")["data"][0]["z"]).sum(axis=1), 1, atol=1e-6)
    choose(app, "ba_source", "rollout")
    assert_well(app)
    assert message("bert_attention.name_rollout", "en", layer=app.session_state["ba_layer"]) in captions(app)


def test_a_pair_can_be_cut_to_one_direction(open_page):
    app = open_page("bert_attention", "en", ba_view="matrix", ba_example="pair")
    assert decoded(spec(app, "bert-attention-matrix")["data"][0]["z"]).shape == (7, 9)  # B -> A
    choose(app, "ba_direction", "all")
    assert decoded(spec(app, "bert-attention-matrix")["data"][0]["z"]).shape == (16, 16)


def test_averaging_two_heads(open_page, attentions):
    app = open_page("bert_attention", "en", ba_view="matrix", ba_source="mean")
    app.multiselect(key="ba_heads").set_value(["1.3", "2.9"]).run()
    assert_well(app)
    z = decoded(spec(app, "bert-attention-matrix")["data"][0]["z"])
    np.testing.assert_allclose(z, (attentions[0, 2] + attentions[1, 8]) / 2, atol=1e-5)


@pytest.mark.parametrize("view", ["arcs", "matrix", "text"])
@pytest.mark.parametrize(
    "text", ["</script><img src=x onerror=alert(1)>", "\"quotes\" & 'more' `code` $x$", "👍🏽 مرحبا بالعالم", "東京タワー"]
)
def test_any_text_is_shown(open_page, view, text):
    app = open_page("bert_attention", "en", ba_view=view, ba_text=text, ba_words="true")
    app.multiselect(key="ba_chosen").set_value([app.multiselect(key="ba_chosen").options[1]]).run()
    assert_well(app)


def test_a_long_text_is_said_to_be_cut_and_where(open_page, language):
    app = open_page("bert_attention", language, ba_view="arcs")
    app.text_area(key="ba_text").set_value("word " * 509 + "end " + "more " * 100).run()
    assert_well(app)
    (warning,) = app.warning
    assert "word end" in warning.value and "512" in warning.value and "100" in warning.value


@pytest.mark.parametrize("view", ["arcs", "matrix", "text"])
def test_a_view_of_512_tokens_sends_at_most_two_megabytes(open_page, view):
    app = open_page("bert_attention", "en", ba_view=view)
    app.text_area(key="ba_text").set_value("Nobody knows who wrote this unusually long text. " * 80).run()
    assert_well(app)
    sent = sum(len(chart.proto.spec) for chart in app.get("plotly_chart"))
    sent += sum(component.proto.ByteSize() for component in app.get("bidi_component"))
    assert 100_000 < sent <= 2_000_000


def test_masking_a_word_moves_the_sentence(open_page, language):
    app = open_page("bert_attention", language, ba_experiment="mask", ba_text=SENTENCE)
    cosine = float(app.metric[0].value)
    assert cosine < 0.9
    assert any("bert-attention-difference" in chart.proto.id for chart in app.get("plotly_chart"))


def test_switching_heads_off_and_on(open_page, language):
    app = open_page("bert_attention", language, ba_experiment="off", ba_text=SENTENCE)
    one = float(app.metric[0].value)
    next(button for button in app.button if button.label == button_words(language, "off_layer")).click().run()
    layer = float(app.metric[0].value)
    next(button for button in app.button if button.label == button_words(language, "off_none")).click().run()
    assert layer < one < 1 and float(app.metric[0].value) == 1


def test_every_head_is_measured_on_request(open_page):
    app = open_page("bert_attention", "en", ba_experiment="off", ba_text="Birds sing.")
    app.button(key="ba_measure").click().run()
    assert_well(app)
    values = decoded(spec(app, "bert-attention-importance")["data"][0]["z"])
    encoder = load("embed-en", task="encoder")
    before, after = encoder.run("Birds sing."), encoder.run("Birds sing.", masked_heads=[(5, 3)])
    a, b = (output.last_hidden_state.mean(axis=0).astype(np.float64) for output in (before, after))
    assert values[5, 3] == pytest.approx(1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-6)


def test_wrong_input_gets_one_sentence_and_stays(open_page, language):
    app = open_page("bert_attention", language)
    app.text_area(key="ba_text").set_value("  ").run()
    assert [error.value for error in app.error] == [message("bert_attention.no_text", language)]
    app.text_area(key="ba_text").set_value("a" * 20_001).run()
    assert "20,001" in app.error[0].value


@pytest.mark.parametrize("id", ["../../etc", "nobody/no-such-model", "a b c"])
def test_a_model_that_is_not_there_gets_one_sentence(visit_page, language, id):
    app = visit_page("bert_attention", language, ba_model=id)
    said = [banner.value for banner in [*app.error, *app.warning]]
    assert not app.exception and len(said) == 1
    assert said[0] == message("models.local_off", language) if id.startswith(".") else id in plain(said[0])


def test_japanese_on_an_english_model_is_said_plainly(open_page, language):
    app = open_page("bert_attention", language, ba_model="embed-en", ba_text="猫が眠る。")
    assert message("encoders.japanese_on_english", language) in captions(app)


def decoded(z) -> np.ndarray:
    """A Plotly array, typed or plain, as numbers."""
    if isinstance(z, dict):
        import base64

        shape = [int(side) for side in str(z.get("shape", "-1")).split(",")]
        return np.frombuffer(base64.b64decode(z["bdata"]), dtype=z["dtype"]).reshape(shape)
    return np.array(z, dtype=float)


def test_a_link_to_the_first_layer_stays_there(open_page):
    app = open_page("bert_attention", "en", ba_layer="1", ba_head="3")
    assert message("bert_attention.name_head", "en", layer=1, head=3) in captions(app)
    assert app.query_params["ba_layer"] in ("1", ["1"]) and app.query_params["ba_head"] in ("3", ["3"])
