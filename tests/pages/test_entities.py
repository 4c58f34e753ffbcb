"""The entities page: names at their characters, odd input, and a table from upload to download."""

import io
import json
import re

import numpy as np
import pandas as pd
import pytest

from components.messages import CONTENT, message
from components.models import load
from components.ui.widgets.kinds import KINDS
from tests.pages.conftest import assert_well, doubts, findings, sent, spec

NAME = "entities"
CHAPTER = "Apple Inc. is looking at buying U.K. startup for $1 billion. Tim Cook is the CEO."


def html(app) -> str:
    return " ".join(one.value if hasattr(one, "value") else one.proto.body for one in app.get("html"))


def marked(app, order: int = 0) -> list[tuple[str, str]]:
    """The marked names and their kinds, in the order of the text."""
    line = sent(app, f"ner_text_{order}")
    return [(words, line["kinds"][kind]["kind"]) for words, kind, *_ in line["pieces"] if kind >= 0]


def test_the_example_is_marked_and_listed(open_page, language):
    app = open_page(NAME, language)
    assert [words for words, _ in marked(app)] == list(app.dataframe[0].value.iloc[:, 0]) != []
    assert "".join(piece[0] for piece in sent(app, "ner_text_0")["pieces"]) == app.text_area(key="ner_text").value


def test_the_surest_name_is_the_finding(open_page, language):
    app = open_page(NAME, language)
    best = app.dataframe[0].value.sort_values(message("entities.column_score", language)).iloc[-1]
    assert len(findings(app)) == 1 and best.iloc[0] in findings(app)[0]
    app = open_page(NAME, language, ner_preset="none")
    assert findings(app) == [message("entities.finding_none", language)] and not doubts(app) and not app.dataframe


def test_a_kind_has_one_hue_in_both_languages(open_page):
    japanese = sent(open_page(NAME, "en", ner_text="山田太郎は東京に住んでいる。"), "ner_text_0")["kinds"]
    english = sent(open_page(NAME, "en", ner_text="Tim Cook lives in Paris."), "ner_text_0")["kinds"]
    assert [one["kind"] for one in japanese] == list(KINDS)
    assert [(one["kind"], one["name"]) for one in english] == [
        ("person", "person"), ("company", "organisation"), ("place", "place"), ("product", "other name"),
    ]  # fmt: skip


def test_every_token_has_its_tag(open_page):
    app = open_page(NAME, "en", ner_text=CHAPTER)
    tagged, line = load("ner-en").tag(CHAPTER), sent(app, "ner_text_0")
    found = [(kind, tag) for _, tag, kind, *_ in line["tokens"]]
    assert [tag for _, tag in found] == [tag[0] if tag != "O" else "" for tag in tagged.tags]
    assert [line["kinds"][kind]["name"] for kind, tag in found if tag == "B"][:2] == ["organisation", "place"]


def test_the_sample_goes_to_its_result_in_one_click(open_page, language):
    app = open_page(NAME, language, ner_mode="table")
    assert message("entities.no_table", language) in [one.value for one in app.markdown]
    app.button(key="ner:sample").click().run()
    assert_well(app)
    assert message("entities.strict", language) in [one.label for one in app.metric]


def test_the_chapters_sentence_has_the_models_entities_at_their_characters(open_page):
    app = open_page(NAME, "en", ner_text=CHAPTER)
    table = app.dataframe[0].value
    expected = load("ner-en").predict([CHAPTER])[0]
    assert table.iloc[:, :4].values.tolist() == [[one.text, one.label, one.start, one.end] for one in expected]
    assert {"Apple Inc.", "Tim Cook"} <= set(table.iloc[:, 0])
    assert [words for words, _ in marked(app)] == [one.text for one in expected]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a text, or"),
        (" \n ", "Type a text, or"),
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


def judged_sample(open_page, language):
    app = open_page(NAME, language, ner_mode="table")
    app.button(key="ner:sample").click().run()
    assert app.selectbox(key="ner_model").value == f"ner-{language}"
    assert_well(app)
    return app


def test_a_table_with_the_right_entities_is_judged(open_page):
    app = judged_sample(open_page, "en")
    rows = [json.loads(line) for line in (CONTENT / "samples" / "entities_en.jsonl").read_text(encoding="utf-8").splitlines()]
    right = {(n, one["start"], one["end"], one["label"]) for n, row in enumerate(rows) for one in row["entities"]}
    predicted = load("ner-en").predict([row["text"] for row in rows])
    found = {(n, one.start, one.end, one.label) for n, entities in enumerate(predicted) for one in entities}
    f1 = 2 * len(right & found) / (len(right) + len(found))
    metrics = {one.label: one.value for one in app.metric}
    assert float(metrics["Strict F1"]) == pytest.approx(f1, abs=5e-4) and 0.5 < f1 < 1
    assert metrics["Entities in the file"] == str(len(right)) and metrics["Rows"] == str(len(rows))
    (written,) = (trace["text"] for trace in spec(app, "figure-ner-judged-confusion")["data"] if trace.get("mode") == "text")
    counts = np.array(written, dtype=int).reshape(5, 5)  # four types, and none
    assert counts.sum() == len(right) + len(found) - counts[:-1, :-1].sum()
    # The commonest mistake is chosen: its row is on the screen in both versions.
    twice = {n for n, row in enumerate(rows) if visible(html(app)).count(row["text"]) == 2}
    assert twice and twice <= {n for n, *_ in right ^ found}
    # Without a counterpart a type is left out on both sides.
    next(one for one in app.multiselect if one.label == "PER").set_value([]).run()
    assert_well(app)
    assert {one.label: one.value for one in app.metric}["Entities in the file"] == str(sum(label != "PER" for *_, label in right))
    assert sum("PER" in one.value for one in app.caption) == 2


def visible(markup: str) -> str:
    return re.sub(r"<small>.*?</small>|<[^>]+>", "", markup)


def test_types_of_other_names_are_matched_and_a_bad_cell_is_worded(open_page, language):
    lines = [
        {"text": "Tim Cook visited Paris.", "spans": [[0, 8, "PERSON"], [17, 22, "GPE"]]},
        {"text": "Paris again.", "spans": [[0, 50, "GPE"]]},
        {"text": "On Monday.", "spans": [[3, 9, "DATE"]]},
    ]
    app = open_page(NAME, language, ner_mode="table")
    data = "\n".join(json.dumps(line) for line in lines).encode()
    app.file_uploader(key="ner:file").set_value(("gold.jsonl", data, "application/json")).run()
    app.button(key="ner:start").click().run()
    assert_well(app)
    f1, _, *counts = (one.value for one in app.metric)
    assert float(f1) == 1 and counts == ["2", "2"]
    assert [one.value for one in app.multiselect] == [["PER"], ["LOC"], []]
    assert any("DATE (1)" in one.value for one in app.caption)
    reasons = next(frame.value for frame in app.dataframe if message("tables.problem_reason", language) in frame.value.columns)
    assert reasons.values.tolist() == [[2, message("gold.outside", language, start=0, end=50, length=12)]]


def test_the_download_of_a_judged_table_judges_perfectly(open_page):
    """What the page wrote is gold that the model equals: the way from a download to a corrected file."""
    app = judged_sample(open_page, "en")
    data = app.session_state["ner:written"][1].data
    app.file_uploader(key="ner:file").set_value(("again.csv", data, "text/csv")).run()
    app.selectbox(key=next(one.key for one in app.selectbox if one.key.startswith("ner:gold"))).set_value("entities (2)").run()
    app.button(key="ner:start").click().run()
    assert_well(app)
    assert [float(one.value) for one in app.metric][:2] == [1, 1]


def test_japanese_text_goes_to_the_japanese_model(open_page):
    app = open_page(NAME, "ja")
    assert app.selectbox(key="ner_model").value == "ner-ja" and not app.warning
    text = app.text_area(key="ner_text").value
    expected = load("ner-ja").predict([text])[0]
    assert app.dataframe[0].value.iloc[:, :4].values.tolist() == [[one.text, one.label, one.start, one.end] for one in expected] != []
    app.text_area(key="ner_text").set_value(CHAPTER).run()
    assert app.selectbox(key="ner_model").value == "ner-en"
    # A file that names its types in English is judged against the eight Japanese ones.
    app = open_page(NAME, "ja", ner_mode="table")
    line = {"text": "山田太郎はトヨタ自動車に入社した。", "label": [[0, 4, "PERSON"], [5, 11, "ORG"]]}
    app.file_uploader(key="ner:file").set_value(("gold.jsonl", json.dumps(line).encode(), "application/json")).run()
    app.button(key="ner:start").click().run()
    assert_well(app)
    assert [float(one.value) for one in app.metric][:2] == [1, 1]


@pytest.mark.parametrize(
    ("said", "text", "names", "never"),
    [
        (
            "en",
            "Barack Obama 🇺🇸 and Jean-Claude Van Damme wrote to tim@apple.com @nasa 🚀",
            {"Barack Obama", "Jean-Claude Van Damme"},
            "🇺🇸🚀@",
        ),
        ("ja", "安倍晋三👨🏻‍💼は東京🗼で@nasaとtim@apple.comに会った。", {"安倍晋三", "東京"}, "👨🗼@"),
    ],
)
def test_emoji_handles_and_addresses_are_in_no_name(open_page, said, text, names, never):
    app = open_page(NAME, said, ner_text=text)
    found = list(app.dataframe[0].value.iloc[:, 0])
    assert names <= set(found)
    assert not any(sign in name for name in found for sign in [*never, "apple", "nasa"])
    assert all(text[start:end] == name for name, _, start, end in app.dataframe[0].value.iloc[:, :4].values.tolist())
