"""The feed-forward page, driven without a browser."""

import numpy as np
import pytest

from components.messages import message
from components.models import load
from components.transformer.tracing import FORMULAS
from tests.pages.conftest import assert_well
from tests.pages.test_bert_attention import decoded, spec

SENTENCE = "The cat sat on the mat because it was tired."


def metric(app, label_key: str, language: str) -> str:
    return next(found.value for found in app.metric if found.label == message(f"feed_forward.{label_key}", language))


def number(text: str) -> float:
    return float(text.replace("×10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")))


def test_the_difference_to_the_library_is_on_the_screen_and_small(open_page, language):
    app = open_page("feed_forward", language)
    for text in (SENTENCE, "猫が眠る。", "word " * 600):
        app.text_input(key="ff_text").set_value(text).run()
        assert_well(app)
        assert 0 < number(metric(app, "difference", language)) <= 1e-4


def test_neurons_are_the_librarys(open_page):
    app = open_page("feed_forward", "en", ff_text=SENTENCE, ff_layer="3", ff_neuron="7")
    activation = load("embed-en", task="encoder").run(SENTENCE, ffn_layer=2).ffn_activations
    assert number(metric(app, "firing", "en").rstrip("%")) == pytest.approx(100 * (activation > 0).mean(), abs=0.1)
    drawn = spec(app, "feed-forward-neurons")["data"][0]
    columns = [int(name) for name in drawn["x"]]
    np.testing.assert_allclose(decoded(drawn["z"]), activation[:, columns], atol=1e-4)
    assert message("feed_forward.neuron_caption", "en", neuron=7, count=int((activation[:, 7] > 0).sum()), tokens=13) in [
        caption.value for caption in app.caption
    ]


def test_every_step_of_the_block_has_its_formula_and_values(open_page):
    app = open_page("feed_forward", "en", ff_view="block", ff_text="A cat")
    for step, formula in FORMULAS.items():
        app.select_slider(key="ff_step").set_value(step).run()
        assert_well(app)
        assert formula in app.latex[0].value
        assert decoded(spec(app, "feed-forward-step")["data"][0]["z"]).shape[0] == 4


@pytest.mark.parametrize("view", ["norms", "activation", "parameters"])
def test_the_other_views_open(open_page, language, view):
    app = open_page("feed_forward", language, ff_view=view)
    assert app.get("plotly_chart")


def test_norms_with_and_without_special_tokens(open_page):
    app = open_page("feed_forward", "en", ff_view="norms", ff_text=SENTENCE)
    output = load("embed-en", task="encoder").run(SENTENCE, hidden_states=True)
    lengths = np.linalg.norm(output.hidden_states[1:], axis=-1)
    drawn = {trace["name"]: decoded(trace["y"]) for trace in spec(app, "feed-forward-norms")["data"]}
    name = message("feed_forward.step_output", "en").replace("'", "'")
    np.testing.assert_allclose(drawn[name], lengths[:, 1:-1].mean(axis=1), rtol=1e-4)
    app.toggle(key="ff_specials").set_value(True).run()
    drawn = {trace["name"]: decoded(trace["y"]) for trace in spec(app, "feed-forward-norms")["data"]}
    np.testing.assert_allclose(drawn[name], lengths.mean(axis=1), rtol=1e-4)


def test_parameters_are_the_models_own(open_page):
    app = open_page("feed_forward", "en", ff_view="parameters")
    total = sum(parameter.numel() for parameter in load("embed-en", task="encoder").bert.parameters())
    assert any(f"{total:,}" in text.value for text in [*app.markdown, *app.caption])


def test_wrong_input_gets_one_sentence(open_page, language):
    app = open_page("feed_forward", language)
    app.text_input(key="ff_text").set_value(" ").run()
    assert [error.value for error in app.error] == [message("feed_forward.no_text", language)]
    app.text_input(key="ff_text").set_value("a" * 5_001).run()
    assert "5,001" in app.error[0].value
