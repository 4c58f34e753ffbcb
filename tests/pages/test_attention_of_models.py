"""The page on attention with models that are not built like BERT, from folders on this machine."""

import numpy as np
import pytest

from components.messages import message
from components.models import load
from tests.pages.conftest import assert_well
from tests.pages.test_bert_attention import captions, choose, decoded, spec
from tests.unit.models import architectures

TEXT = "Tim Cook sat on the mat, naïve 東京."


@pytest.fixture
def open_model(open_page, monkeypatch, tmp_path):
    """open_model(architecture, language, **query) -> (the page with a tiny model of it, the same model opened)."""

    def open_(name: str, language: str, **query: str):
        monkeypatch.setenv("HIMOTOKU_LOCAL_MODELS", "1")
        folder = architectures.save(tmp_path / name, name)
        app = open_page("bert_attention", language, **{"ba_model": str(folder), "ba_text": TEXT, "ba_words": "false"} | query)
        return app, load(str(folder), task="encoder")

    return open_


@pytest.mark.parametrize("name", ["DistilBert", "GPT2"])
def test_every_view_and_experiment_of_another_architecture(open_model, language, name):
    app, encoder = open_model(name, language, ba_view="matrix", ba_layer="2", ba_head="3")
    figure = spec(app, "bert-attention-matrix")
    weights = decoded(figure["data"][0]["z"])
    np.testing.assert_allclose(weights, encoder.run(TEXT, attentions=[1]).attentions[0, 2], atol=1e-5)
    causal = name == "GPT2"
    assert (message("bert_attention.causal", language) in captions(app)) == causal == (np.triu(weights, 1).max() == 0)
    assert not any(mark in str(figure) for mark in "Ġæ")
    assert ("東 1/3" in str(figure)) == causal  # read as bytes by GPT-2, as [UNK] by this DistilBERT
    specials = message("bert_attention.statistic_specials", language, specials="").strip()
    assert any(specials in text.value for text in app.markdown) != causal  # GPT-2 adds no special tokens
    for view in ("arcs", "line"):
        choose(app, "ba_view", view)
        assert_well(app)
    for source in ("mean", "rollout"):
        choose(app, "ba_source", source)
        assert_well(app)
    choose(app, "ba_words", True)
    assert_well(app)


@pytest.mark.parametrize("name", ["DistilBert", "GPT2", "Albert"])
def test_heads_can_be_switched_off(open_model, language, name):
    app, _ = open_model(name, language, ba_experiment="off", ba_off="1.2,2.1")
    assert float(app.metric[0].value) < 1
    app.multiselect(key="ba_off").set_value([]).run()
    assert_well(app)
    assert float(app.metric[0].value) == 1


def test_a_word_is_masked_where_there_is_a_mask(open_model, language):
    app, _ = open_model("Roberta", language, ba_experiment="mask")
    assert float(app.metric[0].value) < 1
    assert any("<mask>" in box.label.replace("\\", "") for box in app.selectbox)


def test_a_model_without_a_mask_says_so(open_model, language):
    app, _ = open_model("GPT2", language, ba_experiment="mask")
    assert [info.value for info in app.info] == [message("bert_attention.no_mask_token", language)]
    app.toggle(key="ba_paired").set_value(True).run()
    assert_well(app)
    assert message("bert_attention.no_separator", language) in captions(app)
