"""The exercises page, driven without a browser."""

import pytest

from components.messages import message
from components.text.words import split_words
from components.ui.state.language import sections
from components.views.exercises import loop as exercise_loop
from tests.pages.conftest import assert_well


def test_each_exercise_has_its_question_room_for_an_answer_and_an_experiment(open_page, language):
    app = open_page("exercises", language)
    written = sections(language, "exercises")
    for number in "1234":
        app.session_state["ex"] = number
        app.run()
        assert_well(app)
        texts = [text.value for text in app.markdown]
        assert written[f"question-{number}"] in texts and written[f"answer-{number}"] not in texts
        assert not app.get("plotly_chart") and not app.dataframe, "the question comes alone"
        app.button(key="ex_check").click().run()
        assert_well(app)
        app.text_area(key=f"ex_answer_{number}").set_value(f"my {number}").run()
        app.toggle(key=f"ex_shown_{number}").set_value(True).run()
        assert_well(app)
        assert written[f"answer-{number}"] in [text.value for text in app.markdown]
        if number == "4":
            assert app.dataframe[0].value[message("exercises.parameters", language)].tolist() == ["1,050,624"] * 7
        assert app.get("plotly_chart")
    assert message("exercises.done", language, done=4, all=5) in rail(app) and rail(app).count("data-done") == 4
    app.session_state["ex"] = "5"
    app.run()
    app.toggle(key="ex_shown_5").set_value(True).run()
    assert message("exercises.done", language, done=5, all=5) in rail(app) and rail(app).count("✓") == 5


def rail(app) -> str:
    return next(part.proto.body for part in app.get("html") if 'class="hi-rail"' in part.proto.body).split('class="hi-rail"')[1]


def judged(app) -> str:
    return next(part.proto.body for part in app.get("html") if "hi-finding" in part.proto.body)


@pytest.mark.parametrize(
    ("number", "fields", "kind"),
    [
        ("1", {"ex_rows": 0, "ex_columns": 1}, "right"),
        ("1", {"ex_rows": 1, "ex_columns": 0}, "turned"),
        ("1", {"ex_rows": 9, "ex_columns": 9}, "wrong"),
        ("3", {"ex_count": 80}, "right"),
        ("3", {"ex_count": 15}, "wrong"),
    ],
)
def test_a_predicted_number_is_judged(open_page, language, number, fields, kind):
    app = open_page("exercises", language, ex=number)
    shape = [len(split_words(message(f"exercises.sentence_{name}", language))) for name in "ab"]
    assert shape[0] != shape[1]
    for key, value in fields.items():
        app.number_input(key=key).set_value(shape[value] if value < 2 else value)
    app.button(key="ex_check").click().run()
    assert_well(app)
    values = {"rows": shape[0], "columns": shape[1], "a": 9, "b": 9, "expected": 77, "count": 15}
    assert message(f"exercises.judged_{number}_{kind}", language, **values) in judged(app)


@pytest.mark.parametrize(
    ("number", "chosen", "kind"), [("2", "same", "right"), ("2", "other", "wrong"), ("4", "same", "right"), ("4", "more", "wrong")]
)
def test_a_predicted_choice_is_judged(open_page, language, number, chosen, kind):
    app = open_page("exercises", language, ex=number)
    app.radio(key=f"ex_choice_{number}").set_value(chosen)
    app.button(key="ex_check").click().run()
    assert_well(app)
    assert message(f"exercises.judged_{number}_{kind}", language) in judged(app)


def test_answers_stay_while_one_looks_at_another_exercise(open_page):
    app = open_page("exercises", "en")
    app.text_area(key="ex_answer_1").set_value("Where queries come from.").run()
    app.session_state["ex"] = "2"
    app.run()
    app.session_state["ex"] = "1"
    app.run()
    assert app.text_area(key="ex_answer_1").value == "Where queries come from."


def test_exercise_five_offers_its_files_and_the_finished_loop(open_page, language):
    app = open_page("exercises", language, ex="5")
    assert len(app.get("download_button")) == 3
    assert exercise_loop.scaffold().strip() in [code.value.strip() for code in app.code]
    app.toggle(key="ex_shown_5").set_value(True).run()
    assert exercise_loop.solution().strip() in [code.value.strip() for code in app.code]


def test_a_second_visitor_is_told_to_wait(open_page, language, monkeypatch):
    monkeypatch.setattr(exercise_loop, "start", lambda *given: None)
    app = open_page("exercises", language, ex="5")
    app.button(key="ex_start").click().run()
    assert_well(app)
    assert [info.value for info in app.info] == [message("exercises.busy", language)]


@pytest.mark.parametrize("number", "1234")
def test_numbers_follow_the_seed_or_stay(open_page, number):
    app = open_page("exercises", "en", ex=number, ex_heads="true")  # an address with an experiment's settings shows it at once
    before = [chart.proto.spec for chart in app.get("plotly_chart")]
    if number in "13":
        app.number_input(key="ex_seed").set_value(5).run()
        assert [chart.proto.spec for chart in app.get("plotly_chart")] != before
    else:
        assert "ex_seed" not in [field.key for field in app.number_input]
