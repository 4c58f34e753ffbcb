"""Attention of a real BERT, driven without a browser."""

import json

import numpy as np
import pytest

from components.messages import message
from components.models import load
from components.transformer.head_kind import head_kind
from components.views.bert_attention.heads import count_finding
from components.views.bert_attention.presets import PRESET_CHOSEN, PRESET_HEADS
from tests.pages.conftest import assert_well, plain

SENTENCE = "The cat sat on the mat because it was tired."


def spec(app, key: str) -> dict:
    """The Plotly figure that the page sent under `key`."""
    return json.loads(next(chart for chart in app.get("plotly_chart") if key in chart.proto.id).proto.spec)


def captions(app) -> str:
    return " ".join(text.value for text in [*app.markdown, *app.caption])


def component(app, key: str) -> dict:
    """What the page sent to its own front-end code under `key`."""
    found = next(part for part in app.get("bidi_component") if key in part.proto.id)
    return json.loads(found.proto.mixed.json if found.proto.HasField("mixed") else found.proto.json)


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
    line = component(app, "ba_line")
    assert line["aside"] == message("bert_attention.name_head", language, layer=layer, head=head)
    assert line["words"][line["chosen"]] == {"en": "it", "ja": "眠っ"}[language]
    kind, target, _, percent = line["found"][line["chosen"]]
    assert (kind, line["words"][target]) == ("strong", {"en": "cat", "ja": "猫"}[language]) and percent > 40
    assert app.selectbox(key="ba_example").value == "pronoun"
    assert len(app.get("plotly_chart")) == 3
    assert app.text_area(key="ba_text").value == message("bert_attention.pronoun_a", language)


def test_the_threads_are_the_models_and_a_choice_is_kept(open_page, attentions):
    app = open_page("bert_attention", "en", ba_layer="6", ba_head="12", ba_words="false")
    line = component(app, "ba_line")
    for place, row in enumerate(attentions[5, 11]):
        flat = line["threads"][place]
        drawn = dict(zip(flat[::2], flat[1::2], strict=True))
        assert all(abs(drawn.get(other, 0) - 1000 * weight) <= (0.5 if other in drawn else 20) for other, weight in enumerate(row))
        assert line["found"][place][1] == int(row.argmax())
    app.session_state["ba_chosen"] = ["3 cat"]
    app.run()
    assert component(app, "ba_line")["chosen"] == 2 and app.query_params["ba_chosen"] in ("2", ["2"])


def test_every_head_stands_once_under_its_kind(open_page, language):
    app = open_page("bert_attention", language)
    sent = component(app, "ba_heads_picker")
    places = [place for group in sent["groups"] for place, _ in group["heads"]]
    assert sorted(places) == list(range(72))
    encoder = load(f"embed-{language}", task="encoder")
    if language == "en":  # shown in tokens: what the page measured can be measured here
        output = encoder.run(SENTENCE, attentions=True)
        kinds = [head_kind(output.attentions[place // 12, place % 12], output.text.special).kind for place in range(72)]
        for group in sent["groups"]:
            (kind,) = {kinds[place] for place, _ in group["heads"]}
            assert group["name"] == message(f"head_kind.{kind}", language)
    assert sent["selected"] == [{"en": 3 * 12 + 1, "ja": 5 * 12 + 3}[language]]
    most = max(sent["groups"], key=lambda group: len(group["heads"]))
    finding = next(text for text in (html.proto.body for html in app.get("html")) if 'class="hi-finding"' in text)
    assert most["name"] in finding and str(len(most["heads"])) in finding


def test_two_largest_kinds_are_a_tie(open_page, monkeypatch):
    monkeypatch.setattr("components.ui.state.language.language", lambda: "en")
    monkeypatch.setattr("components.views.bert_attention.heads.t", lambda key, **values: message(key, "en", **values))
    monkeypatch.setattr("components.ui.widgets.verdict.t", lambda key, **values: message(key, "en", **values))
    heads = [(0, 0), (0, 1)]
    assert "2 each" in count_finding({"next": heads, "wide": heads, "resting": heads[:1]})
    assert "(2)" in count_finding({"next": heads, "resting": heads[:1]})
    assert "(1)" in count_finding({"next": heads[:1]})


@pytest.mark.parametrize("example", ["next", "rest"])
def test_an_example_that_asks_for_a_kind_shows_a_head_of_that_kind(open_page, language, example):
    app = open_page("bert_attention", language, ba_example=example)
    layer, head = (int(number) - 1 for number in PRESET_HEADS[language][example])
    sent = component(app, "ba_heads_picker")
    kind = {"next": "next", "rest": "resting"}[example]
    group = next(group for group in sent["groups"] if group["name"] == message(f"head_kind.{kind}", language))
    assert layer * 12 + head in [place for place, _ in group["heads"]] and sent["selected"] == [layer * 12 + head]


def test_a_head_in_which_all_look_at_one_word_raises_a_doubt(open_page):
    app = open_page("bert_attention", "ja")
    assert any('class="hi-doubt"' in html.proto.body and "猫" in html.proto.body for html in app.get("html"))
    app = open_page("bert_attention", "en")
    assert not any('class="hi-doubt"' in html.proto.body for html in app.get("html"))


def test_a_sentence_of_ones_own_opens_with_a_head_that_links_words(open_page):
    app = open_page("bert_attention", "ja", ba_text="私は昨日友だちと一緒に映画館で新しい映画を見た。")
    sent = component(app, "ba_heads_picker")
    linking = {message(f"head_kind.{kind}", "ja") for kind in ("one_word", "word_to_word")}
    assert {group["name"] for group in sent["groups"] if sent["selected"][0] in [place for place, _ in group["heads"]]} <= linking
    line = component(app, "ba_line")
    kind, target, _, _ = line["found"][line["chosen"]]
    assert kind in ("strong", "tie") and target != line["chosen"]


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
    choose(app, "ba_view", "line")
    assert component(app, "ba_line")["aside"] == message("bert_attention.name_rollout", "en", layer=app.session_state["ba_layer"])


def test_an_address_of_the_view_in_the_text_shows_the_line(open_page):
    app = open_page("bert_attention", "en", ba_view="text")
    assert component(app, "ba_line")["words"][0] == "[CLS]"


def test_a_pair_can_be_cut_to_one_direction(open_page):
    app = open_page("bert_attention", "en", ba_view="matrix", ba_example="pair")
    assert decoded(spec(app, "bert-attention-matrix")["data"][0]["z"]).shape == (16, 16)
    choose(app, "ba_direction", "ba")
    assert decoded(spec(app, "bert-attention-matrix")["data"][0]["z"]).shape == (7, 9)  # B -> A
    choose(app, "ba_view", "line")
    line = component(app, "ba_line")
    assert len(line["words"]) == 16 and not any(line["threads"][:9]) and line["found"][0][0] == "nothing"
    choose(app, "ba_direction", "bb")
    assert len(component(app, "ba_line")["words"]) == 7


def test_averaging_two_heads(open_page, attentions):
    app = open_page("bert_attention", "en", ba_view="matrix", ba_source="mean")
    app.multiselect(key="ba_heads").set_value(["1.3", "2.9"]).run()
    assert_well(app)
    z = decoded(spec(app, "bert-attention-matrix")["data"][0]["z"])
    np.testing.assert_allclose(z, (attentions[0, 2] + attentions[1, 8]) / 2, atol=1e-5)


@pytest.mark.parametrize("view", ["arcs", "matrix", "line"])
@pytest.mark.parametrize(
    "text", ["</script><img src=x onerror=alert(1)>", "\"quotes\" & 'more' `code` $x$", "👍🏽 مرحبا بالعالم", "東京タワー"]
)
def test_any_text_is_shown(open_page, view, text):
    app = open_page("bert_attention", "en", ba_view=view, ba_text=text, ba_words="true")
    if view == "line":
        line = component(app, "ba_line")
        assert line["label"] == text and len(line["words"]) == len(line["threads"])
        return
    app.multiselect(key="ba_chosen").set_value([app.multiselect(key="ba_chosen").options[1]]).run()
    assert_well(app)


def test_a_long_text_is_said_to_be_cut_and_where(open_page, language):
    app = open_page("bert_attention", language, ba_view="arcs")
    app.text_area(key="ba_text").set_value("word " * 509 + "end " + "more " * 100).run()
    assert_well(app)
    (warning,) = app.warning
    assert "word end" in warning.value and "512" in warning.value and "100" in warning.value


@pytest.mark.parametrize("view", ["arcs", "matrix", "line"])
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
    for fetch in [button for button in app.button if button.key == "ba_model-fetch"]:
        fetch.click().run()  # a name of the Hub is asked about first
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
    assert component(app, "ba_line")["aside"] == message("bert_attention.name_head", "en", layer=1, head=3)
    assert app.query_params["ba_layer"] in ("1", ["1"]) and app.query_params["ba_head"] in ("3", ["3"])
