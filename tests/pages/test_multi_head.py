import base64
import json

import numpy as np
import pytest
import torch

from components.messages import message
from components.transformer.words import embed_words
from components.ui.state import measuring
from components.ui.state.recent import Recent
from tests.pages.alone import open_alone


@pytest.fixture(autouse=True)
def nothing_measured(monkeypatch):
    monkeypatch.setattr(measuring, "_RESULTS", Recent(32))


def charts(app) -> dict[str, dict]:
    return {chart.proto.alt: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def numbers(app, word: str) -> np.ndarray:
    """The matrix drawn in the one figure whose text alternative begins with `word`."""
    (figure,) = [figure for alt, figure in charts(app).items() if alt.startswith(word)]
    z = figure["data"][0]["z"]
    return np.frombuffer(base64.b64decode(z["bdata"]), z["dtype"].replace("f", "<f")).reshape(
        [int(side) for side in z["shape"].split(", ")]
    )


def test_opens_with_a_worked_example(open_page, language):
    app = open_page("multi_head", language)
    assert app.title[0].value == message("multi_head.title", language)
    assert app.text_input(key="mh_text").value == message("multi_head.example_text", language)
    assert len(charts(app)) == 4 + 1  # the heads, and their similarity
    assert len(app.get("tab")) == 4


def test_the_heads_are_those_of_pytorch(open_page):
    app = open_page("multi_head", "en", mh_seed="3", mh_d_model="32", mh_causal="true")
    torch.manual_seed(3)
    layer = torch.nn.MultiheadAttention(32, 4, batch_first=True).eval()
    x = torch.from_numpy(embed_words(["The", "cat", "sat", "on", "the", "mat"], 3, 32).astype(np.float32))[None]
    hidden = ~torch.ones(6, 6, dtype=torch.bool).tril()
    with torch.no_grad():
        _, expected = layer(x, x, x, attn_mask=hidden, average_attn_weights=False)
    np.testing.assert_allclose(numbers(app, "Head 2:"), expected[0, 1], atol=1e-6)


def test_more_heads_have_no_more_parameters(open_page):
    parameters, d_k = set(), []
    for heads in ("1", "8", "16"):
        app = open_page("multi_head", "en", mh_heads=heads, mh_d_model="512")
        differences = [metric.value for metric in app.metric[:2]]
        assert all(value == "0" or "×10⁻⁷" in value or "×10⁻⁸" in value for value in differences)
        parameters |= {metric.value for metric in app.metric[2:]}
        d_k.append(512 // int(heads))
        assert any(f"(1,\u00a0{heads},\u00a06,\u00a0{d_k[-1]})" in note.value for note in app.markdown)
    assert parameters == {"1,050,624"}


def test_cross_attention_is_not_square(open_page):
    app = open_page("multi_head", "en", mh_cross="true")
    app.text_input(key="mh_other").set_value("only two").run()
    assert numbers(app, "Head 1:").shape == (6, 2)
    assert any("(1,\u00a04,\u00a06,\u00a02)" in note.value for note in app.markdown)


def test_the_longest_text_is_drawn_small_and_one_head_large(open_page):
    app = open_page("multi_head", "en", mh_heads="16", mh_d_model="512")
    app.text_input(key="mh_text").set_value("word and " * 256).run()
    assert not app.exception and not app.error
    assert len(charts(app)) == 3
    assert sum(len(chart.proto.spec) for chart in app.get("plotly_chart")) < 3_000_000
    app.text_input(key="mh_text").set_value("word and " * 256 + "more").run()
    assert [error.value for error in app.error] == [message("multi_head.too_many_words", "en", found=513, most=512)]


@pytest.mark.parametrize(
    ("key", "value", "error", "values"),
    [
        ("mh_d_model", 513, "width_out_of_range", {"found": 513, "most": 512}),
        ("mh_d_model", 66, "not_divisible", {"d_model": 66, "heads": 4, "nearest": 64}),
        ("mh_seed", -1, "seed_out_of_range", {"found": -1}),
    ],
)
def test_settings_that_do_not_fit_get_a_sentence(open_page, language, key, value, error, values):
    app = open_page("multi_head", language)
    app.number_input(key=key).set_value(value).run()
    assert [banner.value for banner in app.error] == [message(f"multi_head.{error}", language, **values)]
    assert app.number_input(key=key).value == value and not app.exception


def test_costs_are_measured_on_demand_and_kept(language):
    app = open_alone("multi_head", language, mh_length="32")
    before = len(charts(app))
    app.button(key="measure-multi-head").click().run()
    assert not app.exception and not app.error
    assert len(charts(app)) == before + 3
    assert any("1,050,624" in note.value for note in app.markdown)
    assert len(charts(open_alone("multi_head", language, mh_length="32"))) == before + 3  # kept for the next visitor
    assert len(charts(open_alone("multi_head", language, mh_length="128"))) == before


def test_two_measurements_do_not_disturb_each_other(language):
    app = open_alone("multi_head", language, mh_length="512")
    with measuring._MACHINE:
        app.button(key="measure-multi-head").click().run()
    assert [banner.value for banner in app.error] == [message("measure.busy", language)]
    assert len(app.get("tab")) == 4  # the rest of the page stands
