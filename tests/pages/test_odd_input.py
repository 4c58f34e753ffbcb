"""What people also type, on every page that takes a text: each answers or says why not, cuts nothing silently, and shows markup as text."""

import re

import pytest

from components.messages import message
from components.models.masked_lm import MAX_MASKS

# page, its part in the address, the text field, and what stands before the odd text.
FIELDS = {
    "tokens": ("tokens", {}, "tok_text", ""),
    "model input": ("tokens", {"tok_part": "input"}, "tok_text", ""),
    "fill": ("masked_lm", {"mlm_part": "fill"}, "mlm_fill", "[MASK] "),
    "simulate": ("masked_lm", {"mlm_part": "simulate"}, "mlm_text", ""),
    "next": ("masked_lm", {"mlm_part": "next"}, "nsp_a", ""),
    "decoder": ("decoder", {}, "dec_text", ""),
    "classification": ("classification", {}, "cls_text", ""),
    "entities": ("entities", {}, "ner_text", ""),
    "similarity": ("similarity", {"sim_mode": "sentences"}, "sim_sentences", "One sentence here.\n"),
    "map": ("similarity", {}, "sim_text", ""),
}
LONG = "The film was good and the music was fine. " * 237  # 9,954 characters
SHORT = {
    "one word": "word",
    "emoji": "😀🎉👍🏽👨‍👩‍👧",
    "right to left": "هذا الفيلم رائع جدا שלום",
    "control": "Tim\x00 Cook\x07 in \u202eParis\x1b[31m\ufeff \x85 end",
    "script": "<script>alert(1)</script><b onclick=x>**bold** $x$ :red[hi]</b>",
}
EMPTY = {"nothing": "", "only spaces": "  \u3000 \n\t "}
# What a page says where a text is longer than its model reads at once, or than it draws.
LONG_SAID = {
    "tokens": "tokens.more",
    "model input": "tokens.cut",
    "fill": "masked_lm.round_mask",
    "simulate": "masked_lm.cut",
    "next": "masked_lm.pair_cut",
    "decoder": "decoder.too_many_words",
    "classification": "classification.cut",
    "entities": "entities.windows",
    "similarity": "similarity.cut",
    "map": "similarity.too_many_characters",
}


@pytest.fixture
def type_in(open_page):
    def type_in_(name: str, language: str):
        """The page of a field, and a function that types a text into it."""
        page, query, key, before = FIELDS[name]
        visit = []

        def enter(text: str):
            app = visit[0]
            field = app.text_input if key in {one.key for one in app.text_input} else app.text_area
            field(key=key).set_value(text).run()
            assert not app.exception, app.exception
            assert field(key=key).value == text, "what was typed stays"
            return app

        def type_(text: str):
            visit.extend([] if visit else [open_page(page, language, **query)])
            try:
                return enter(before + text)
            except KeyError:  # AppTest trips over widgets that the page no longer shows: a new visitor then
                visit[:] = [open_page(page, language, **query)]
                return enter(before + text)

        return type_

    return type_in_


def said(app) -> list[str]:
    return [one.value for kind in ("error", "warning", "info", "caption", "markdown") for one in getattr(app, kind)]


def html(app) -> str:
    return " ".join(one.value if hasattr(one, "value") else one.proto.body for one in app.get("html"))


def pattern(key: str, language: str) -> str:
    """A regular expression of a message with any values."""
    parts = re.split(r"\{[^}]*\}", message(key, language))
    return ".+?".join(map(re.escape, parts))


@pytest.mark.parametrize("name", FIELDS)
def test_odd_text_is_answered_or_refused_in_a_sentence(type_in, language, name):
    type_ = type_in(name, language)
    for kind, text in SHORT.items():
        app = type_(text)
        drawn = bool(app.get("plotly_chart") or app.get("bidi_component") or app.dataframe)
        assert drawn or app.error, f"{kind}: neither an answer nor a reason"
        assert len(app.error) <= 1, kind
        # Chips and marks are HTML: no tag and no attribute of the visitor's may be in it.
        assert "<script" not in html(app) and "<b onclick" not in html(app), kind
        assert "\x00" not in html(app) and "\u202e" not in html(app), kind
        assert not any("<script" in one and "```" not in one for one in said(app)), kind


# fill has a mask of its own in the text, similarity a first sentence that stands.
@pytest.mark.parametrize("name", [name for name in FIELDS if name not in ("fill", "similarity")])
def test_an_empty_text_gets_one_sentence(type_in, language, name):
    type_ = type_in(name, language)
    for kind, text in EMPTY.items():
        app = type_(text)
        assert len(app.error) + len(app.info) == 1, (kind, said(app))


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_of_a_long_text_is_left_out_silently(type_in, language, name, monkeypatch):
    if name == "classification":  # the words of a long text take their time, and are another test's
        monkeypatch.setattr("components.views.classification.page._show_words", lambda *_: None)
    type_ = type_in(name, language)
    for text in (LONG, "word " * 600):
        app = type_(text)
        assert any(re.search(pattern(LONG_SAID[name], language), one) for one in said(app)), said(app)


@pytest.mark.parametrize("name", ["fill", "next", "entities", "classification"])
def test_text_without_letters_or_of_another_language_is_flagged(type_in, language, name):
    type_ = type_in(name, language)
    # The other sentence of a pair has letters of its own.
    kinds = {"emoji": "models.flag_no_letters"} if name != "next" else {}
    for kind, key in {**kinds, "right to left": "models.flag_other_language"}.items():
        text = SHORT[kind] * (6 if name == "next" else 1)
        assert message(key, language) in [one.value for one in type_(text).warning], kind


def test_a_link_full_of_masks_is_refused_in_a_sentence(visit_page, language):
    app = visit_page("masked_lm", language, part="fill", mlm_fill="[MASK] " * 560)
    assert not app.exception
    assert [error.value for error in app.error] == [message("models.too_many_masks", language, found=560, limit=MAX_MASKS)]
    assert app.text_area(key="mlm_fill").value == "[MASK] " * 560, "what was typed stays"


@pytest.mark.parametrize("name", ["attention", "multi_head", "classification", "exercises", "question_answering", "feed_forward"])
@pytest.mark.parametrize("number", ["9" * 400, "-1e999", "nan"])
def test_a_number_in_the_address_that_is_none_leaves_the_page_at_its_own(open_page, name, number):
    keys = ("att_d_model", "att_seed", "mh_d_model", "mh_seed", "cls_seed", "ex_seed", "ex_heads", "qa_k", "qa_strictness", "ff_neuron")
    app = open_page(name, "en", **dict.fromkeys(keys, number))
    assert not set(keys) & set(app.query_params)
