import json

import numpy as np
import pytest

from components.charts.position_encoding import MAX_SIDE
from components.messages import message
from components.models import files
from tests.pages.conftest import plain

VIEWS = ("table", "distance", "shift", "order", "kinds")


def figures(app) -> dict[str, dict]:
    """Each chart's text alternative -> its figure."""
    return {chart.proto.alt: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def only(app, words: str) -> str:
    (found,) = [alt for alt in figures(app) if words in alt]
    return found


@pytest.mark.parametrize(("view", "charts"), [*zip(VIEWS, (3, 2, 5, 2, 6), strict=True)])
def test_every_view_opens_with_a_worked_example(open_page, language, view, charts):
    app = open_page("positional", language, pe_view=view)
    assert app.title[0].value == message("positional.title", language)
    assert len(app.get("plotly_chart")) == charts
    assert all(figures(app))
    assert len(app.get("tab")) == 4


def test_a_wider_table_has_longer_waves(open_page):
    app = open_page("positional", "en")
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
    assert any("odd d_model" in note.value for note in app.markdown)


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
    app = open_page("positional", "en", pe_view="order")
    with_positions, without = only(app, "With positions"), only(app, "Without positions")
    assert "between the sentence vectors it is 1.00" in without and "same token in both texts is 1.00" in without
    assert "between the sentence vectors it is 0.918" in with_positions
    app.text_input(key="pe_second").set_value("mat on sat dog").run()
    assert [info.value for info in app.info] == [message("positional.other_tokens", "en")]
    assert "1.00" not in only(app, "Without positions").split("sentence vectors")[1]


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
    app = open_page("positional", language, pe_view="order")
    assert not app.info
    app.text_input(key="pe_first").set_value("犬が人を噛んだ").run()
    app.text_input(key="pe_second").set_value("人が犬を噛んだ").run()
    assert [info.value for info in app.info] == [message("positional.english_model", language)]
