import json

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer, util

from components.messages import message
from components.models.files import minilm_package
from components.ui.similarity import FIVE, THREE


def drawn(app, key: str) -> np.ndarray:
    """The matrix that a chart of the page holds."""
    chart = next(chart for chart in app.get("plotly_chart") if key in chart.proto.id)
    rows = json.loads(chart.proto.spec)["data"][0]["z"]
    if isinstance(rows, dict):  # plotly's typed arrays: base64 of the numbers
        import base64

        return np.frombuffer(base64.b64decode(rows["bdata"]), rows["dtype"]).reshape([int(n) for n in rows["shape"].split(",")])
    return np.array(rows, dtype=float)


@pytest.fixture(scope="module")
def library() -> SentenceTransformer:
    return SentenceTransformer(str(minilm_package()), device="cpu")


def test_the_heatmap_is_what_sentence_transformers_computes(open_page, language, library):
    app = open_page("similarity", language)
    truth = util.cos_sim(*[library.encode(FIVE.splitlines())] * 2).numpy()
    np.testing.assert_allclose(drawn(app, "figure-similarity-matrix"), truth, atol=1e-4)


def test_an_example_is_one_click(open_page, library):
    app = open_page("similarity", "en", sim_preset="three")
    assert app.text_area(key="sentences").value == THREE
    truth = util.cos_sim(*[library.encode(THREE.splitlines())] * 2).numpy()
    np.testing.assert_allclose(drawn(app, "figure-similarity-matrix"), truth, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "key", "values"), [("one", "too_few", {"found": 1}), ("a\n" * 201, "too_many", {"found": 201, "most": 200})]
)
def test_too_few_and_too_many_sentences(open_page, language, text, key, values):
    app = open_page("similarity", language)
    app.text_area(key="sentences").set_value(text).run()
    assert [error.value for error in app.error] == [message(f"similarity.{key}", language, **values)]
    assert not app.exception and app.text_area(key="sentences").value == text


def test_two_hundred_sentences_work(open_page):
    app = open_page("similarity", "en")
    app.text_area(key="sentences").set_value("\n".join(f"sentence number {i}" for i in range(200))).run()
    assert not app.exception and not app.error


def test_japanese_on_an_english_model_is_flagged(open_page, language):
    app = open_page("similarity", language)
    app.text_area(key="sentences").set_value("猫が座る。\n犬が走る。").run()
    assert any("embed-en" in warning.value for warning in app.warning)
