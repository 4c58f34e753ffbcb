"""The classification page: one text, two models, edge inputs, and a table from upload to download."""

import csv
import io
import os

import pandas as pd
import pytest

from components.messages import message
from components.models import load
from components.ui.widgets.verdict import plain
from tests.pages.conftest import assert_well, doubts, drawn, findings

NAME = "classification"
LABELS = ("negative", "neutral", "positive")
WONDERFUL = "This film was truly wonderful!"
ROWS = [
    ("1", "A wonderful film, I loved every minute of it.", "pos"),
    ("2", "Dull, slow and a complete waste of money.", "neg"),
    ("3", "=1+1 is the only formula in this terrible book.", "neg"),
    ("4", "The worst service I have ever had.", "pos"),
    ("5", "   ", "neg"),
    ("6", "Great value and very friendly staff.", "mixed"),
]


def percent(app, number=0) -> float:
    """The likeliest class's probability, in per cent."""
    return 100 * drawn(app, f"figure-cls-classes-{number}", field="x")[0]


def table_csv(encoding="cp932") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([("番号", "本文", "label"), *ROWS])
    return out.getvalue().encode(encoding)


@pytest.fixture
def upload(open_page):
    def upload_(data: bytes, name: str, language: str = "en", **query):
        app = open_page(NAME, language, cls_mode="table", **query)
        app.file_uploader(key="cls:file").set_value((name, data, "text/csv")).run()
        return app

    return upload_


def test_the_example_is_classified_and_its_words_are_shown(open_page, language):
    app = open_page(NAME, language)
    assert percent(app) > 100 / 3
    assert any(one.value.startswith(("All words together", "全語の合計")) for one in app.caption)


def test_the_page_says_what_the_model_says_and_follows_the_text(open_page):
    app = open_page(NAME, "en", cls_text=WONDERFUL)
    [prediction] = load("sentiment-en").predict([WONDERFUL])
    assert prediction.label == "positive" and percent(app) == pytest.approx(100 * prediction.score, abs=0.06)
    app.text_area(key="cls_text").set_value("A dreadful boring film.").run()
    assert_well(app)
    assert findings(app)[0].startswith("A negative text")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a text, or"),
        ("   \n\t ", "Type a text, or"),
        ("😀😀😀", "has no letters"),
        ("good " * 2_000, "Only the first"),
        ("هذا الفيلم رائع جدا", "another language"),
        ("Das ist ein sehr schöner Film und ich mag ihn nicht", "another language"),
    ],
)
def test_input_that_the_model_was_not_made_for_is_said_so(open_page, text, said):
    app = open_page(NAME, "en")
    app.text_area(key="cls_text").set_value(text).run()
    assert_well(app)
    assert any(said in one.value for one in [*app.warning, *app.info])


@pytest.mark.parametrize("text", ["good", "<script>alert(1)</script> good", "a\x00b\x07 fine \u202eevil", "x" * 10_000])
def test_odd_input_is_answered_and_escaped(open_page, text):
    app = open_page(NAME, "en")
    app.text_area(key="cls_text").set_value(text).run()
    assert_well(app)
    assert percent(app) > 100 / 3
    assert not any("<script" in one.value for one in [*app.markdown, *app.caption])


def test_a_text_over_the_limit_gets_a_sentence_and_stays(open_page):
    app = open_page(NAME, "ja")
    app.text_area(key="cls_text").set_value("長い" * 50_001).run()
    assert "100,002 文字" in app.error[0].value
    assert len(app.text_area(key="cls_text").value) == 100_002


def test_an_untrained_head_stands_beside_and_changes_with_the_seed(open_page):
    app = open_page(NAME, "en", cls_text=WONDERFUL, cls_other="untrained")
    trained, before = percent(app, 0), percent(app, 1)
    app.number_input(key="cls_seed").set_value(5).run()
    assert_well(app)
    assert percent(app, 0) == trained and percent(app, 1) != before
    assert doubts(app) == [message("classification.doubt_untrained", "en")]


def test_untrained_heads_disagree_about_the_chapters_sentences(open_page, language):
    app = open_page(NAME, language)
    app.toggle(key="cls_pitfall").set_value(True).run()
    assert_well(app)
    name = message("models.name.backbone-ja" if language == "ja" else "models.name.embed-en", language)
    assert any(name in one.value for one in app.markdown)


def test_a_model_that_is_not_there_is_worded(open_page):
    app = open_page(NAME, "en", cls_model="run:gone")
    assert any("no longer here" in one.value for one in app.warning) and percent(app) > 50
    app = open_page(NAME, "en", cls_model="../../etc")
    assert not app.exception and not app.error and percent(app) > 100 / 3
    assert any("does not load models from its own folders" in one.value for one in app.warning)


def test_a_table_goes_from_upload_to_judged_rows(upload, language):
    app = upload(table_csv(), "reviews.csv", language)
    assert_well(app)
    assert any("cp932" in one.value for one in app.markdown)
    assert app.selectbox(key=next(one.key for one in app.selectbox if one.key.startswith("cls:text"))).value == "本文"
    app.button(key="cls:start").click().run()
    assert_well(app)
    metrics = {one.label: one.value for one in app.metric}
    # Rows 1 to 4 have a text and a label that means one of the model's; row 4's label is wrong.
    assert list(metrics.values())[-1] == "4" and float(next(iter(metrics.values()))) == 0.75
    assert any("mixed" in one.value for one in app.warning)
    assert message("classification.two_sides", language) in [one.value for one in app.info]
    assert [one.value for one in app.text] == [ROWS[3][1]]
    # The file is read again when the visitor comes back to the page; the work is not lost.
    app.switch_page("pages/attention.py").run()
    app.switch_page("pages/classification.py").run()
    assert_well(app)
    assert len(app.metric) == 4


def written(app) -> bytes:
    return app.session_state["cls:written"][1].data


def test_the_download_keeps_the_visitors_columns_and_defuses_formulas(upload):
    app = upload(table_csv(), "reviews.csv")
    app.button(key="cls:start").click().run()
    frame = pd.read_csv(io.BytesIO(written(app)), dtype=str, keep_default_na=False, encoding="utf-8")
    assert written(app).startswith(b"\xef\xbb\xbf")
    assert frame.columns.tolist() == ["番号", "本文", "label", "prediction", "probability", *(f"p({label})" for label in LABELS), "note"]
    texts = [text for _, text, _ in ROWS]
    assert frame["本文"].tolist() == [text if not text.startswith("=") else "'" + text for text in texts]
    assert any("leading apostrophe" in one.value for one in app.caption)
    expected = load("sentiment-en").predict([texts[0]])[0]
    assert frame["prediction"][0] == expected.label and float(frame["probability"][0]) == pytest.approx(expected.score, abs=2e-3)
    assert frame.loc[4, ["prediction", "note"]].tolist() == ["", "empty"]
    app.segmented_control(key="cls_format").set_value("csv_cp932").run()
    again = pd.read_csv(io.BytesIO(written(app)), dtype=str, keep_default_na=False, encoding="cp932")
    assert again.equals(frame)


def test_another_encoding_can_be_forced_and_a_broken_file_is_worded(upload):
    app = upload(table_csv("utf-8"), "reviews.csv")
    app.selectbox(key="cls:codec").set_value("latin-1").run()
    assert_well(app)
    assert any("iso8859-1" in one.value for one in app.markdown)
    app = upload(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "picture.csv", "ja")
    assert app.error and not app.exception


def test_a_table_with_two_readings_shows_both_and_the_choice_can_be_taken_back(upload):
    app = upload("text,label\nHélčne,1\n".encode("cp1250"), "names.csv")
    assert_well(app)
    shown = [one.value for one in app.text]
    first, others = shown[0], shown[1::2]
    assert {first, *others} >= {"Hélčne,1", "Hélène,1"}
    wanted = next(line for line in ("Hélčne,1", "Hélène,1") if line != first)
    app.button(key=f"cls:codec:take:{others.index(wanted)}").click().run()
    assert_well(app)
    assert app.session_state["cls:table"].frame["text"][0] == wanted.removesuffix(",1") and not app.text
    app.button(key="cls:codec:back").click().run()
    assert app.session_state["cls:table"].frame["text"][0] == first.removesuffix(",1") and len(app.text) == len(shown)


def test_an_encoding_chosen_for_one_file_is_not_forced_on_the_next(upload):
    app = upload(table_csv("utf-8"), "reviews.csv")
    app.selectbox(key="cls:codec").set_value("latin-1").run()
    app.file_uploader(key="cls:file").set_value(("other.csv", table_csv("euc_jp"), "text/csv")).run()
    assert_well(app)
    assert app.selectbox(key="cls:codec").value is None and app.session_state["cls:table"].table.encoding == "euc_jp"


def test_two_models_are_judged_on_the_same_rows(upload):
    app = upload(table_csv(), "reviews.csv", cls_other="untrained")
    app.button(key="cls:start").click().run()
    assert_well(app)
    app.segmented_control(key="cls_judged").set_value("1").run()
    assert_well(app)
    frame = pd.read_csv(io.BytesIO(written(app)), dtype=str, keep_default_na=False)
    assert {"prediction (sentiment-en)", "prediction (untrained-embed-en-0)"} <= set(frame.columns)


def test_a_finished_run_of_ones_own_is_in_the_menu_and_of_nobody_else(open_page, monkeypatch, tmp_path):
    from components.training.results import Ending
    from components.training.runs import new_key
    from components.training.settings import Settings
    from components.training.store import RunStore
    from components.ui.state import runs
    from tests.unit.models import tiny

    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    runs.store.clear()
    mine, another = new_key(), new_key()
    store = RunStore()
    run, _ = store.create(mine, Settings(), pd.DataFrame({"text": ["a", "b"], "label": ["x", "y"]}), name="My <b>reviews</b>")
    store.claim(os.getpid(), run.id)
    store.finish(run.id, Ending("done"))
    tiny.save(run.model_dir, "BertForSequenceClassification", "en", ["good news", "bad news"])
    app = open_page(NAME, "en", visitor=mine, cls_model=f"run:{run.id}")
    assert "My run: My <b>reviews</b>" in app.selectbox(key="cls_model").options
    assert "news" in findings(app)[0] and "<b>" not in findings(app)[0]
    others = open_page(NAME, "en")
    others.session_state["visitor"] = another
    others.run()
    assert not any("My run" in option for option in others.selectbox(key="cls_model").options)
    runs.store.clear()


def test_a_table_that_was_classified_before_keeps_its_own_columns(upload):
    app = upload(b"text,prediction\nA wonderful film.,mine\nA dreadful film.,mine too\n", "again.csv")
    app.button(key="cls:start").click().run()
    assert_well(app)
    frame = pd.read_csv(io.BytesIO(written(app)), dtype=str, keep_default_na=False)
    assert frame["prediction"].tolist() == ["mine", "mine too"] and frame["prediction (2)"].tolist() == ["positive", "negative"]
    assert any({"prediction", "prediction (2)"} <= set(table.value.columns) for table in app.dataframe)


def test_stars_are_not_taken_for_opinions_and_the_page_asks(upload):
    rows = [f"A wonderful lovely film {number},5" for number in range(5)] + [f"A dreadful boring film {number},1" for number in range(5)]
    app = upload(("text,stars\n" + "\n".join(rows)).encode(), "stars.csv")
    app.button(key="cls:start").click().run()
    assert_well(app)
    assert message("classification.nothing_to_judge", "en") in [one.value for one in app.info]
    meant = {control.label: control for control in app.selectbox if control.label in ("1", "5")}
    assert {control.value for control in meant.values()} == {None}
    meant["5"].set_value("positive").run()
    {control.label: control for control in app.selectbox}["1"].set_value("negative").run()
    assert_well(app)
    assert next(metric.value for metric in app.metric if metric.label == message("evaluation.accuracy", "en")) == "1.00"


def test_true_and_false_are_matched(upload):
    rows = [f"A wonderful lovely film {number},TRUE" for number in range(5)] + [
        f"A dreadful boring film {number},FALSE" for number in range(5)
    ]
    app = upload(("text,liked\n" + "\n".join(rows)).encode(), "liked.csv")
    app.button(key="cls:start").click().run()
    assert_well(app)
    assert next(metric.value for metric in app.metric if metric.label == message("evaluation.accuracy", "en")) == "1.00"


PLAIN = message("classification.example_fact_text", "en")


def accuracy(app) -> float:
    return float(next(metric.value for metric in app.metric if metric.label == message("evaluation.accuracy", "en")))


def test_a_table_of_praise_and_blame_is_judged_by_the_larger_of_the_two_until_all_three_are_wanted(upload):
    """PLAIN is called neutral, which nothing in the file can be."""
    [plain] = load("sentiment-en").predict([PLAIN])
    assert plain.label == "neutral"
    larger = max(("negative", "positive"), key=lambda label: plain.scores[label])
    app = upload(f"text,label\n{WONDERFUL},positive\nA dreadful boring film.,negative\n{PLAIN},{larger}\n".encode(), "two.csv")
    app.button(key="cls:start").click().run()
    assert_well(app)
    assert accuracy(app) == 1.0 and message("classification.two_sides", "en") in [one.value for one in app.info]
    frame = pd.read_csv(io.BytesIO(written(app)), dtype=str, keep_default_na=False)
    assert frame["prediction"].tolist() == ["positive", "negative", "neutral"]
    app.toggle(key="cls_three").set_value(True).run()
    assert_well(app)
    assert accuracy(app) == pytest.approx(2 / 3, abs=0.005)


def test_a_table_with_neutral_rows_is_judged_in_three_classes(upload):
    rows = [(WONDERFUL, "pos"), ("A dreadful boring film.", "neg"), (PLAIN, "neu")]
    lines = [f"{number}. {text},{label}" for number in (1, 2) for text, label in rows]
    app = upload(("text,label\n" + "\n".join(lines)).encode(), "three.csv")
    app.button(key="cls:start").click().run()
    assert_well(app)
    assert accuracy(app) == 1.0 and message("classification.two_sides", "en") not in [one.value for one in app.info]
    assert "cls_three" not in app.session_state


@pytest.mark.parametrize("preset", ["fact", "balanced"])
def test_the_examples_of_neutral_are_neutral(open_page, language, preset):
    app = open_page(NAME, language, cls_preset=preset)
    assert findings(app) == [message("classification.finding_neutral", language, percent=f"{percent(app):.0f}")] and not doubts(app)


def test_the_first_example_is_praise_that_no_doubt_refutes(open_page, language):
    app = open_page(NAME, language)
    assert findings(app) == [message("classification.finding_positive", language, percent=f"{percent(app):.0f}")] and not doubts(app)


def test_marks_that_decide_are_doubted(open_page):
    """The comma and the full stop do more than all words but one."""
    app = open_page(NAME, "ja", cls_preset="mixed")
    label = message("classification.label_positive", "ja")
    assert findings(app) == [message("classification.finding_doubted", "ja", label=label, percent=f"{percent(app):.0f}")]
    assert doubts(app) == [message("classification.doubt_words", "ja")]


def line(app) -> str:
    return next(one.proto.body for one in app.get("html") if 'class="cls-line"' in one.proto.body)


def test_a_second_sentence_has_its_own_mark_and_follows_the_first_until_it_is_changed(open_page, language):
    app = open_page(NAME, language)
    assert 'class="cls-mark cls-below"' not in line(app)
    first = app.text_input(key="cls_second").value
    assert first == app.text_area(key="cls_text").value
    other = {"ja": "この映画は本当にひどかった!", "en": "This film was truly dreadful!"}[language]
    app.text_input(key="cls_second").set_value(other).run()
    assert_well(app)
    [prediction] = load(f"sentiment-{language}").predict([other])
    assert prediction.label == "negative"
    x = 50 * (1 + prediction.scores["positive"] - prediction.scores["negative"])
    assert f'class="cls-mark cls-below" style="--x:{x:.1f}"' in line(app)
    assert any(
        message("classification.finding_negative", language, percent=f"{100 * prediction.score:.0f}") in plain(one.proto.body)
        for one in app.get("html")
    )
    assert findings(app)[0] == message("classification.finding_positive", language, percent=f"{percent(app):.0f}")


def test_the_sample_goes_to_its_result_in_one_click(open_page, language):
    app = open_page(NAME, language, cls_mode="table")
    assert message("classification.no_table", language) in [one.value for one in app.markdown]
    app.button(key="cls:sample").click().run()
    assert_well(app)
    assert next(iter(app.metric)).label == message("evaluation.accuracy", language)
