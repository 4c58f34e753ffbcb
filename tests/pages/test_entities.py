"""The entities page: names at their characters, odd input, and a table from upload to download."""

import io
import json

import pandas as pd
import pytest

from components.models import load
from components.models.catalog import card
from tests.pages.conftest import assert_well

NAME = "entities"
CHAPTER = "Apple Inc. is looking at buying U.K. startup for $1 billion. Tim Cook is the CEO."
pytestmark = pytest.mark.skipif(card("ner-en") is None, reason="ner-en is not here")


def html(app) -> str:
    return " ".join(one.value if hasattr(one, "value") else one.proto.body for one in app.get("html"))


def test_the_example_is_marked_and_listed(open_page, language):
    app = open_page(NAME, language)
    assert "tl-mark" in html(app)
    assert len(app.dataframe[0].value) > 0


def test_the_chapters_sentence_has_the_models_entities_at_their_characters(open_page):
    app = open_page(NAME, "en", ner_text=CHAPTER)
    table = app.dataframe[0].value
    expected = load("ner-en").predict([CHAPTER])[0]
    assert table.iloc[:, :4].values.tolist() == [[one.text, one.label, one.start, one.end] for one in expected]
    assert {"Apple Inc.", "Tim Cook"} <= set(table.iloc[:, 0])
    # A type alone: the others are neither marked nor listed.
    app.button_group(key="ner-types-0").set_value(["PER"]).run()
    assert_well(app)
    assert set(app.dataframe[0].value.iloc[:, 1]) == {"PER"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a text above"),
        (" \n ", "Type a text above"),
        ("😀😀", "no letters"),
        ("今日は東京で会議があります。", "another language"),
    ],
)
def test_input_that_the_model_was_not_made_for_is_said_so(open_page, text, said):
    app = open_page(NAME, "en")
    app.text_area(key="ner_text").set_value(text).run()
    app.selectbox(key="ner_model").set_value("ner-en").run()
    assert_well(app)
    assert any(said in one.value for one in [*app.warning, *app.info])


@pytest.mark.parametrize(
    "text", ["Paris", "<script>alert(1)</script> Tim Cook", "Tim\x00 Cook\x07 in \u202eParis", "Tim Cook of Apple. " * 500]
)
def test_odd_and_long_input_is_read_whole_and_escaped(open_page, text):
    app = open_page(NAME, "en")
    app.text_area(key="ner_text").set_value(text).run()
    assert_well(app)
    assert "<script" not in html(app)
    if len(text) > 5_000:
        assert any("windows" in one.value for one in app.caption)
        assert app.dataframe[0].value.iloc[-1, 3] > 9_000


def test_a_text_over_the_limit_gets_a_sentence_and_stays(open_page):
    app = open_page(NAME, "en")
    app.text_area(key="ner_text").set_value("a" * 20_001).run()
    assert "20,001 characters" in app.error[0].value and len(app.text_area(key="ner_text").value) == 20_001


def test_a_table_goes_from_upload_to_download(open_page, language):
    texts = ["Angela Merkel met Tim Cook in Paris.", "nothing to see here", "=Paris is nice"]
    data = "id,text\r\n" + "".join(f'{number},"{text}"\r\n' for number, text in enumerate(texts, 1))
    app = open_page(NAME, language, ner_mode="table")
    app.file_uploader(key="ner:file").set_value(("news.csv", data.encode("cp932"), "text/csv")).run()
    app.button(key="ner:start").click().run()
    assert_well(app)
    assert "tl-mark" in html(app)
    frame = pd.read_csv(io.BytesIO(app.session_state["ner:written"][1].data), dtype=str, keep_default_na=False)
    assert frame["text"].tolist() == [*texts[:2], "'" + texts[2]]
    for row, entities in enumerate(load("ner-en").predict(texts)):
        found = json.loads(frame["entities"][row])
        assert [(one["text"], one["label"], one["start"], one["end"]) for one in found] == [
            (one.text, one.label, one.start, one.end) for one in entities
        ]
        assert frame["PER"][row] == "; ".join(one.text for one in entities if one.label == "PER")
