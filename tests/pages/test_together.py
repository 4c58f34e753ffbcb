"""All pages in one session: what a visitor sets on one stays there, and no other page stumbles over it."""

import pytest

from tests.pages.conftest import assert_well

# Page -> the controls that are changed there, in this order: key -> (its kind in AppTest, its new value).
CHANGES = {
    "sources": {"src_block": ("selectbox", "decoder_position")},
    "label": {},
    "fine_tune": {"tune_sample": ("selectbox", "topics-en")},
    "attention": {"att_mode": ("selectbox", "chapter"), "att_sample": ("number_input", 2), "att_seed": ("number_input", 7)},
    "multi_head": {
        "mh_mode": ("selectbox", "random"),
        "mh_text": ("text_area", "One two three four"),
        "mh_heads": ("button_group", "2"),
        "mh_seed": ("number_input", 5),
    },
    "bert_attention": {"ba_text": ("text_area", "The bank by the river."), "ba_hide": ("toggle", True), "ba_head": ("selectbox", "5")},
    "positional": {"pe_view": ("button_group", "distance"), "pe_d_model": ("number_input", 64)},
    "feed_forward": {"ff_text": ("text_area", "A short sentence."), "ff_layer": ("selectbox", "3")},
    "exercises": {"ex": ("button_group", "3"), "ex_count": ("number_input", 77)},
    "tokens": {"tok_part": ("button_group", "input"), "tok_text": ("text_area", "Playing football."), "tok_layer": ("number_input", 2)},
    "masked_lm": {"mlm_part": ("button_group", "next"), "nsp_a": ("text_area", "It rained."), "nsp_b": ("text_area", "We stayed in.")},
    "decoder": {"dec_part": ("button_group", "modern"), "dec_modern": ("button_group", "heads"), "dec_kv": ("button_group", "1")},
    "classification": {"cls_text": ("text_area", "A fine film."), "cls_other": ("selectbox", "untrained")},
    "entities": {"ner_text": ("text_area", "Tim Cook lives in Paris."), "ner_other": ("selectbox", "ner-ja")},
    "question_answering": {"qa_question": ("text_input", "Who lives in Paris?"), "qa_k": ("number_input", 2)},
    "similarity": {
        "sim_mode": ("button_group", "sentences"),
        "sim_sentences": ("text_area", "A cat.\nA dog.\nA car."),
        "sim_pooling": ("button_group", "max"),
        "sim_layer": ("number_input", 3),
    },
    "my_models": {},
}


def control(app, kind: str, key: str):
    return next(one for one in app.get(kind) if one.key == key)


# Each page comes before and after every other one in one of the two orders, and is looked at again when all have been changed.
@pytest.mark.parametrize("pages", [list(CHANGES), list(reversed(CHANGES))], ids=["forwards", "backwards"])
def test_every_page_keeps_its_own_values_beside_every_other(open_page, pages):
    app = open_page("overview", "en")
    for page in pages:
        app.switch_page(f"pages/{page}.py").run()
        assert_well(app)
        for key, (kind, value) in CHANGES[page].items():
            control(app, kind, key).set_value(value).run()
            assert_well(app)
    for page in pages:
        app.switch_page(f"pages/{page}.py").run()
        assert_well(app)
        shown = {key: control(app, kind, key).value for key, (kind, _) in CHANGES[page].items()}
        assert shown == {key: value for key, (_, value) in CHANGES[page].items()}, page


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        (
            "attention",
            {"d_model": "6", "seed": "9", "text": "One two three"},
            {"att_d_model": 6, "att_seed": 9, "att_text": "One two three"},
        ),
        ("attention", {"mode": "chapter", "sample": "2"}, {"att_mode": "chapter", "att_sample": 2}),
        (
            "similarity",
            {"sentences": "A cat.\nA dog.", "layer": "2", "pooling": "cls"},
            {"sim_layer": 2, "sim_pooling": "cls", "sim_sentences": "A cat.\nA dog."},
        ),
        ("tokens", {"part": "parameters", "par_num_hidden_layers": "3"}, {"tok_part": "parameters", "par_num_hidden_layers": 3}),
        ("masked_lm", {"part": "next", "nsp_a": "It rained."}, {"mlm_part": "next", "nsp_a": "It rained."}),
        ("fine_tune", {"task": "domain_adaptation"}, {"tune_task": "domain_adaptation"}),
        ("attention", {"seed": "9", "att_seed": "3"}, {"att_seed": 3}),
    ],
)
def test_a_link_with_yesterdays_names_still_works(open_page, page, query, expected):
    app = open_page(page, "en", **query)
    assert {key: app.session_state[key] for key in expected} == expected
    assert not set(query) - set(expected) & set(app.query_params), "the address speaks today's names"


# What is chosen inside a figure or a menu over the visitor's own text comes back with the link too.
@pytest.mark.parametrize(
    ("page", "query", "state"),
    [
        ("bert_attention", {"ba_source": "mean", "ba_heads": "1.2,3.4"}, {"ba_heads": ["1.2", "3.4"]}),
        ("bert_attention", {"ba_experiment": "off", "ba_off": "2.1,6.12"}, {"ba_off": ["2.1", "6.12"]}),
        ("bert_attention", {"ba_source": "mean", "ba_heads": "99.1,x,1.2"}, {"ba_heads": ["1.2"]}),
        ("bert_attention", {"ba_experiment": "mask", "ba_masked": "3"}, {}),
        ("bert_attention", {"ba_text": "The cat sat.", "ba_chosen": "2,3"}, {}),
        ("feed_forward", {"ff_view": "neurons", "ff_token": "4"}, {"ff_token": 4}),
    ],
)
def test_a_link_brings_back_what_was_chosen(open_page, page, query, state):
    app = open_page(page, "en", **query)
    assert {key: app.session_state[key] for key in state} == state
    for key in set(query) - {"ba_text", *state}:
        assert app.query_params[key] in (query[key], [query[key]])
    if "ba_chosen" in query:
        assert [name.split()[-1] for name in app.session_state["ba_chosen"]] == ["cat", "sat"]
    if "ba_masked" in query:
        place = int(query["ba_masked"])
        assert place in [box.index for box in app.selectbox] or place in [box.value for box in app.selectbox]
