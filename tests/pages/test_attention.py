import json

import numpy as np
import pytest

from components.messages import message
from components.models import load
from components.text.word_grouping import group_words
from components.transformer.analysis import merge_words
from tests.pages.conftest import drawn

SENTENCES = {
    "ja": ("猫は疲れていたので、マットの上で眠った。", 6, 4, "embed-ja"),
    "en": ("The cat slept on the mat because it was tired.", 4, 2, "embed-en"),
}
SHORT = "The cat sat on the mat"


def states(app) -> dict[str, np.ndarray]:
    """The four states of the square."""
    return {name: drawn(app, "figure-attention-weights", place) for place, name in enumerate(("weights", "scores", "scaled", "masked"))}


def seen(app) -> list[str]:
    """Which states the square shows."""
    chart = next(chart for chart in app.get("plotly_chart") if chart.proto.id.endswith("figure-attention-weights"))
    return [trace["name"] for trace in json.loads(chart.proto.spec)["data"] if trace["type"] == "heatmap" and trace.get("visible", True)]


def keys(app) -> set[str]:
    return {chart.proto.id.rpartition("figure-")[2] for chart in app.get("plotly_chart")}


def caption(app, key: str, language: str, **values: object) -> bool:
    words = message(f"attention.{key}", language, **values)
    return any(words in node.value for node in app.markdown)


def test_opens_with_a_sentence_read_by_a_trained_head(open_page, language):
    app = open_page("attention", language)
    text, layer, head, id = SENTENCES[language]
    assert app.title[0].value == message("attention.title", language)
    assert app.text_area(key="att_text").value == text
    encoder = load(id, "encoder")
    run = encoder.run(text, attentions=True)
    units = group_words(run.text, True, language == "ja")
    expected = merge_words(run.attentions[layer - 1, head - 1], units.unit_of_token)
    # Special tokens are among the words, so that a sentence has the same number here as on the page of the whole model.
    np.testing.assert_allclose(drawn(app, "figure-attention-weights"), expected, atol=1e-5)
    row = units.labels.index(message("attention.example_tired_word", language))
    target = int(expected[row].argmax())
    said = message(
        "attention.finding_strong", language, query=units.labels[row], key=units.labels[target], percent=round(100 * expected[row, target])
    )
    assert next(chart.proto.alt for chart in app.get("plotly_chart") if chart.proto.id.endswith("attention-weights")) == said
    assert caption(app, f"source_trained_{language}", language, layer=layer, head=head)


def test_the_states_of_the_square_follow_from_each_other(open_page):
    app = open_page("attention", "en", att_mask="causal")
    found = states(app)
    np.testing.assert_allclose(found["scaled"], found["scores"] / np.sqrt(32))
    later = np.triu_indices(len(found["scores"]), 1)
    assert np.isnan(found["masked"][later]).all() and (found["weights"][later] == 0).all()
    allowed = np.where(np.isnan(found["masked"]), -np.inf, found["masked"])
    softmax = np.exp(allowed) / np.exp(allowed).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found["weights"], softmax)


@pytest.mark.parametrize("state", ["weights", "scores", "scaled", "masked"])
def test_the_state_in_the_address_is_the_one_that_is_seen(open_page, state):
    assert seen(open_page("attention", "en", att_cell=f"{state}-2-3")) == [state]


def test_words_of_several_tokens_are_averaged_before_the_projection(open_page):
    app = open_page("attention", "en", att_text="Untranslatability confuses translators.")
    encoder = load("embed-en", "encoder")
    run = encoder.run("Untranslatability confuses translators.", hidden_states=True)
    units = group_words(run.text, True)
    places = next(places for places in units.tokens if len(places) > 1)
    words = drawn(app, "figure-attention-inputs")
    assert len(words) == len(units)
    np.testing.assert_allclose(words[units.tokens.index(places)], run.hidden_states[3][list(places)].mean(axis=0)[:32], atol=1e-5)
    assert caption(app, "averaged", "en")


def test_another_head_computes_with_its_own_projections(open_page):
    app = open_page("attention", "en", att_head="6-12")
    run = load("embed-en", "encoder").run(SENTENCES["en"][0], attentions=True)
    np.testing.assert_allclose(drawn(app, "figure-attention-weights"), run.attentions[5, 11], atol=1e-5)


def test_a_text_in_another_language_brings_its_own_model_and_head(open_page):
    app = open_page("attention", "en")
    app.text_area(key="att_text").set_value(SENTENCES["ja"][0]).run()
    assert app.selectbox(key="att_head").value == "6-4" and caption(app, "source_trained_ja", "en", layer=6, head=4)


def test_a_tick_hides_later_words_and_shows_it_behind_the_gear(open_page, language):
    app = open_page("attention", language)
    app.checkbox(key="att_later").check().run()
    assert app.selectbox(key="att_mask").value == "causal" and drawn(app, "figure-attention-weights")[0, 0] == 1
    app.selectbox(key="att_mask").set_value("none").run()
    assert not app.checkbox(key="att_later").value and drawn(app, "figure-attention-weights")[0, 0] < 1


@pytest.mark.parametrize(("words", "figures"), [(15, "inputs output"), (30, "strips"), (100, "row strips")])
def test_what_is_drawn_depends_on_the_words(open_page, words, figures):
    app = open_page("attention", "en", att_mode="words", att_text="word " * words)
    assert {f"attention-{name}" for name in figures.split()} <= keys(app)
    assert ("attention-inputs" in keys(app)) == (words == 15)
    side = min(words, 40 if words > 64 else words)
    assert drawn(app, "figure-attention-weights").shape == (side, side)
    if words > 64:
        assert len(drawn(app, "figure-attention-row", field="y")) == words


def test_512_tokens_are_read_and_the_rest_is_said_to_be_left_out(open_page, language):
    app = open_page("attention", language, att_text="word " * 600)
    assert drawn(app, "figure-attention-weights").shape == (40, 40)
    assert caption(app, "cut", language, most=512, left_out=90)
    assert sum(len(chart.proto.spec) for chart in app.get("plotly_chart")) < 1_000_000


@pytest.mark.parametrize("name", ["short", "long", "later", "words", "numbers", "chapter"])
def test_every_example_opens_and_stands_in_the_address(open_page, language, name):
    app = open_page("attention", language)
    app.selectbox(key="att_example").set_value(name).run()
    assert not app.exception and not app.error
    assert app.query_params["att_example"] == name
    assert app.selectbox(key="att_mode").value == (name if name in ("words", "numbers", "chapter") else "trained")


def test_an_older_link_with_random_vectors_still_shows_them(open_page):
    app = open_page("attention", "en", att_d_model="8", att_text=SHORT)
    assert app.selectbox(key="att_mode").value == "words" and drawn(app, "figure-attention-inputs").shape == (6, 8)


def test_numbers_mode_computes_what_is_typed(open_page, language):
    app = open_page("attention", language, att_mode="numbers")
    app.text_area(key="att_Q").set_value("1 2").run()
    app.text_area(key="att_K").set_value("3 4\n0 1").run()
    app.text_area(key="att_V").set_value("10\n20").run()
    assert not app.exception and not app.error
    app.session_state["att:cell"] = (0, 0, "scores")
    app.run()
    assert "11.0 = (1.00)(3.00) + (2.00)(4.00)" in app.latex[0].value


@pytest.mark.parametrize(
    ("field", "typed", "key", "values"),
    [
        ("Q", "", "matrix_empty", {"name": "Q"}),
        ("Q", "1 x", "matrix_not_a_number", {"name": "Q", "row": 1, "column": 2, "text": "x"}),
        ("K", "1 2\n3", "matrix_ragged", {"name": "K", "row": 2, "found": 1, "expected": 2}),
        ("K", "1 2", "widths_differ", {"q": 3, "k": 2}),
        ("V", "1", "keys_values_differ", {"k": 3, "v": 1}),
    ],
)
def test_wrong_numbers_get_a_sentence_and_stay(open_page, language, field, typed, key, values):
    app = open_page("attention", language, att_mode="numbers")
    app.text_area(key=f"att_{field}").set_value(typed).run()
    assert [error.value for error in app.error] == [message(f"attention.{key}", language, **values)]
    assert app.text_area(key=f"att_{field}").value == typed and not app.exception


@pytest.mark.parametrize(
    ("mode", "text", "key"), [("trained", "   ", "no_words"), ("words", "   ", "no_words"), ("words", "word " * 513, "too_many_words")]
)
def test_a_sentence_that_cannot_be_shown(open_page, language, mode, text, key):
    app = open_page("attention", language, att_mode=mode)
    app.text_area(key="att_text").set_value(text).run()
    assert not app.exception
    values = {} if key == "no_words" else {"found": 513, "most": 512}
    assert [error.value for error in app.error] == [message(f"attention.{key}", language, **values)]


def test_a_mask_by_hand_has_a_limit_that_is_said(open_page, language):
    app = open_page("attention", language, att_mode="words", att_text="word " * 65)
    app.selectbox(key="att_mask").set_value("own").run()
    assert [error.value for error in app.error] == [message("attention.own_mask_too_large", language, found=65, most=64)]


def test_cross_attention_uses_the_other_sentence(open_page):
    app = open_page("attention", "en", att_mode="words", att_cross="true", att_text=SHORT)
    app.text_input(key="att_other").set_value("Only four words here").run()
    assert drawn(app, "figure-attention-weights").shape == (6, 4)
    assert drawn(app, "figure-attention-output").shape[0] == 6
    assert not app.error


@pytest.mark.parametrize("mode", ["trained", "words", "numbers", "chapter"])
@pytest.mark.parametrize("mask", ["none", "causal", "padding"])
def test_the_code_tab_computes_the_pages_numbers(open_page, mode, mask):
    app = open_page("attention", "en", att_mode=mode, att_mask=mask, att_scale="false", att_text="Untranslatable cats sat.")
    names: dict = {}
    exec(app.code[0].value, names)
    near = 1e-5 if mode == "trained" else 1e-9
    np.testing.assert_allclose(names["weights"], drawn(app, "figure-attention-weights"), atol=near)
    np.testing.assert_allclose(names["output"], drawn(app, "figure-attention-output"), atol=near)


def test_the_code_of_the_japanese_model_computes_the_pages_numbers(open_page):
    app = open_page("attention", "ja")
    names: dict = {}
    exec(app.code[0].value, names)
    np.testing.assert_allclose(names["weights"], drawn(app, "figure-attention-weights"), atol=1e-5)


@pytest.mark.parametrize("asked", ["999", "-3", "1", "65", "many"])
def test_a_width_outside_the_limits_in_the_address_is_not_taken(open_page, asked):
    app = open_page("attention", "en", att_d_model=asked)
    assert app.number_input(key="att_d_model").value == 4
    assert drawn(app, "figure-attention-inputs").shape[1] == 4


@pytest.mark.parametrize("sent", [1, 65, 10**9])
def test_a_width_outside_the_limits_that_a_client_sends_is_not_taken(open_page, sent):
    app = open_page("attention", "en", att_mode="words")
    app.number_input(key="att_d_model").set_value(sent).run()
    assert app.number_input(key="att_d_model").value == 4 and not app.error and not app.exception
    assert drawn(app, "figure-attention-inputs").shape[1] == 4


def test_a_long_sum_is_shown_term_by_term_and_adds_up(open_page, language):
    app = open_page("attention", language, att_mode="words", att_d_model="16", att_terms="true", att_cell="scores-0-0")
    terms = next(frame.value for frame in app.dataframe if message("attention.term_sum", language) in frame.value.columns)
    assert len(terms) == 16 and terms[message("attention.term_product", language)].sum() == pytest.approx(
        terms[message("attention.term_sum", language)].iloc[-1]
    )
    assert message("attention.more_terms", language, n=len(terms) - 5) in app.latex[0].value


def test_a_trained_query_is_385_terms_of_which_the_last_is_its_bias(open_page):
    app = open_page("attention", "en", att_terms="true", att_cell="Q-1-0")
    terms = next(frame.value for frame in app.dataframe if message("attention.term_sum", "en") in frame.value.columns)
    assert len(terms) == 385 and terms[message("attention.term_left", "en")].iloc[-1] == 1
    assert terms[message("attention.term_sum", "en")].iloc[-1] == pytest.approx(drawn(app, "figure-attention-inputs", 1)[1, 0])


@pytest.mark.parametrize("mask", ["none", "causal"])
def test_the_same_input_stands_with_and_without_mask_and_scaling(open_page, mask):
    app = open_page("attention", "en", att_mask=mask, att_text=SHORT)
    shown = drawn(app, "figure-attention-weights")
    np.testing.assert_array_equal(drawn(app, "figure-attention-variant-as_set"), shown)
    other = "without_mask" if mask == "causal" else "with_causal_mask"
    changed = drawn(app, f"figure-attention-variant-{other}")
    upper = np.triu_indices(len(shown), 1)
    assert (changed[upper] == 0).all() == (mask == "none") and (shown[upper] == 0).all() == (mask == "causal")
    plain = open_page("attention", "en", att_mask=mask, att_scale="false", att_text=SHORT)
    np.testing.assert_allclose(drawn(app, "figure-attention-variant-without_scale"), drawn(plain, "figure-attention-weights"))


def test_of_many_words_the_variants_are_curves(open_page):
    app = open_page("attention", "ja")
    shown = drawn(app, "figure-attention-weights")
    np.testing.assert_allclose(drawn(app, "figure-attention-variants", field="y"), shown.max(axis=1))


@pytest.mark.parametrize("asked", ["scores-1-2", "scores-1-999", "nothing-0-0", "x" * 5_000, "weights--1-0"])
def test_a_link_brings_the_chosen_cell_back_and_an_impossible_one_is_ignored(open_page, asked):
    app = open_page("attention", "en", att_mode="words", att_text=SHORT, att_cell=asked)
    assert app.latex[0].value.lstrip("$\n").startswith("S_{2,3}" if asked == "scores-1-2" else "A_{3,")


def test_hostile_words_stay_words(open_page):
    app = open_page("attention", "en", att_text='<img src=x onerror="alert(1)"> [x](http://evil.example) **b**')
    assert not any("<img" in node.proto.body for node in app.get("html"))
    ticks = next(chart.proto.spec for chart in app.get("plotly_chart") if chart.proto.id.endswith("attention-weights"))
    assert "<img" not in ticks and "&lt;" in ticks
