"""What the head says after each layer, as a visitor sees it."""

import numpy as np
import pytest

from components.messages import catalogue
from components.models import bundled, load
from tests.pages.conftest import assert_well, drawn, findings, spec


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
