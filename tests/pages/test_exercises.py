"""The exercises page, driven without a browser."""

import pytest

from components.messages import message
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
        app.text_area(key=f"ex_answer_{number}").set_value(f"my {number}").run()
        app.toggle(key=f"ex_shown_{number}").set_value(True).run()
        assert_well(app)
        assert written[f"answer-{number}"] in [text.value for text in app.markdown]
        if number == "4":
            app.toggle(key="ex_heads").set_value(True).run()
            assert app.dataframe[0].value[message("exercises.parameters", language)].tolist() == ["1,050,624"] * 7
        assert app.get("plotly_chart")


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
    app = open_page("exercises", "en", ex=number)
    before = [chart.proto.spec for chart in app.get("plotly_chart")]
    if number in "13":
        app.number_input(key="ex_seed").set_value(5).run()
        assert [chart.proto.spec for chart in app.get("plotly_chart")] != before
    else:
        assert not app.number_input
