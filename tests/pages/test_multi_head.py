import numpy as np
import pytest
import torch

from components.messages import message
from components.models import load
from components.text.word_grouping import group_words
from components.transformer.analysis import merge_words
from components.transformer.head_kind import head_kind
from components.transformer.words import embed_words
from components.ui.state import measuring
from components.ui.state.recent import Recent
from tests.pages.alone import open_alone
from tests.pages.conftest import drawn

SHORT = ["The", "cat", "sat", "on", "the", "mat"]


@pytest.fixture(autouse=True)
def nothing_measured(monkeypatch):
    monkeypatch.setattr(measuring, "_RESULTS", Recent(32))


def figures(app) -> list[str]:
    return [chart.proto.id.rpartition("figure-")[2] for chart in app.get("plotly_chart")]


def head(app, number: int) -> np.ndarray:
    """The square of one head, from 1; its rows are a trace of their own."""
    return drawn(app, "figure-multi-head", 2 * (number - 1))


def written(app) -> str:
    return " ".join(node.value for node in (*app.markdown, *app.caption))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_opens_with_four_heads_of_the_bundled_model_named_by_what_they_do(open_page, language):
    app = open_page("multi_head", language)
    assert app.title[0].value == message("multi_head.title", language)
    text = app.text_area(key="mh_text").value
    assert text == message("multi_head.example_text", language)
    encoder = load(f"embed-{language}", "encoder")
    run = encoder.run(text, attentions=True)
    units = group_words(run.text, True, language == "ja")
    chart = next(chart for chart in app.get("plotly_chart") if chart.proto.id.endswith("figure-multi-head"))
    names = app.code[0].value.split("heads = ")[1].split("\n")[0]
    shown = [(layer - 1, number - 1) for layer, number in eval(names)]
    kinds = []
    for place, found in enumerate(shown, 1):
        expected = merge_words(run.attentions[found], units.unit_of_token)
        np.testing.assert_allclose(head(app, place), expected, atol=1e-6)
        kinds.append(head_kind(expected, units.special).kind)
        name = message(f"head_kind.{kinds[-1]}", language).encode("unicode_escape").decode() if language == "ja" else None
        assert (name or message(f"head_kind.{kinds[-1]}", language)).lower() in chart.proto.spec.lower()
    assert len(set(kinds)) == 4
    assert message("multi_head.agrees", language, difference="").split("（")[0].split("(")[0].strip() in written(app)


def test_a_chosen_word_is_followed_in_all_heads_and_stands_in_the_address(open_page, language):
    app = open_page("multi_head", language)
    app.selectbox(key="mh_word").set_value(2).run()
    assert app.query_params["mh_word"] == "2"
    again = open_page("multi_head", language, mh_word="2")
    assert again.selectbox(key="mh_word").value == 2


def test_the_visitor_chooses_heads(open_page):
    app = open_page("multi_head", "en", mh_chosen="3-8,1-1")
    assert app.multiselect(key="mh_chosen").value == ["3-8", "1-1"]
    run = load("embed-en", "encoder").run(app.text_area(key="mh_text").value, attentions=True)
    np.testing.assert_allclose(head(app, 1), run.attentions[2, 7], atol=1e-6)


def test_the_code_computes_the_heads_that_are_shown(open_page, language):
    app = open_page("multi_head", language)
    names: dict = {}
    exec(app.code[0].value, names)
    for number, weights in enumerate(names["weights"], 1):
        np.testing.assert_allclose(weights, head(app, number), atol=1e-5)


def test_a_long_sentence_is_drawn_as_bars_of_the_chosen_word(open_page):
    app = open_page("multi_head", "en", mh_text="word and " * 20, mh_word="5")
    run = load("embed-en", "encoder").run("word and " * 20, attentions=True)
    first = eval(app.code[0].value.split("heads = ")[1].split("\n")[0])[0]
    bars = drawn(app, "figure-multi-head", 0, "x")
    row = run.attentions[first[0] - 1, first[1] - 1][5]
    assert len(bars) == 40 and bars.max() == pytest.approx(row.max(), abs=1e-4)
    assert message("multi_head.most_seen", "en", shown=40, all=42) in written(app)


def test_random_heads_are_those_of_pytorch(open_page):
    app = open_page("multi_head", "en", mh_seed="3", mh_d_model="32", mh_causal="true", mh_text="The cat sat on the mat")
    torch.manual_seed(3)
    layer = torch.nn.MultiheadAttention(32, 4, batch_first=True).eval()
    x = torch.from_numpy(embed_words(SHORT, 3, 32).astype(np.float32))[None]
    hidden = ~torch.ones(6, 6, dtype=torch.bool).tril()
    with torch.no_grad():
        _, expected = layer(x, x, x, attn_mask=hidden, average_attn_weights=False)
    np.testing.assert_allclose(head(app, 2), expected[0, 1], atol=1e-6)


def test_more_heads_have_no_more_parameters(open_page):
    for heads in ("1", "8", "16"):
        app = open_page("multi_head", "en", mh_heads=heads, mh_d_model="512", mh_text="The cat sat on the mat")
        assert message("multi_head.parameters_said", "en", ours="1,050,624", library="1,050,624") in written(app)
        assert f"(1,\u00a0{heads},\u00a06,\u00a0{512 // int(heads)})" in written(app)


def test_cross_attention_is_not_square(open_page):
    app = open_page("multi_head", "en", mh_cross="true", mh_text="The cat sat on the mat")
    app.text_input(key="mh_other").set_value("only two").run()
    assert head(app, 1).shape == (6, 2)
    assert "(1,\u00a04,\u00a06,\u00a02)" in written(app)


def test_the_longest_text_in_16_heads(open_page):
    app = open_page("multi_head", "en", mh_heads="16", mh_d_model="512")
    app.text_area(key="mh_text").set_value("word and " * 256).run()
    assert not app.exception and not app.error
    assert sum(len(chart.proto.spec) for chart in app.get("plotly_chart")) < 1_000_000
    app.text_area(key="mh_text").set_value("word and " * 256 + "more").run()
    assert [error.value for error in app.error] == [message("multi_head.too_many_words", "en", found=513, most=512)]


def test_an_empty_field_gets_a_sentence(open_page, language):
    app = open_page("multi_head", language)
    app.text_area(key="mh_text").set_value("  ").run()
    assert [error.value for error in app.error] == [message("multi_head.no_words", language)] and not app.exception


@pytest.mark.parametrize(
    ("key", "value", "error", "values"),
    [
        ("mh_d_model", 513, "width_out_of_range", {"found": 513, "most": 512}),
        ("mh_d_model", 66, "not_divisible", {"d_model": 66, "heads": 4, "nearest": 64}),
        ("mh_seed", -1, "seed_out_of_range", {"found": -1}),
    ],
)
def test_settings_that_do_not_fit_get_a_sentence(open_page, language, key, value, error, values):
    app = open_page("multi_head", language, mh_mode="random")
    app.number_input(key=key).set_value(value).run()
    assert [banner.value for banner in app.error] == [message(f"multi_head.{error}", language, **values)]
    assert app.number_input(key=key).value == value and not app.exception


def test_costs_are_measured_on_demand_and_kept(language):
    app = open_alone("multi_head", language, mh_length="32", mh_mode="random")
    before = len(figures(app))
    app.button(key="measure-multi-head").click().run()
    assert not app.exception and not app.error
    assert len(figures(app)) == before + 3
    assert "1,050,624" in written(app)
    assert len(figures(open_alone("multi_head", language, mh_length="32", mh_mode="random"))) == before + 3  # kept for the next visitor
    assert len(figures(open_alone("multi_head", language, mh_length="128", mh_mode="random"))) == before


def test_two_measurements_do_not_disturb_each_other(language):
    app = open_alone("multi_head", language, mh_length="512", mh_mode="random")
    with measuring._MACHINE:
        app.button(key="measure-multi-head").click().run()
    assert [banner.value for banner in app.error] == [message("measure.busy", language)]
    assert "multi-head" in figures(app)  # the rest of the page stands


def test_hostile_words_stay_words(open_page):
    app = open_page("multi_head", "en", mh_text='<img src=x onerror="alert(1)"> [x](http://evil.example)')
    assert not any("<img" in node.proto.body for node in app.get("html"))
    assert not any("<img" in chart.proto.spec for chart in app.get("plotly_chart"))
