import json
import re
from html import unescape

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer, util

from components.messages import message
from components.models import bundled, files, load
from components.models.cards import card
from components.text.language import has_japanese
from components.vectors.sample_map import sample_map
from components.views.similarity.page import FIVE, THREE
from tests.pages.conftest import assert_well, drawn

ACROSS = bundled.ACROSS.id


@pytest.fixture(scope="module")
def library() -> SentenceTransformer:
    return SentenceTransformer(str(files.bundled_folder("embed-en")), device="cpu")


def test_the_heatmap_is_what_sentence_transformers_computes(open_page, language, library):
    app = open_page("similarity", language, sim_order="as", sim_sentences=FIVE, sim_model="embed-en")
    truth = util.cos_sim(*[library.encode(FIVE.splitlines())] * 2).numpy()
    np.testing.assert_allclose(drawn(app, "figure-similarity-matrix"), truth, atol=1e-4)


def test_an_example_is_one_click(open_page, library):
    app = open_page("similarity", "en", sim_order="as", sim_preset="three")
    assert app.text_area(key="sim_sentences").value == THREE
    truth = util.cos_sim(*[library.encode(THREE.splitlines())] * 2).numpy()
    np.testing.assert_allclose(drawn(app, "figure-similarity-matrix"), truth, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "key", "values"), [("one", "too_few", {"found": 1}), ("a\n" * 201, "too_many", {"found": 201, "most": 200})]
)
def test_too_few_and_too_many_sentences(open_page, language, text, key, values):
    app = open_page("similarity", language, sim_order="as")
    app.text_area(key="sim_sentences").set_value(text).run()
    assert [error.value for error in app.error] == [message(f"similarity.{key}", language, **values)]
    assert not app.exception and app.text_area(key="sim_sentences").value == text


def test_two_hundred_sentences_work(open_page):
    app = open_page("similarity", "en", sim_order="as")
    app.text_area(key="sim_sentences").set_value("\n".join(f"sentence number {i}" for i in range(200))).run()
    assert not app.exception and not app.error


def test_japanese_on_an_english_model_is_flagged(open_page, language):
    app = open_page("similarity", language, sim_order="as")
    app.text_area(key="sim_sentences").set_value("猫が座る。\n犬が走る。").run()
    app.selectbox(key="sim_model").set_value("embed-en").run()
    assert_well(app)
    assert any(str(warning.value).startswith("embed\\-en") for warning in app.warning)


def test_across_languages_no_number_is_given(open_page, language):
    """Only pairs of the model's own language have a number, the one they would have alone, and the page says why."""
    app = open_page("similarity", language, sim_order="as", sim_preset="both", sim_model="embed-en")
    lines = app.text_area(key="sim_sentences").value.splitlines()
    japanese = np.array([has_japanese(line) for line in lines])
    shown = drawn(app, "figure-similarity-matrix")
    assert 1 < japanese.sum() < len(lines)
    np.testing.assert_array_equal(np.isnan(shown), (japanese[:, None] | japanese[None, :]) & ~np.eye(len(lines), dtype=bool))
    english = [line for line, ja in zip(lines, japanese, strict=True) if not ja]
    vectors = load("embed-en").encode(english)
    np.testing.assert_allclose(shown[~japanese][:, ~japanese], vectors @ vectors.T, atol=1e-4)
    assert any(message("similarity.take_bundled", language) in warning.value for warning in app.warning)
    app.text_area(key="sim_sentences").set_value("The cat sits.\n猫が座る。").run()
    assert [error.value for error in app.error] == [message("similarity.nothing_to_compare", language)] and not app.exception


def test_a_mixed_list_goes_to_the_model_of_both_languages(open_page, language):
    """Every pair has a number, those across languages a dot, and the table says which they are."""
    app = open_page("similarity", language, sim_order="as", sim_preset="both")
    lines = app.text_area(key="sim_sentences").value.splitlines()
    assert app.selectbox(key="sim_model").value == ACROSS and not app.warning
    vectors = load(ACROSS).encode(lines)
    np.testing.assert_allclose(drawn(app, "figure-similarity-matrix"), vectors @ vectors.T, atol=1e-4)
    japanese = np.array([has_japanese(line) for line in lines])
    dots = {
        (round(y + 0.36), round(x - 0.36))
        for x, y in zip(*[drawn(app, "figure-similarity-matrix", -1, axis) for axis in "xy"], strict=True)
    }
    assert dots == {(i, j) for i in range(len(lines)) for j in range(len(lines)) if japanese[i] != japanese[j]}
    assert any(message("similarity.matrix_across", language) in one.value for one in app.markdown)
    spoken = app.dataframe[0].value[message("similarity.column_languages", language)]
    names = [message(f"similarity.language_{name}", language) for name in ("en", "ja")]
    assert set(spoken) == {*names, " – ".join(names)}
    weak = [one.value for one in app.caption if "%" in one.value]
    assert all(f"{100 * card(ACROSS).scores[name]:.0f}%" in weak[0] for name in card(ACROSS).scores if name.startswith("first_of_1000"))


def test_the_model_of_both_languages_is_offered_where_another_one_was_chosen(open_page, language):
    app = open_page("similarity", language, sim_order="as", sim_preset="both", sim_model="embed-ja")
    assert np.isnan(drawn(app, "figure-similarity-matrix")).any()
    app.button(key="sim:across-across").click().run()
    assert_well(app)
    assert app.selectbox(key="sim_model").value == ACROSS and not app.warning
    assert not np.isnan(drawn(app, "figure-similarity-matrix")).any()


def test_across_languages_only_what_was_trained_is_compared(open_page, language):
    app = open_page("similarity", language, sim_order="as", sim_preset="both", sim_layer="3")
    shown = drawn(app, "figure-similarity-matrix")
    japanese = np.array([has_japanese(line) for line in app.text_area(key="sim_sentences").value.splitlines()])
    np.testing.assert_array_equal(np.isnan(shown), japanese[:, None] != japanese[None, :])
    app.text_area(key="sim_sentences").set_value("The cat sits on the mat.\n猫がマットの上に座っている。").run()
    pooling = message("similarity.pooling_mean", language)
    assert [error.value for error in app.error] == [message("similarity.only_across", language, pooling=pooling, layer=6)]
    app.number_input(key="sim_layer").set_value(6).run()
    assert_well(app)
    assert drawn(app, "figure-similarity-matrix")[0, 1] > 0.2


@pytest.mark.parametrize(("pooling", "layer"), [("mean", 6), ("mean", 2), ("max", 6), ("cls", 4)])
def test_the_code_of_two_languages_computes_the_pages_numbers(open_page, pooling, layer):
    app = open_page("similarity", "ja", sim_order="as", sim_preset="both", sim_pooling=pooling, sim_layer=str(layer))
    names: dict = {}
    exec(app.code[0].value, names)
    np.testing.assert_allclose(names["cosines"].numpy(), drawn(app, "figure-similarity-matrix"), atol=1e-4)


def test_a_third_language_stays_empty(open_page, language):
    text = "The cat sits on the mat.\n猫がマットの上に座っている。\nLe chat est sur le tapis et il dort très bien."
    app = open_page("similarity", language, sim_order="as", sim_model=ACROSS)
    app.text_area(key="sim_sentences").set_value(text).run()
    assert_well(app)
    np.testing.assert_array_equal(np.isnan(drawn(app, "figure-similarity-matrix")[2]), [True, True, False])
    assert any("multilingual" in warning.value for warning in app.warning)


def test_japanese_sentences_go_to_the_japanese_model(open_page, language):
    app = open_page("similarity", language, sim_order="as", sim_preset="japanese")
    assert app.selectbox(key="sim_model").value == "embed-ja" and not app.warning
    vectors = load("embed-ja").encode(app.text_area(key="sim_sentences").value.splitlines())
    np.testing.assert_allclose(drawn(app, "figure-similarity-matrix"), vectors @ vectors.T, atol=1e-4)
    app.text_area(key="sim_sentences").set_value(FIVE).run()
    assert app.selectbox(key="sim_model").value == "embed-en"


@pytest.mark.parametrize(("pooling", "layer"), [("mean", 6), ("max", 3), ("cls", 0), ("pooler", 6)])
def test_the_code_tab_computes_the_pages_numbers(open_page, pooling, layer):
    app = open_page("similarity", "en", sim_order="as", sim_pooling=pooling, sim_layer=str(layer))
    code = app.code[0].value
    names: dict = {}
    exec(code, names)
    np.testing.assert_allclose(names["cosines"].numpy(), drawn(app, "figure-similarity-matrix"), atol=1e-4)


def test_rows_stand_beside_those_most_like_them(open_page):
    """The same numbers, in the order in which like sentences are neighbours."""
    text = "The train is late.\nCats like milk.\nThe railway has a delay.\nA kitten drinks milk."
    written = drawn(open_page("similarity", "en", sim_order="as", sim_sentences=text), "figure-similarity-matrix")
    shown = drawn(open_page("similarity", "en", sim_sentences=text), "figure-similarity-matrix")
    assert min(shown[0, 1], shown[2, 3]) > max(shown[0, 2], shown[1, 3], shown[0, 3])
    np.testing.assert_allclose(np.sort(shown.ravel()), np.sort(written.ravel()), atol=1e-6)


def title(app) -> str:
    return next(part.proto.body for part in app.get("html") if "hi-finding" in part.proto.body)


def nearest(app) -> list[str]:
    body = next(part.proto.body for part in app.get("html") if 'class="hi-near"' in part.proto.body)
    return [unescape(text) for text in re.findall(r'<span class="text" data-words>(.*?)</span>', body)]


def test_a_sentence_falls_among_its_neighbours(open_page, language):
    app = open_page("similarity", language)
    text = message("similarity.typed_sport", language)
    assert app.text_area(key="sim_text").value == text and "<h2" in title(app)
    held = sample_map(language)
    cosines = held.vectors @ load(f"embed-{language}").encode([text])[0]
    assert nearest(app) == [held.texts[row] for row in np.argsort(-cosines)[:5]]
    assert message("similarity.topic_sports", language) in title(app)
    app.selectbox(key="sim_typed").set_value("lunch").run()
    assert_well(app)
    assert app.text_area(key="sim_text").value == message("similarity.typed_lunch", language) and len(nearest(app)) == 5


def test_a_sentence_of_the_sample_stands_where_the_map_has_it(open_page):
    held = sample_map("en")
    app = open_page("similarity", "en", sim_text=held.texts[7])
    assert nearest(app)[0] == held.texts[7]
    spot = json.loads(next(one for one in app.get("plotly_chart") if one.proto.id.endswith("figure-similarity-sample")).proto.spec)["data"][
        -1
    ]
    spread = held.places.max(axis=0) - held.places.min(axis=0)
    assert (np.abs(np.array([spot["x"][0], spot["y"][0]]) - held.places[7]) < 0.08 * spread).all()


@pytest.mark.parametrize(("text", "key"), [("  ", "no_sentence"), ("word " * 500, "too_many_characters")])
def test_no_sentence_or_a_very_long_one_is_told(open_page, language, text, key):
    app = open_page("similarity", language)
    app.text_area(key="sim_text").set_value(text).run()
    values = {"found": len(text.strip()), "most": 2_000} if key != "no_sentence" else {}
    assert [error.value for error in app.error] == [message(f"similarity.{key}", language, **values)] and not app.exception


def test_hostile_words_stay_words(open_page):
    app = open_page("similarity", "en", sim_text="<img src=x onerror=alert(1)> [x](http://evil.example)")
    assert "<img" not in "".join(part.proto.body for part in app.get("html"))
