import json

import numpy as np
import pytest

from components.charts.position_encoding import MAX_SIDE
from components.messages import message
from components.models import files
from components.transformer.permutation import OrderComparison
from components.views.positional.threads import Drawing, numbers
from components.views.positional.word_order import order_verdict
from tests.pages.conftest import findings, plain
from tests.pages.test_bert_attention import component

VIEWS = ("clocks", "table", "distance", "shift", "order", "kinds")


def figures(app) -> dict[str, dict]:
    """Each chart's text alternative -> its figure."""
    return {chart.proto.alt: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def only(app, words: str) -> str:
    (found,) = [alt for alt in figures(app) if words in alt]
    return found


@pytest.mark.parametrize(("view", "charts"), [*zip(VIEWS, (0, 3, 2, 5, 2, 6), strict=True)])
def test_every_view_opens_with_a_worked_example(open_page, language, view, charts):
    app = open_page("positional", language, pe_view=view)
    assert app.title[0].value == message("positional.title", language)
    assert len(app.get("plotly_chart")) == charts
    assert all(figures(app))


def test_the_page_opens_with_clocks_and_keeps_where_they_stand(open_page, language, monkeypatch):
    app = open_page("positional", language)
    sent = component(app, "pe_clocks")
    assert (sent["place"], sent["pair"], sent["pairs"], sent["length"]) == (12, 3, 16, 64)
    turned = f"{12 / (2 * np.pi):.1f}"
    degrees = f"{np.degrees(12 * 10_000 ** (-30 / 32)):.1f}"
    assert sent["said"]["finding"][12] == message("positional.clocks_finding", language, position=12, turns=turned, degrees=degrees)
    assert sent["said"]["finding"][0] == message("positional.clocks_begin", language)
    app.session_state["pe_at"], app.session_state["pe_clock"] = 40, 7
    app.run()
    assert component(app, "pe_clocks")["place"] == 40 and app.query_params["pe_at"] in ("40", ["40"])
    app = open_page("positional", language, pe_at="63", pe_clock="99")
    assert (component(app, "pe_clocks")["place"], component(app, "pe_clocks")["pair"]) == (63, 3)


def test_a_link_to_the_size_of_the_table_shows_the_table(open_page):
    app = open_page("positional", "en", pe_d_model="8", pe_length="50")
    assert app.session_state["pe_view"] == "table" and only(app, "Wavelengths")


def test_a_wider_table_has_longer_waves(open_page):
    app = open_page("positional", "en", pe_view="table")
    before = only(app, "Wavelengths")
    app.number_input(key="pe_d_model").set_value(512).run()
    longest = 2 * np.pi * 10_000 ** (510 / 512)
    assert f"to {longest:.0f} positions" in only(app, "Wavelengths") != before
    app.number_input(key="pe_d_model").set_value(8).run()  # the chosen dimensions 16 to 64 are gone
    assert not app.exception and not app.error


def test_the_dot_product_follows_distance_until_d_model_is_odd(open_page):
    app = open_page("positional", "en", pe_view="distance", pe_d_model="64")
    alt = only(app, "Dot product against distance")
    assert "32.0 at distance 0" in alt  # d_model / 2
    assert float(alt.rsplit("at most ", 1)[1].rstrip(".").split("×")[0]) < 10 and "×10⁻¹" in alt
    app = open_page("positional", "en", pe_view="distance", pe_d_model="3", pe_length="1000", pe_position="500")
    assert float(only(app, "Dot product against distance").rsplit("at most ", 1)[1].rstrip(".")) > 0.5
    assert "odd d_model" in findings(app)[0]


def test_the_shift_matrix_rotates_by_k(open_page):
    app = open_page("positional", "en", pe_view="shift", pe_offset="3")
    assert "first block is cos −0.990, sin 0.141" in only(app, "block diagonal")  # cos 3, sin 3
    residuals = [metric.value for metric in app.metric]
    assert len(residuals) == 2 and all("×10⁻¹" in value for value in residuals)  # 1e-1x: rounding
    app.number_input(key="pe_offset").set_value(4).run()
    assert "first block is cos −0.654, sin −0.757" in only(app, "block diagonal")


def test_the_largest_shift_is_checked_without_the_slow_fit(open_page, language):
    app = open_page("positional", language, pe_view="shift", pe_d_model="512", pe_length="5000")
    assert [metric.label for metric in app.metric] == [message("positional.residual", language)]
    assert "×10⁻¹³" in app.metric[0].value
    assert any(note.value == message("positional.not_fitted", language) for note in app.caption)


def test_without_positions_word_order_is_nothing(open_page):
    app = open_page("positional", "en", pe_view="order", pe_example="cat")
    with_positions, without = only(app, "With positions"), only(app, "Without positions")
    assert "between the sentence vectors it is 1.00" in without and "same token in both texts is 1.00" in without
    assert "between the sentence vectors it is 0.918" in with_positions
    app.text_input(key="pe_second").set_value("mat on sat dog").run()
    assert any(message("positional.other_tokens", "en") in html.proto.body for html in app.get("html"))
    assert "1.00" not in only(app, "Without positions").split("sentence vectors")[1]


def orders(mean: float, same: bool = True) -> OrderComparison:
    return OrderComparison(np.eye(2), (0, 1), 0.0, mean, same)


@pytest.mark.parametrize(
    ("second", "without", "learned", "same", "key", "doubt"),
    [
        ("b a", 1.0, 0.997, True, "order_same", "order_hardly"),
        ("b a", 1 - 1e-7, 0.9, True, "order_same", None),
        ("b a", 0.99, 0.96, True, "order_apart", "order_hardly"),
        ("b c", 0.9, 0.8, False, "order_differ", "other_tokens"),
        ("a b", 1.0, 1.0, True, "order_equal", None),
    ],
)
def test_what_is_said_of_two_orders(monkeypatch, second, without, learned, same, key, doubt):
    monkeypatch.setattr("components.ui.widgets.verdict.t", lambda key, **values: key.split(".")[1])
    finding, said = order_verdict("a b", second, orders(without, same), orders(learned, same))
    assert (finding, said) == (key, doubt)


def test_the_lowest_cosine_is_framed_unless_all_are_the_same():
    cosines = np.array([[0.2, 0.98], [0.9, 0.1]])
    assert numbers(Drawing("", "", "", (1, 0), cosines)) == ({1: "0.980", 0: "0.900"}, [0])
    assert numbers(Drawing("", "", "", (1, None), cosines)) == ({1: "0.980"}, [])
    assert numbers(Drawing("", "", "", (0, 1), np.eye(2))) == ({0: "1.000", 1: "1.000"}, [])


def test_japanese_readers_meet_japanese_words(open_page, language):
    app = open_page("positional", language, pe_view="order")
    sent = component(app, "pe_threads")
    words = [word for word, special in sent["first"] if not special]
    assert words == {"ja": ["犬", "が", "人", "を", "噛ん", "だ"], "en": ["the", "dog", "bit", "the", "man"]}[language]
    without, learned = sent["drawings"]
    assert set(without["numbers"]) == {"1.000"} and not without["lowest"]
    assert len(learned["lowest"]) == 1 and float(learned["numbers"][learned["lowest"][0]]) == min(map(float, learned["numbers"]))
    assert any(
        message("positional.order_same", language, first="|", second="|").split("|")[-1] in html.proto.body for html in app.get("html")
    )


def test_an_example_fills_both_texts(open_page, language):
    app = open_page("positional", language, pe_view="order", pe_example="bite")
    assert app.text_input(key="pe_first").value == message("positional.example_bite_first", language)
    assert app.text_input(key="pe_second").value == message("positional.example_bite_second", language)
    assert "1.00" in only(app, message("positional.order_none", language)).split("：" if language == "ja" else ":")[1]


def test_past_the_last_learned_position(open_page):
    app = open_page("positional", "en", pe_view="kinds", pe_far="5000")
    assert "at 511; the model's table has 512 positions" in only(app, "Learned (BERT): 0")
    assert "at 4999" in only(app, "Sinusoidal: 0.973 at 1")
    assert "8 heads has the slope 0.500" in only(app, "ALiBi: ")
    assert all(len(trace.get("x", ())) <= 1000 for figure in figures(app).values() for trace in figure["data"])


@pytest.mark.parametrize(
    ("view", "key", "value", "low", "high"),
    [
        ("table", "pe_d_model", 513, 1, 512),
        ("table", "pe_length", 5001, 2, 5000),
        ("kinds", "pe_far", 5001, 2, 5000),
        ("shift", "pe_offset", 100, 0, 99),
    ],
)
def test_one_more_than_fits_gets_a_sentence(open_page, language, view, key, value, low, high):
    app = open_page("positional", language, pe_view=view)
    app.number_input(key=key).set_value(value).run()
    what = app.number_input(key=key).label
    assert [plain(error.value) for error in app.error] == [
        message("positional.out_of_range", language, what=what, found=value, low=low, high=high)
    ]
    assert app.number_input(key=key).value == value and not app.exception


def test_the_largest_table_is_thinned_before_it_is_sent(open_page):
    app = open_page("positional", "en", pe_d_model="512", pe_length="5000")
    assert sum(len(chart.proto.spec) for chart in app.get("plotly_chart")) < 2_000_000
    assert any(f"Over {MAX_SIDE} positions" in note.value for note in app.markdown)


def test_what_cannot_be_compared(open_page, language):
    app = open_page("positional", language, pe_view="order")
    app.text_input(key="pe_first").set_value("  ").run()
    assert [error.value for error in app.error] == [message("positional.no_text", language)]
    app.text_input(key="pe_first").set_value("cat " * 70).run()
    assert [error.value for error in app.error] == [message("positional.too_many_tokens", language, found=72, most=64)]
    odd = open_page("positional", language, pe_view="shift")
    odd.number_input(key="pe_d_model").set_value(127).run()
    assert [error.value for error in odd.error] == [message("positional.odd_shift", language, d_model=127)]


def test_japanese_without_a_japanese_encoder_says_so(open_page, language, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "MODELS", tmp_path)
    app = open_page("positional", language, pe_view="order", pe_example="cat")
    assert not app.info
    app.text_input(key="pe_first").set_value("犬が人を噛んだ").run()
    app.text_input(key="pe_second").set_value("人が犬を噛んだ").run()
    assert [info.value for info in app.info] == [message("positional.english_model", language)]


def test_each_view_says_what_its_figure_shows(open_page, language):
    for view in ("table", "distance", "shift", "kinds"):
        assert len(findings(open_page("positional", language, pe_view=view))) == 1
    alone = open_page("positional", "en", pe_view="table", pe_d_model="2")
    assert findings(alone) == ["Within 100 positions the only pair completes a whole turn."]
    assert "all four have values" in findings(open_page("positional", "en", pe_view="kinds", pe_far="512"))[0].lower()
    assert "no vector for position 513" in findings(open_page("positional", "en", pe_view="kinds", pe_far="513"))[0]
