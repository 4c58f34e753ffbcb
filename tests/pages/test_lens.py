"""What the head says after each layer, as a visitor sees it."""

import numpy as np
import pytest

from components.messages import catalogue, message
from components.models import bundled, load
from tests.pages.conftest import assert_well, drawn, findings, plain, spec


def words(app) -> list[str]:
    return spec(app, "figure-masked-lm-lens")["data"][1]["text"]


def test_the_gap_s_words_are_the_model_s_and_the_finding_says_them(open_page, language):
    app = open_page("masked_lm", language, mlm_part="lens")
    word = {"ja": "作品", "en": "war"}[language]
    assert word in findings(app)[0] and "[MASK]" in findings(app)[0]
    shares = drawn(app, "figure-masked-lm-lens")
    model = load(bundled.models_for(language).masked_lm, "masked_lm")
    text = app.text_area(key="mlm_lens").value
    place = model.tokenize(text).ids.index(model.mask_id)
    best = model.fill(text, 1)[0][0]
    assert (
        shares[place, -1] == pytest.approx(best.score, abs=1e-4) and words(app)[place * shares.shape[1] + shares.shape[1] - 1] == best.token
    )
    assert np.all((shares >= 0) & (shares <= 1))


def test_one_s_own_sentence_without_a_gap_and_a_strange_one_are_answered(open_page, language):
    for text in (
        {"ja": "駅前に新しい店ができた。", "en": "A new shop opened near the station."}[language],
        "[MASK] " * 60,
        "😀",
        "<b>x</b>",
    ):
        app = open_page("masked_lm", language, mlm_part="lens", mlm_lens=text)
        assert findings(app)


def test_nothing_to_read_is_said(visit_page, language):
    app = visit_page("masked_lm", language, mlm_part="lens", mlm_lens=" ")
    assert_well(app)
    assert app.info[0].value == catalogue(language)["masked_lm.empty_fill"]


def test_the_slider_goes_through_the_layers(open_page, language):
    """What the head reads after a layer is a column of the figure; a layer that the model lacks is its last."""
    app = open_page("masked_lm", language, mlm_part="lens", mlm_lens_layer="99")
    columns = len(drawn(app, "figure-masked-lm-lens")[0])
    slider = app.slider(key="mlm_lens_layer")
    assert (slider.value, slider.max) == (columns - 1, columns - 1)
    for layer in (0, 2):
        app.slider(key="mlm_lens_layer").set_value(layer).run()
        assert_well(app)
        reads = next(plain(note.value) for note in app.markdown if note.value.startswith(message("masked_lm.lens_reads", language)))
        there = words(app)[layer::columns][1:-1]  # without [CLS] and [SEP]
        assert all(word.rstrip("…") in reads for word in there if word.isalnum())
        frames = spec(app, "figure-masked-lm-lens")["layout"]["shapes"]
        assert (frames[1]["x0"], frames[1]["x1"]) == (layer - 0.5, layer + 0.5)


def test_a_text_of_512_tokens_is_read_once(open_page, language, monkeypatch):
    """Of a long text some tokens are asked about; moving through the layers asks the model nothing more."""
    from components.models import masked_lm

    text = {"en": "The cat sat on the mat and slept. ", "ja": "猫がマットの上で眠っていました。"}[language] * 90
    app = open_page("masked_lm", language, mlm_part="lens", mlm_lens=text[:4_000])
    assert len(drawn(app, "figure-masked-lm-lens")) <= 40
    monkeypatch.setattr(masked_lm.MaskedLM, "tokenize", lambda *_: pytest.fail("read again"))
    app.slider(key="mlm_lens_layer").set_value(1).run()
    assert_well(app)
