"""Check yourself on every page: questions, what is said of an answer, what is kept of it and for whom, and the sheet."""

import sqlite3
from datetime import datetime

import pytest

from components.messages import LANGUAGES, catalogue, message
from components.ui.state.keys import PREFIXES
from components.ui.state.understood import GIVEN
from components.ui.widgets import check
from components.ui.widgets.answer_sheet import sheet
from components.ui.widgets.check import questions_of
from components.ui.widgets.pages import GOALS, PAGES
from tests.pages.checking import FIELD, answer, asked, opened, options, said
from tests.pages.conftest import assert_well

ASKING = [name for names in PAGES.values() for name in names if questions_of(name)]
OWNER, STRANGER = "o" * 32, "s" * 32
FIXED = {page: next(id for id in questions_of(page) if f"questions.{id}-right" in catalogue("en")) for page in ASKING}
TEXTS = {
    "vectors": "vec_text",
    "tokens": "tok_text",
    "similarity": "sim_text",
    "attention": "att_text",
    "multi_head": "mh_text",
    "feed_forward": "ff_text",
    "bert_attention": "ba_text",
    "masked_lm": "mlm_fill",
    "classification": "cls_text",
    "entities": "ner_text",
    "question_answering": "qa_context",
}
ODD = (
    "Cats",
    "😀😀 😀",
    "the the the",
    "<b>x</b> **y** $z$ `q`",
    "a\x00b\ufeff c\u200bd e",
    "猫",
    " ".join(f"word{number}" for number in range(40)),
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    import streamlit as st

    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


def right_of(id: str, language: str) -> str:
    return message(f"questions.{id}-right", language)


@pytest.mark.parametrize("page", ASKING)
def test_a_page_asks_and_says_at_once_whether_an_answer_is_right_and_why(open_page, language, page):
    app = open_page(page, language, **opened(page))
    ids = list(asked(app))
    assert 3 <= len(ids) <= 5 and set(ids) <= set(questions_of(page))
    id = FIXED[page]
    for wrong in [one for one in options(app, id) if one != right_of(id, language)][:2]:
        told = answer(app, id, wrong)
        assert "✗" in told and wrong in told and message(f"questions.{id}-reason", language) in told
    told = answer(app, id, right_of(id, language))
    assert told == f"✓ {message('check.right', language)} {message(f'questions.{id}-reason', language)}"
    assert any(message("check.done", language, done=1, n=len(questions_of(page))) in one.value for one in app.caption)
    assert_well(app)


@pytest.mark.parametrize("page", ASKING)
def test_nothing_is_asked_before_the_section_is_opened(open_page, page, monkeypatch):
    monkeypatch.setattr(check, "fixed_of", lambda page: pytest.fail("asked"))
    assert not asked(open_page(page, "en"))


@pytest.mark.parametrize("page", TEXTS)
def test_odd_texts_are_asked_about_or_left_out(visit_page, language, page, monkeypatch):
    made = []
    monkeypatch.setattr(check, "_ask", lambda number, question: made.append(question))
    for text in ODD:
        made.clear()
        app = visit_page(page, language, **opened(page), **{TEXTS[page]: text}, **({"mlm_hidden": "-1"} if page == "masked_lm" else {}))
        assert not app.exception, (text, app.exception)
        assert message("common.unexpected_error", language) not in [error.value for error in app.error], text
        fixed = [id for id in questions_of(page) if f"questions.{id}-right" in catalogue(language)]
        assert [question.id for question in made][-len(fixed) :] == fixed
        for question in made:
            assert "{" not in question.text + question.reason
            if question.choices:
                assert question.right in question.choices and len(set(question.choices)) == len(question.choices) >= 2


def test_no_answer_is_asked_for_and_counts_as_none(open_page, language):
    app = open_page("attention", language, **opened("attention"))
    field = asked(app)["attention-scale"]
    app.button(key=f"check-send-{field.key.removeprefix(FIELD)}").click().run()
    assert said(app, "attention-scale") == message("check.nothing", language) and GIVEN not in app.session_state


def test_the_order_stays_when_the_page_runs_again_and_another_text_asks_anew(open_page):
    app = open_page("attention", "en", **opened("attention"))
    before = {id: options(app, id) for id in ("attention-most", "attention-later", "attention-scale")}
    keys = {id: field.key for id, field in asked(app).items()}
    app.button(key="att_run").click().run()
    assert {id: options(app, id) for id in before} == before
    app.text_area(key="att_text").set_value("My aunt waters the flowers in her garden.").run()
    assert asked(app)["attention-scale"].key == keys["attention-scale"] and asked(app)["attention-later"].key != keys["attention-later"]


def test_what_was_understood_is_kept_for_the_visitor_and_nobody_else(open_page, language, home):
    app = open_page("attention", language, visitor=OWNER, **opened("attention"))
    answer(app, "attention-scale", right_of("attention-scale", language))
    app.switch_page("pages/positional.py")
    app.query_params["pe_check"] = "true"
    app.run()
    wrong = next(one for one in options(app, "positional-add") if one != right_of("positional-add", language))
    answer(app, "positional-add", wrong)
    answer(app, "positional-add", right_of("positional-add", language))
    with sqlite3.connect(home / "runs.sqlite") as database:
        assert dict(database.execute("select question, first from understood")) == {"attention-scale": 1, "positional-add": 0}
    later = open_page("overview", language, visitor=OWNER, home_goals="true")
    all_ = sum(len(questions_of(page)) for page in ASKING)
    assert message("check.done", language, done=2, n=all_) in " ".join(one.value for one in later.caption)
    assert any(link.proto.label.endswith(f"1/{len(questions_of('attention'))}") for link in later.get("page_link"))
    stranger = open_page("overview", language, visitor=STRANGER, home_goals="true")
    assert message("check.done", language, done=0, n=all_) in " ".join(one.value for one in stranger.caption)
    later.button(key="home_forget").click().run()
    assert message("check.done", language, done=0, n=all_) in " ".join(one.value for one in later.caption)
    with sqlite3.connect(home / "runs.sqlite") as database:
        assert not database.execute("select * from understood").fetchall()


def test_no_text_of_the_visitor_is_kept(open_page, home):
    app = open_page("attention", "en", visitor=OWNER, att_text="My secret neighbour waters the flowers.", **opened("attention"))
    answer(app, "attention-rest", -1)
    answer(app, "attention-scale", right_of("attention-scale", "en"))
    assert b"neighbour" not in b"".join(path.read_bytes() for path in home.glob("runs.sqlite*"))


def test_without_the_store_the_answers_live_in_the_session(open_page, language, monkeypatch):
    from components.training.understood import Understood

    def broken(*_):
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(Understood, "of", broken)
    monkeypatch.setattr(Understood, "add", broken)
    app = open_page("attention", language, visitor=OWNER, **opened("attention"))
    assert "✓" in answer(app, "attention-scale", right_of("attention-scale", language))
    assert any(message("check.done", language, done=1, n=len(questions_of("attention"))) in one.value for one in app.caption)
    assert_well(app)


def test_the_home_page_shows_the_goals_when_they_are_opened(open_page, language):
    app = open_page("overview", language)
    assert len(app.get("page_link")) == 4  # the three doors, and what is for teachers
    app = open_page("overview", language, home_goals="true")
    pages = [link.proto.page for link in app.get("page_link")][4:]
    assert pages == [page for pages in GOALS.values() for page in pages]
    assert {message(f"sources.goal_{goal}", language) for goal in GOALS} <= {one.value for one in app.markdown}
    assert not app.get("download_button"), "nothing was answered yet"


def test_the_sheet_holds_what_was_answered(open_page, language):
    app = open_page("attention", language, **opened("attention"))
    wrong = next(one for one in options(app, "attention-scale") if one != right_of("attention-scale", language))
    answer(app, "attention-scale", wrong)
    answer(app, "attention-scale", right_of("attention-scale", language))
    answer(app, "attention-rest", 1_000)
    app.switch_page("pages/overview.py")
    app.query_params["home_goals"] = "true"
    app.run()
    assert app.get("download_button")
    given, (_, kept) = app.session_state[GIVEN], app.session_state["check:kept"]
    html = sheet(given, kept, language, datetime(2026, 5, 4)).replace("&#x27;", "'")
    for one in (wrong, right_of("attention-scale", language), message("questions.attention-scale-reason", language), "1,000"):
        assert one in html
    for key in ("check.sheet_later", "check.sheet_open", "attention.title"):
        assert message(key, language) in html
    assert message("positional.title", language) not in html


def test_prefixes_name_the_section_of_every_page():
    assert len({next(iter(opened(page))) for page in ASKING}) == len(ASKING) and set(LANGUAGES) == {"en", "ja"} and PREFIXES
