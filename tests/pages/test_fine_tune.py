"""Fine-tuning through its pages, with a real training of a few rows."""

import re
import time
from html import unescape

import pytest

from components.messages import CONTENT, message
from components.training.sample_runs import sample_runs
from components.training.samples_list import SAMPLES
from tests.pages.conftest import assert_well

TABLE = (CONTENT / "exercises" / "reviews_en.csv").read_text(encoding="utf-8")
ROWS = len(TABLE.splitlines()) - 1


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    import streamlit as st

    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    st.cache_resource.clear()
    yield tmp_path
    from components.ui.state.runs import launcher

    launcher().close()
    st.cache_resource.clear()


def only(value: str | list[str]) -> str:
    """A value of the address, which may come as a list of one."""
    return value[0] if isinstance(value, list) else value


def html(app) -> str:
    """What the page says in pictures of its own, without their tags."""
    return unescape(re.sub(r"<[^>]+>", "", "\n".join(one.proto.body for one in app.get("html"))))


def with_table(open_page, language, text=TABLE):
    app = open_page("fine_tune", language)
    app.file_uploader(key="tune:file").upload("reviews.csv", text.encode(), "text/csv").run()
    assert not app.exception and not app.error
    return app


def test_lines_of_text_for_domain_adaptation_may_be_in_two_readings(open_page, language):
    app = open_page("fine_tune", language, tune_task="domain_adaptation")
    app.file_uploader(key="tune:file").upload("names.txt", "Hélčne\n".encode("cp1250"), "text/plain").run()
    assert not app.exception
    shown = [one.value for one in app.text]
    assert {"Hélčne", "Hélène"} <= set(shown)
    app.button(key="tune:codec:take:0").click().run()
    assert not app.exception and app.session_state["tune:table"].frame["text"][0] == shown[1]


def test_without_a_file_it_says_what_to_do(open_page, language):
    app = open_page("fine_tune", language)
    assert message("tune.no_table", language) in [one.value for one in app.markdown]
    sample = next(sample for sample in SAMPLES if sample.language == language)
    run = sample_runs()[sample.id]
    share = f"{run.against.first / run.against.rows:.0%}"
    leads = message("tune.leads_to", language, rows="800", time=message("runs.seconds", language, n="@"), share=share)
    assert leads.split(share)[1] in html(app) and f"{run.against.first}/{run.against.rows}" in html(app)
    app.button(key="tune:begin").click().run()
    assert_well(app)
    assert app.session_state["tune_sample"] == sample.id and app.button(key="tune:start").label == message(
        "tune.start", language, rows="800"
    )


def test_a_sample_sets_file_task_columns_and_says_where_it_is_from(open_page, language):
    app = open_page("fine_tune", language)
    shown = [caption.value for caption in app.caption]
    assert any("SIB-200" in one and "CC BY-SA 4.0" in one for one in shown) and any("Banking77" in one for one in shown)
    app.selectbox(key="tune_sample").set_value("intents-en").run()
    assert_well(app)
    assert [box.value for box in app.selectbox if box.key.startswith(("tune:text", "tune:label"))] == ["text", "intent"]
    assert any("1,000" in one.value and "Banking77" in one.value for one in app.caption)
    app.selectbox(key="tune_sample").set_value("medical-en").run()
    assert_well(app)
    assert only(app.query_params["tune_task"]) == "domain_adaptation"
    probe = next(field for field in app.text_input if field.key.startswith("tune:probe"))
    assert "[MASK]" in probe.value
    assert message("tune.few_lines", language, n="36") in [one.value for one in app.caption]
    probe.set_value("no mask here").run()
    assert message("tune.probe_without_mask", language) in [one.value for one in app.warning]
    app.file_uploader(key="tune:file").upload("reviews.csv", TABLE.encode(), "text/csv").run()
    assert app.selectbox(key="tune_sample").value is None


FAULTY = TABLE + (
    "Same words,positive\nSame words,positive\nSame words,negative\n,positive\nno label at all,\nmuch too good,positive \nseen once,other\n"
)


def sum_of(app, language) -> tuple[int, int]:
    """Rows of the file and rows used, from the sum on the page, whose parts must add up."""
    text = html(app)
    pattern = re.escape(message("runs.account", language, rows="@", used="@", out="@", reasons="@")).replace("@", "(.+?)")
    if found := re.search(pattern, text):
        rows, used, out = (int(found[place].replace(",", "")) for place in (1, 2, 3))
        reasons = [int(number) for number in re.findall(r" (\d+)(?:,|、|$)", found[4])]
        assert rows == used + out and out == sum(reasons), found[0]
        return rows, used
    whole = re.search(re.escape(message("runs.account_all", language, rows="@")).replace("@", "(.+?)"), text)
    return int(whole[1]), int(whole[1])


def cures(app) -> dict[str, str]:
    return {button.key.removeprefix("tune:cure:"): button.label for button in app.button if button.key.startswith("tune:cure:")}


def test_each_cure_stands_in_the_row_of_its_finding_and_becomes_the_way_back(open_page, language):
    app = with_table(open_page, language, FAULTY)
    total = ROWS + 7
    assert sum_of(app, language) == (total, total - 1)  # a row without a label is of no use to anybody
    before, undo = cures(app), message("tune.undo", language)
    assert {"empty-text", "empty-label", "label-variants", "duplicates", "contradictions", "single-rows"} <= set(before)
    assert undo not in before.values()
    app.button(key="tune:cure:duplicates").click().run()
    assert_well(app)
    assert sum_of(app, language) == (total, total - 2) and cures(app)["duplicates"] == undo
    assert list(cures(app)) == list(before), "a cure moves no row"
    assert message("tune.fixed_duplicates", language, n=1) in html(app)
    app.button(key="tune:cure:duplicates").click().run()
    assert sum_of(app, language) == (total, total - 1) and cures(app) == before
    app.button(key="tune:cure_all").click().run()
    assert_well(app)
    rows, used = sum_of(app, language)
    assert rows == total and app.button(key="tune:start").label == message("tune.start", language, rows=used)
    left = {kind for kind, label in cures(app).items() if label != undo}
    assert left <= {"near-duplicates", "few-rows", "label-missing"}
    app.button(key="tune:undo_all").click().run()
    assert sum_of(app, language) == (total, total - 1) and undo not in cures(app).values()


def test_a_row_that_cannot_be_read_is_in_the_sum_and_in_the_list(open_page, language):
    app = with_table(open_page, language, TABLE + "a,b,c,d,e\n")
    assert sum_of(app, language) == (ROWS + 1, ROWS)
    assert message("tune.unreadable", language, n=1) in html(app)


def test_a_blank_at_a_labels_end_is_drawn_as_a_word_and_a_label_is_no_markup(open_page, language):
    app = with_table(open_page, language, TABLE + "quite good,positive \nquite bad,<img src=x onerror=alert(1)>\n")
    page = "\n".join(one.proto.body for one in app.get("html"))
    assert f"positive<em>{message('tune.blank', language)}</em></span> →" in page
    assert "<img" not in page and "&lt;img src=x" in page


def test_one_class_cannot_be_trained_and_the_page_says_so(open_page, language):
    app = with_table(open_page, language, "text,label\n" + "".join(f"words {i},same\n" for i in range(20)))
    assert message("tune.not_trainable", language) in [warning.value for warning in app.warning]
    assert app.button(key="tune:start").disabled


def test_japanese_without_a_japanese_model_is_a_sentence(open_page, language):
    app = open_page("fine_tune", language)
    table = "text,label\n" + "".join(f"この製品はとても良いです{i},良い\n全く役に立ちませんでした{i},悪い\n" for i in range(15))
    app.file_uploader(key="tune:file").upload("reviews.csv", table.encode("cp932"), "text/csv").run()
    assert not app.exception
    from components.models.files import is_bundled_folder

    if not is_bundled_folder("backbone-ja"):
        assert [error.value for error in app.error] == [message("training.backbone-not-here", language, id="backbone-ja")]


def test_from_the_file_to_a_judged_model_that_answers(open_page):
    app = with_table(open_page, "en")
    app.number_input(key="tune_epochs_20").set_value(1).run()
    app.button(key="tune:start").click().run()
    run = only(app.query_params["run"])
    end = time.monotonic() + 240
    while time.monotonic() < end:
        app.run()
        assert not app.exception and not app.error, [error.value for error in app.error]
        if any("This model" in str(frame.value) for frame in app.dataframe):
            break
        time.sleep(2)
    else:
        pytest.fail(f"the run did not end: {[node.value for node in app.markdown]}")
    assert app.text_area(key=f"runs:try:{run}").value.strip(), "an unseen row is filled in"
    app.text_area(key=f"runs:try:{run}").set_value("I loved this wonderful film").run()
    assert (
        re.search(r'<span class="first">(positive|negative)</span>', "\n".join(one.proto.body for one in app.get("html"))) and not app.error
    )
    assert message("runs.account_all", "en", rows=ROWS) in html(app)
    parts = re.search(r"(\d+) used = (\d+) training \+ (\d+) validation \+ (\d+) test", html(app))
    assert int(parts[1]) == ROWS == sum(int(parts[place]) for place in (2, 3, 4))
    visitor = only(app.query_params["visitor"])
    mine = open_page("my_models", "en", visitor=visitor)
    assert "reviews" in html(mine)
    stranger = open_page("my_models", "en")
    assert "reviews" not in html(stranger) and any(button.key.startswith("runs:start:") for button in stranger.button)


def test_a_strangers_address_opens_nothing(open_page, language):
    app = open_page("overview", language)
    app.query_params["run"] = "0123456789abcdef"
    app.switch_page("pages/fine_tune.py").run()
    assert [error.value for error in app.error] == [message("training.run-missing", language)]


@pytest.mark.parametrize(
    ("labels", "classes"),
    [(['["pos"]', '["neg"]', "[]"], {"pos", "neg"}), (["['ok']", "['bad']"], {"ok", "bad"})],
)
def test_a_labelling_tools_lists_are_read_at_once_and_it_can_be_undone(open_page, language, labels, classes):
    app = open_page("fine_tune", language)
    rows = [f'{{"text": "remark number {n} on the film", "label": {labels[n % len(labels)]}}}'.replace("'", '"') for n in range(40)]
    app.file_uploader(key="tune:file").upload("tool.jsonl", "\n".join(rows).encode(), "application/json").run()
    assert_well(app)
    assert cures(app)["label-lists"] == message("tune.undo", language)
    app.button(key="tune:cure:label-lists").click().run()
    assert_well(app)
    assert cures(app)["label-lists"] == message("training.fix-label-lists", language)


def test_what_stands_together_in_one_group_is_said_before_the_start(open_page, language):
    app = open_page("fine_tune", language)
    rows = ["text,label,shop"] + [f"remark number {n} about thing {n * 7},{'ab'[n % 2]},A" for n in range(60)]
    app.file_uploader(key="tune:file").upload("shops.csv", "\n".join(rows).encode(), "text/csv").run()
    group = next(box for box in app.selectbox if box.key and box.key.startswith("tune:group:"))
    group.set_value("shop").run()
    assert message("training.one-group-column", language, column="shop") in [one.value for one in app.warning]
    assert app.button(key="tune:start").disabled
