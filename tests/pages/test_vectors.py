"""From text to vectors: the four views in both languages, their bounds, and that what they say is what their figures show."""

import re

import numpy as np
import pytest

from components.messages import catalogue, message
from components.models import bundled, load
from components.models.word_vectors import nearest, read, table
from components.views.vectors.page import EXAMPLES
from tests.pages.conftest import assert_well, doubts, drawn, findings, spec


@pytest.mark.parametrize("view", ["way", "near", "fit", "learn"])
def test_each_view_opens_with_a_finding(open_page, language, view):
    app = open_page("vectors", language, vec_view=view)
    assert findings(app) and all(findings(app))


def test_a_finding_speaks_of_no_word_that_is_but_a_trace(open_page, language):
    app = open_page("vectors", language, vec_view="near")
    shares, words = drawn(app, "figure-vectors-head", field="x"), spec(app, "figure-vectors-head")["data"][0]["hovertext"]
    near = spec(app, "figure-vectors-table")["data"][0]["hovertext"]
    traces = [word for word, share in zip(words, shares, strict=True) if share < 0.001 and word not in near]
    assert traces and not any(f"“{word}”" in findings(app)[0] or f"「{word}」" in findings(app)[0] for word in traces)


def test_the_layers_curve_is_the_word_s_own_and_stands_over_names(open_page, language):
    app = open_page("vectors", language, vec_view="near")
    chart = spec(app, "figure-vectors-layers")
    curve = drawn(app, "figure-vectors-layers", field="y")
    assert chart["layout"]["xaxis"]["type"] == "category" and curve[0] == 1 and len(curve) == 8
    model = load(bundled.models_for(language).masked_lm, "masked_lm")
    readings = [read(model, catalogue(language)[f"vectors.{name}_cat"]) for name in ("example", "other")]
    word = model.aligner.tokenizer.convert_tokens_to_ids({"ja": "猫", "en": "cat"}[language])
    one, other = (reading.states[-1][reading.text.ids.index(word)] for reading in readings)
    assert curve[-1] == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other), abs=1e-4)


def test_the_row_that_is_drawn_is_the_table_s(open_page, language):
    app = open_page("vectors", language)
    model = load(bundled.models_for(language).masked_lm, "masked_lm")
    text = catalogue(language)["vectors.example_cat"]
    word = {"ja": "猫", "en": "cat"}[language]
    id = model.aligner.tokenizer.convert_tokens_to_ids(word)
    place = model.tokenize(text).ids.index(id)
    expected = model.model.get_input_embeddings().weight[id].detach().numpy()[:48]
    assert np.allclose(drawn(app, "figure-vectors-rows")[place], expected, atol=1e-6)
    assert word in findings(app)[0] and f"{id:,}" in findings(app)[0]


@pytest.mark.parametrize("name", ["cat", "sense", "use"])
def test_an_example_brings_its_word_and_a_second_sentence_that_has_it(open_page, language, name):
    app = open_page("vectors", language, vec_view="near", vec_example=name)
    assert len(findings(app)) == 2, "the second sentence has the word"
    model = load(bundled.models_for(language).masked_lm, "masked_lm")
    tokens = model.tokenize(catalogue(language)[f"vectors.example_{name}"])
    first = nearest(model, tokens.ids[int(EXAMPLES[language][name])], 1)[0]
    assert first.token in findings(app)[0]


def test_a_second_sentence_without_the_word_is_said(open_page, language):
    app = open_page("vectors", language, vec_view="near")
    app.text_input(key="vec_other").set_value({"ja": "犬が走る。", "en": "A dog runs."}[language]).run()
    assert_well(app)
    assert len(doubts(app)) == 1 and {"ja": "猫", "en": "cat"}[language] in doubts(app)[0]


def test_choosing_another_word_speaks_of_it(open_page):
    app = open_page("vectors", "en")
    app.selectbox(key="vec_word").set_value("3").run()
    assert_well(app)
    assert "slept" in findings(app)[0] and app.query_params["vec_word"] in ("3", ["3"])


def test_the_pair_that_is_said_is_the_pair_s_product(open_page, language):
    app = open_page("vectors", language, vec_view="fit")
    cosines = drawn(app, "figure-vectors-square")
    assert np.allclose(np.diag(cosines), 1, atol=1e-5) and np.allclose(cosines, cosines.T, atol=1e-6)
    model = load(bundled.models_for(language).masked_lm, "masked_lm")
    pair = {"ja": ("猫", "マット"), "en": ("cat", "mat")}[language]
    rows = table(model)[model.aligner.tokenizer.convert_tokens_to_ids(list(pair))].double().numpy()
    expected = [*np.linalg.norm(rows, axis=1), rows[0] @ rows[1] / np.linalg.norm(rows, axis=1).prod(), rows[0] @ rows[1]]
    assert all(word in findings(app)[0] for word in pair)
    assert [float(number) for number in re.findall(r"\d\.\d+", findings(app)[0])] == pytest.approx(expected, rel=5e-3)


def test_a_cell_that_was_picked_belongs_to_its_words(open_page):
    app = open_page("vectors", "en", vec_view="fit", vec_text="cats eat small fish")
    app.session_state["vec_pair"] = (("cats", "eat", "small", "fish"), 1, 2)
    app.run()
    assert "eat" in findings(app)[0] and "small" in findings(app)[0]
    app.text_area(key="vec_text").set_value("dogs chase old balls").run()
    assert "dogs" in findings(app)[0], "as many words, but others: the first word begins"


def test_another_sentence_begins_with_a_word_of_its_own(open_page, language):
    app = open_page("vectors", language)
    app.selectbox(key="vec_word").set_value("3").run()
    text, first = {"ja": ("冬はとても寒い。", "冬"), "en": ("The weather was cold.", "weather")}[language]
    app.text_area(key="vec_text").set_value(text).run()
    assert_well(app)
    assert first in findings(app)[0]


@pytest.mark.parametrize(("text", "key"), [(" ", "no_text"), ("x" * 5_001, "too_long")])
def test_what_cannot_be_read_gets_a_sentence(visit_page, language, text, key):
    app = visit_page("vectors", language, vec_text=text)
    assert not app.exception
    assert [error.value for error in app.error] == [message(f"vectors.{key}", language, found=5_001, most=5_000)]


@pytest.mark.parametrize("view", ["way", "near", "fit", "learn"])
@pytest.mark.parametrize(
    "text", ["[CLS]", "[MASK] [MASK]", "😀😀 😀", "a\x00b\ufeff c\u200bd e", "ﾈｺ ㌔ Ａ𠮷 か\u3099", "<b>x</b> **y** $z$"]
)
def test_odd_text_is_read_or_refused_in_a_sentence(visit_page, language, view, text):
    app = visit_page("vectors", language, vec_view=view, vec_text=text, vec_corpus=text)
    assert not app.exception
    assert message("common.unexpected_error", language) not in [error.value for error in app.error]


@pytest.mark.parametrize("text", [" ", "一", "。。。", "a " * 4_001, " ".join(f"w{number} v{number}." for number in range(40))])
def test_too_little_or_too_much_to_learn_from_gets_a_sentence(visit_page, language, text):
    app = visit_page("vectors", language, vec_view="learn", vec_corpus=text)
    assert not app.exception and len(app.error) == 1
    assert app.error[0].value != catalogue(language)["common.unexpected_error"]


def test_learning_says_what_the_vectors_show(open_page, language):
    app = open_page("vectors", language, vec_view="learn")
    pair = {"ja": ("王", "女王"), "en": ("king", "queen")}[language]
    assert all(word in findings(app)[0] for word in pair)
