import numpy as np
import pytest

from components.messages import message
from tests.pages.conftest import drawn


def test_opens_with_a_worked_example(open_page, language):
    app = open_page("attention", language)
    assert app.title[0].value == message("attention.title", language)
    assert app.text_input(key="att_text").value == message("attention.example_text", language)
    assert len(app.get("plotly_chart")) == 8 + 1 + 3 + 3  # X to output, with and without, and the three curves


def test_numbers_mode_computes_what_is_typed(open_page, language):
    app = open_page("attention", language, att_mode="numbers")
    app.text_area(key="att_Q").set_value("1 2").run()
    app.text_area(key="att_K").set_value("3 4\n0 1").run()
    app.text_area(key="att_V").set_value("10\n20").run()
    assert not app.exception and not app.error
    app.session_state["att:cell"] = (0, 0, "scores")
    app.run()
    assert "(1.00)(3.00) + (2.00)(4.00) = 11.0" in app.latex[0].value


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


@pytest.mark.parametrize(("text", "key"), [("   ", "no_words"), ("word " * 65, "too_many_words")])
def test_a_sentence_that_cannot_be_shown(open_page, language, text, key):
    app = open_page("attention", language)
    app.text_input(key="att_text").set_value(text).run()
    assert len(app.error) == 1 and not app.exception
    assert app.error[0].value == message(f"attention.{key}", language, **({} if key == "no_words" else {"found": 65, "most": 64}))


def test_64_words_of_the_largest_width_work(open_page):
    app = open_page("attention", "en", att_d_model="64")
    app.text_input(key="att_text").set_value("word " * 64).run()
    assert not app.exception and not app.error


def test_cross_attention_uses_the_other_sentence(open_page):
    app = open_page("attention", "en", att_cross="true")
    app.text_input(key="att_other").set_value("Only four words here").run()
    assert any("6×4" in node.value for node in app.get("markdown"))
    assert not app.error


@pytest.mark.parametrize("mode", ["words", "numbers", "chapter"])
@pytest.mark.parametrize("mask", ["none", "causal", "padding"])
def test_the_code_tab_computes_the_pages_numbers(open_page, mode, mask):
    app = open_page("attention", "en", att_mode=mode, att_mask=mask, att_scale="false")
    names: dict = {}
    exec(app.code[0].value, names)
    np.testing.assert_allclose(names["weights"], drawn(app, "figure-attention-weights"), atol=1e-9)
    np.testing.assert_allclose(names["output"], drawn(app, "figure-attention-output"), atol=1e-9)


@pytest.mark.parametrize("asked", ["999", "-3", "1", "65", "many"])
def test_a_width_outside_the_limits_in_the_address_is_not_taken(open_page, asked):
    app = open_page("attention", "en", att_d_model=asked)
    assert app.number_input(key="att_d_model").value == 4
    assert drawn(app, "figure-attention-query_input").shape[1] == 4


@pytest.mark.parametrize("sent", [1, 65, 10**9])
def test_a_width_outside_the_limits_that_a_client_sends_is_not_taken(open_page, sent):
    app = open_page("attention", "en")
    app.number_input(key="att_d_model").set_value(sent).run()
    assert app.number_input(key="att_d_model").value == 4 and not app.error and not app.exception
    assert drawn(app, "figure-attention-query_input").shape[1] == 4


def test_a_long_sum_is_shown_term_by_term_and_adds_up(open_page, language):
    app = open_page("attention", language, att_d_model="16", att_terms="true", att_cell="scores-0-0")
    terms = next(frame.value for frame in app.dataframe if message("attention.term_sum", language) in frame.value.columns)
    assert len(terms) == 16 and terms[message("attention.term_product", language)].sum() == pytest.approx(
        terms[message("attention.term_sum", language)].iloc[-1]
    )
    assert message("attention.more_terms", language, n=len(terms) - 5) in app.latex[0].value


@pytest.mark.parametrize("mask", ["none", "causal"])
def test_the_same_input_stands_with_and_without_mask_and_scaling(open_page, mask):
    app = open_page("attention", "en", att_mask=mask)
    shown = drawn(app, "figure-attention-weights")
    np.testing.assert_array_equal(drawn(app, "figure-attention-variant-as_set"), shown)
    other = "without_mask" if mask == "causal" else "with_causal_mask"
    changed = drawn(app, f"figure-attention-variant-{other}")
    upper = np.triu_indices(len(shown), 1)
    assert (changed[upper] == 0).all() == (mask == "none") and (shown[upper] == 0).all() == (mask == "causal")
    plain = open_page("attention", "en", att_mask=mask, att_scale="false")
    np.testing.assert_allclose(drawn(app, "figure-attention-variant-without_scale"), drawn(plain, "figure-attention-weights"))


@pytest.mark.parametrize("asked", ["scores-1-2", "scores-1-999", "nothing-0-0", "x" * 5_000, "weights--1-0"])
def test_a_link_brings_the_chosen_cell_back_and_an_impossible_one_is_ignored(open_page, asked):
    app = open_page("attention", "en", att_cell=asked)
    assert app.latex[0].value.lstrip("$\n").startswith("S_{2,3}" if asked == "scores-1-2" else "A_{6,")
