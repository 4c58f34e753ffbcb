"""What a bundled model is weak at stands on its page, in the visitor's language, with the counts of the file beside its weights."""

import json
import math

import numpy as np
import pytest

from components.messages import message
from components.models.bundled import BUNDLED_IDS, task_of
from components.models.files import MODELS
from components.models.results import Entity, Prediction
from tests.pages.conftest import doubts, sent

# task -> page, what is put into the address beside the model, the menu's key
PAGES = {
    "similarity": ("similarity", {"sim_mode": "sentences"}, "sim_model"),
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


def test_an_unsure_class_is_said_to_be_unsure(open_page, language, monkeypatch):
    from components.models.classification import Classifier

    for scores, unsure in (({"negative": 0.45, "positive": 0.55}, True), ({"negative": 0.1, "positive": 0.9}, False)):
        best = max(scores, key=scores.get)
        monkeypatch.setattr(Classifier, "predict", lambda self, texts, best=best, scores=scores: [Prediction(best, scores[best], scores)])
        app = open_page("classification", language, cls_model="sentiment-en", cls_text="A film.")
        said = doubts(app)
        names = {name: message(f"classification.label_{name}", language) for name in scores}
        values = {"label": names["positive"], "other": names["negative"], "percent": "55", "share": "45"}
        assert (message("classification.unsure", language, **values) in said) == unsure


def test_an_unsure_next_sentence_is_said_to_be_unsure(open_page, language, monkeypatch):
    from components.models.next_sentence import NextSentence

    values = {"model": message("models.name.nsp-en", language), "next": "54.0", "other": "46.0"}
    for chance in (0.54, 0.94):
        monkeypatch.setattr(NextSentence, "predict", lambda self, pairs, chance=chance: np.full(len(pairs), chance))
        app = open_page("masked_lm", language, mlm_part="next", nsp_model="nsp-en", nsp_a="It rained.", nsp_b="We stayed in.")
        said = doubts(app)
        assert (message("masked_lm.next_unsure", language, **values) in said) == (chance == 0.54)


def test_a_name_more_likely_wrong_than_right_has_a_question_mark(open_page, language, monkeypatch):
    from components.models.ner import EntityTagger, TaggedText

    found = (Entity("Ann", "PER", 0, 3, 0.45), Entity("Rome", "LOC", 13, 17, 0.9))
    monkeypatch.setattr(EntityTagger, "tag", lambda self, text: TaggedText(text, (), (), (), (), (), ((0, 0),), found))
    app = open_page("entities", language, ner_model="ner-en", ner_text="Ann lives in Rome.")
    line = sent(app, "ner_text_0")
    marked = {words: (line["kinds"][kind]["kind"], unsure) for words, kind, _, unsure in line["pieces"] if kind >= 0}
    assert marked == {"Ann": ("person", 1), "Rome": ("place", 0)}
    assert doubts(app) == [message("entities.doubt_one", language, name="Ann", percent="45%")]
