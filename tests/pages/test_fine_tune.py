"""Fine-tuning through its pages, with a real training of a few rows."""

import time

import pytest

from components.messages import CONTENT, message
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
    assert message("tune.no_table", language) in [info.value for info in app.info]


def test_a_sample_sets_file_task_columns_and_says_where_it_is_from(open_page, language):
    app = open_page("fine_tune", language)
    shown = [caption.value for caption in app.caption]
    assert any("SIB-200" in one and "CC BY-SA 4.0" in one for one in shown) and any("Banking77" in one for one in shown)
    app.button_group(key="tune_sample").set_value("intents-en").run()
    assert_well(app)
    assert [box.value for box in app.selectbox if box.key.startswith(("tune:text", "tune:label"))] == ["text", "intent"]
    assert any("1,000" in one.value and "Banking77" in one.value for one in app.caption)
    app.button_group(key="tune_sample").set_value("medical-en").run()
    assert_well(app)
    assert only(app.query_params["tune_task"]) == "domain_adaptation"
    probe = next(field for field in app.text_input if field.key.startswith("tune:probe"))
    assert "[MASK]" in probe.value
    assert message("tune.few_lines", language, n="36") in [one.value for one in app.caption]
    probe.set_value("no mask here").run()
    assert message("tune.probe_without_mask", language) in [one.value for one in app.warning]
    app.file_uploader(key="tune:file").upload("reviews.csv", TABLE.encode(), "text/csv").run()
    assert app.button_group(key="tune_sample").value in (None, [])


def test_the_doctor_offers_fixes_that_can_be_undone(open_page, language):
    app = with_table(open_page, language, TABLE + "Same words,positive\nSame words,positive\nSame words,negative\n")
    rows = message("tune.rows_left", language, rows=f"{ROWS + 3}", total=f"{ROWS + 3}")
    assert any(rows == node.value for node in app.markdown)
    fix = next(
        button
        for button in app.button
        if button.key.startswith("tune:fix") and button.key.endswith("duplicates") and "near" not in button.key
    )
    fix.click().run()
    assert any(message("tune.rows_left", language, rows=f"{ROWS + 2}", total=f"{ROWS + 3}") == node.value for node in app.markdown)
    next(button for button in app.button if button.key.startswith("tune:undo")).click().run()
    assert any(rows == node.value for node in app.markdown)


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
    app.text_input(key=f"runs:try:{run}").set_value("I loved this wonderful film").run()
    assert any("**positive**" in node.value or "**negative**" in node.value for node in app.markdown) and not app.error
    visitor = only(app.query_params["visitor"])
    mine = open_page("my_models", "en", visitor=visitor)
    assert any("reviews" in node.value for node in mine.markdown)
    stranger = open_page("my_models", "en")
    assert message("runs.none", "en") in [info.value for info in stranger.info]


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
    undo = [button for button in app.button if button.key and button.key.startswith("tune:undo:")]
    assert len(undo) == 1
    undo[0].click().run()
    assert_well(app)
    assert any(button.key.endswith("label-lists") for button in app.button if button.key)


def test_what_stands_together_in_one_group_is_said_before_the_start(open_page, language):
    app = open_page("fine_tune", language)
    rows = ["text,label,shop"] + [f"remark number {n} about thing {n * 7},{'ab'[n % 2]},A" for n in range(60)]
    app.file_uploader(key="tune:file").upload("shops.csv", "\n".join(rows).encode(), "text/csv").run()
    group = next(box for box in app.selectbox if box.key and box.key.startswith("tune:group:"))
    group.set_value("shop").run()
    assert message("training.one-group-column", language, column="shop") in [one.value for one in app.warning]
    assert app.button(key="tune:start").disabled
