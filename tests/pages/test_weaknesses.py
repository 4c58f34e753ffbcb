"""What a bundled model is weak at stands on its page, in the visitor's language, with the counts of the file beside its weights."""

import json
import math

import pytest

from components.messages import message
from components.models.bundled import BUNDLED_IDS, task_of
from components.models.files import MODELS

# task -> page, what is put into the address beside the model, the menu's key
PAGES = {
    "similarity": ("similarity", {}, "sim_model"),
    "masked_lm": ("masked_lm", {"mlm_part": "fill"}, "mlm_model"),
    "next_sentence": ("masked_lm", {"mlm_part": "next"}, "nsp_model"),
    "classification": ("classification", {}, "cls_model"),
    "ner": ("entities", {}, "ner_model"),
    "qa": ("question_answering", {}, "qa_model"),
}


@pytest.mark.parametrize("id", BUNDLED_IDS)
def test_every_kind_below_its_floor_is_named_with_its_counts(open_page, language, id):
    page, query, key = PAGES[task_of(id)]
    app = open_page(page, language, **query, **{key: id})
    said = " ".join(element.value for element in (*app.caption, *app.markdown))
    counted = json.loads((MODELS / id / "behaviour.json").read_text(encoding="utf-8"))
    missed = {kind: one for kind, one in counted.items() if one["floor"] is not None and one["right"] / one["rows"] < one["floor"]}
    wrong = {kind: one for kind, one in counted.items() if one["right"] < one["rows"]}
    if not missed and wrong:
        lowest = min(wrong, key=lambda kind: wrong[kind]["right"] / wrong[kind]["rows"])
        values = {"kind": message(f"behaviour.kind_{lowest}", language), "right": wrong[lowest]["right"], "rows": wrong[lowest]["rows"]}
        assert message("behaviour.weak", language, kinds=message("behaviour.share", language, **values)) in said
    for kind, one in missed.items():
        values = {"kind": message(f"behaviour.kind_{kind}", language), "right": one["right"], "rows": one["rows"]}
        assert message("behaviour.share_missed", language, least=math.ceil(one["floor"] * one["rows"]), **values) in said
