"""The feed-forward page, driven without a browser."""

import re

import numpy as np
import pytest

from components.messages import message
from components.models import load
from components.transformer.feed_forward import FeedForwardActivity
from components.transformer.tracing import FORMULAS
from components.views.feed_forward.neurons import excited
from components.views.feed_forward.views import norms_finding
from tests.pages.conftest import assert_well
from tests.pages.test_bert_attention import component, decoded, spec

SENTENCE = "The cat sat on the mat because it was tired."


def captions(app) -> list[str]:
    return [text.value for text in [*app.markdown, *app.caption]]


def proof(app, language: str) -> float:
    """The largest difference to the library that the page names."""
    before, after = message("feed_forward.equal", language, difference="|", count=0).split("|")
    found = next(text for text in captions(app) if text.startswith(before.split("0")[0]))
    return number(re.split(r"[ （(、)）.]+$", found.split(before[-8:])[-1].removesuffix(after))[0])


def number(text: str) -> float:
    return float(text.replace("×10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")))


def test_the_difference_to_the_library_is_on_the_screen_and_small(open_page, language):
    app = open_page("feed_forward", language)
    for text in (SENTENCE, "猫が眠る。", "word " * 600):
        app.text_area(key="ff_text").set_value(text).run()
        assert_well(app)
        assert 0 < proof(app, language) <= 1e-4


def test_neurons_are_the_librarys(open_page):
    app = open_page("feed_forward", "en", ff_view="neurons", ff_text=SENTENCE, ff_layer="3", ff_neuron="7", ff_token="2")
    activation = load("embed-en", task="encoder").run(SENTENCE, ffn_layer=2).ffn_activations
    share = f"{(activation > 0).mean():.1%}"
    assert any(f"{share} fire for a token" in text for text in captions(app))
    drawn = spec(app, "feed-forward-neurons")["data"][0]
    columns = [int(name) for name in drawn["x"]]
    np.testing.assert_allclose(decoded(drawn["z"]), activation[:, columns], atol=1e-4)
    assert message("feed_forward.neuron_caption", "en", neuron=7, count=int((activation[:, 7] > 0).sum()), tokens=13) in captions(app)
    rows = component(app, "ff_rows")
    assert rows["chosen"] == 2 and len(rows["rows"]) == 13
    for place, row in enumerate(rows["rows"]):
        assert [one[0] for one in row] == np.argsort(-activation[place], kind="stable")[:5].tolist()
        for neuron, _, share, others, _ in row:
            assert 0 <= share <= 1 and all(activation[other, neuron] > 0 and other != place for other, _ in others)


def test_the_words_that_fire_a_neuron_are_named_once_and_counted():
    hidden = np.array([[3.0, -1], [2, -1], [2.5, -1], [1, -1], [0.5, -1], [0.4, -1], [0.3, 5]])
    activity = FeedForwardActivity(hidden, np.maximum(hidden, 0), hidden > 0)
    labels = ["a", "b", "b", "c", "d", "e", "f"]
    first, second = excited(activity, labels, 0)
    assert (first.neuron, first.activation) == (0, 3.0)
    assert [place for place, _ in first.others] == [2, 3, 4, 5] and first.more == 1  # "b" by its stronger place
    assert second.others == ((6, 5.0),) and second.more == 0
    alone = excited(activity, labels, 6)[0]
    assert alone.neuron == 1 and alone.others == () and alone.more == 0


@pytest.mark.parametrize(("added", "kind"), [([1, 1], "all"), ([1, 9], "some"), ([2, 9], "none")])
def test_what_is_said_of_the_norms(monkeypatch, added, kind):
    monkeypatch.setattr("components.ui.widgets.verdict.t", lambda key, **values: message(key, "en", **values))
    said = norms_finding(np.array([2.0, 2.0]), np.array(added, dtype=float))
    assert said == message(f"feed_forward.norms_{kind}", "en", shorter=1, layers=2)


def test_every_step_of_the_block_has_its_formula_and_values(open_page):
    app = open_page("feed_forward", "en", ff_view="block", ff_text="A cat")
    for step, formula in FORMULAS.items():
        app.session_state["ff_step"] = step
        app.run()
        assert_well(app)
        assert component(app, "ff_block")["chosen"] == step
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
    name = message("feed_forward.step_output", "en")

    def drawn() -> np.ndarray:
        return next(
            decoded(trace["y"])
            for trace in spec(app, "feed-forward-norms-feed_forward")["data"]
            if trace["name"].replace("&#x27;", "'") == name
        )

    np.testing.assert_allclose(drawn(), lengths[:, 1:-1].mean(axis=1), rtol=1e-4)
    app.toggle(key="ff_specials").set_value(True).run()
    np.testing.assert_allclose(drawn(), lengths.mean(axis=1), rtol=1e-4)
    named = {note["text"] for note in spec(app, "feed-forward-norms-attention")["layout"]["annotations"]}
    assert len(named) == 4  # each curve at its end, no legend


def test_parameters_are_the_models_own(open_page):
    app = open_page("feed_forward", "en", ff_view="parameters")
    total = sum(parameter.numel() for parameter in load("embed-en", task="encoder").bert.parameters())
    assert any(f"{total:,}" in html.proto.body for html in app.get("html"))


def test_wrong_input_gets_one_sentence(open_page, language):
    app = open_page("feed_forward", language)
    app.text_area(key="ff_text").set_value(" ").run()
    assert [error.value for error in app.error] == [message("feed_forward.no_text", language)]
    app.text_area(key="ff_text").set_value("a" * 5_001).run()
    assert "5,001" in app.error[0].value
