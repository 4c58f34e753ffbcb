"""For teachers: plans whose every step opens what it says, a lesson that goes along through the pages, answers to every task, the sheet."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from components.messages import LANGUAGES, catalogue, message
from components.ui.state.language import sections
from components.ui.state.lesson import MOST_NOTE, MOST_STEPS, Step, pack, unpack
from components.ui.widgets.pages import PAGES
from components.views.teach.answers import tasks
from components.views.teach.plans import GOALS, PLANS
from tests.pages.conftest import assert_well, plain, sent

PARTS = {(part.page, str(part.settings), str(part.own)): part for lessons in PLANS.values() for lesson in lessons for part in lesson.parts}
ASKING = [page for names in PAGES.values() for page in names if tasks(sections("en", page).get("try", ""))]
VIEWS = ("short", "long", "own", "answers", "handout")


def html(app) -> str:
    return "".join(part.proto.body for part in app.get("html"))


def bar(app) -> str:
    """What the bar of the lesson says; empty without one."""
    said = [note.value for note in app.markdown if re.match(r"\*\*(Step|ステップ) ", note.value)]
    return plain("".join(said))


def in_address(app, key: str) -> str | None:
    value = app.query_params.get(key)
    return value[0] if isinstance(value, list) else value


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_opens(open_page, language, view):
    app = open_page("teach", language, teach_view=view)
    assert "data-figure" in html(app)


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_has_its_minutes_and_reaches_every_goal(plan):
    lessons = PLANS[plan]
    assert [lesson.minutes for lesson in lessons] == {"short": [90], "long": [45] * 4}[plan]
    assert {goal for lesson in lessons for part in lesson.parts for goal in part.goals} == set(GOALS)
    assert {goal for lesson in lessons for goal in lesson.checks} >= set(GOALS) and all(lesson.slack >= 3 for lesson in lessons)
    for lesson in lessons:
        assert all(f"teach.{kind}_{check}" in catalogue("en") for check in lesson.checks for kind in ("check", "reply"))
        assert lesson.checks and lesson.check_minutes >= len(lesson.checks) and len(lesson.parts) <= MOST_STEPS


@pytest.mark.parametrize("plan", PLANS)
def test_every_step_is_a_link_with_the_step_s_settings(open_page, language, plan):
    app = open_page("teach", language, teach_view=plan)
    parts = [part for lesson in PLANS[plan] for part in lesson.parts]
    links = [urlsplit(unescape(link)) for link in re.findall(r'<th scope="row"><a href="([^"]+)"', html(app))]
    assert [link.path for link in links] == [part.page for part in parts]
    for link, part in zip(links, parts, strict=True):
        assert dict(parse_qsl(link.query)) == {"lang": language, **part.settings, **part.own.get(language, {})}


@pytest.mark.parametrize("part", PARTS.values(), ids=[part.name for part in PARTS.values()])
def test_a_step_s_link_opens_the_page_with_its_example_and_settings(open_page, language, part):
    settings = {**part.settings, **part.own.get(language, {})}
    app = open_page(part.page, language, **settings)
    assert app.title[0].value == message(f"{part.page}.title", language)
    assert {key: app.session_state[key] for key in settings} == settings, "an example whose fields hold something else is not chosen"


@pytest.mark.parametrize("plan", PLANS)
def test_a_lesson_of_a_plan_is_one_link(open_page, language, plan):
    app = open_page("teach", language, teach_view=plan)
    for lesson in PLANS[plan]:
        values = sent(app, f"teach_copy_{lesson.name}")["values"]
        steps = unpack(values["lesson"])
        assert values["lang"] == language and [step.page for step in steps] == [part.page for part in lesson.parts]
        assert [step.note for step in steps] == [message(f"teach.do_{part.name}", language) for part in lesson.parts]


def test_a_task_fits_a_note():
    long = [key for one in LANGUAGES for key, text in catalogue(one).items() if key.startswith("teach.do_") and len(text) > MOST_NOTE]
    assert not long


@pytest.mark.parametrize("page", ASKING)
def test_every_task_and_question_has_its_answer(page):
    asked = [len(tasks(sections(one, page)["try"])) for one in LANGUAGES]
    answered = [len(tasks(sections(one, "answers")[page.replace("_", "-")])) for one in LANGUAGES]
    assert len({*asked, *answered}) == 1 and asked[0] > 4


def test_no_page_with_tasks_is_forgotten():
    numbered = [
        page for names in PAGES.values() for page in names if re.search(r"^1\. ", sections("en", page).get("try", ""), re.MULTILINE)
    ]
    assert numbered == ASKING and {page.replace("_", "-") for page in ASKING} <= set(sections("en", "answers"))


def test_the_answers_stand_under_their_tasks(open_page, language):
    app = open_page("teach", language, teach_view="answers")
    assert [one.label for one in app.expander][: len(ASKING)] == [message(f"{page}.title", language) for page in ASKING]
    first = tasks(sections(language, "answers")["vectors"])[0]
    assert any(first in note.value and tasks(sections(language, "vectors")["try"])[0] in note.value for note in app.markdown)


def test_a_class_link_is_made_of_pasted_links(open_page, language):
    app = open_page("teach", language, teach_view="own")
    pasted = "https://a.example/attention?lang=en&att_example=later *Look*\nhttps://a.example/tokens?tok_part=input"
    app.text_area(key="teach_links").set_value(pasted).run()
    assert_well(app)
    values = sent(app, "teach_copy")["values"]
    assert unpack(values["lesson"]) == (Step("attention", (("att_example", "later"),), "*Look*"), Step("tokens", (("tok_part", "input"),)))
    assert sent(app, "teach_copy")["page"] == "attention"
    assert any("\\*Look\\*" in note.value for note in app.markdown)


@pytest.mark.parametrize(
    ("pasted", "key", "values"),
    [
        ("hello", "no_link", {"line": 1}),
        ("https://a.example/tokens\nhttps://a.example/admin", "no_page", {"line": 2, "page": "admin"}),
        ("https://a.example/fine_tune?visitor=x", "secret", {"line": 1, "name": "visitor"}),
        ("https://a.example/tokens?att_text=x", "foreign", {"line": 1, "name": "att_text"}),
    ],
)
def test_what_makes_no_lesson_gets_a_sentence(open_page, language, pasted, key, values):
    app = open_page("teach", language, teach_view="own")
    app.text_area(key="teach_links").set_value(pasted).run()
    assert [plain(error.value) for error in app.error] == [message(f"lesson.{key}", language, **values)]
    assert not app.exception


LESSON = (
    Step("attention", (("att_example", "later"),), "<script>alert(1)</script> **bold** $x$"),
    Step("tokens", (("tok_part", "input"),), "two"),
    Step("attention", (("att_example", "short"),)),
)


def test_a_lesson_goes_forward_and_back(visit_page, language):
    app = visit_page("attention", language, lesson=pack(LESSON))
    assert_well(app)
    assert app.session_state["att_example"] == "later" and in_address(app, "step") == "1"
    assert message("lesson.step", language, step=1, steps=3, title=message("attention.title", language)) in bar(app)
    assert "<script>alert(1)</script> **bold** $x$" in bar(app) and app.button(key="lesson-back").disabled
    app.button(key="lesson-on").click().run()
    assert_well(app)
    assert app.title[0].value == message("tokens.title", language) and app.session_state["tok_part"] == "input" and "two" in bar(app)
    app.button(key="lesson-on").click().run()
    assert app.session_state["att_example"] == "short" and app.button(key="lesson-on").disabled
    app.button(key="lesson-back").click().run()
    app.button(key="lesson-back").click().run()
    assert app.session_state["att_example"] == "later", "a step opens as it was made, whatever came after"


def test_the_lesson_is_kept_through_settings_and_pages_until_it_is_left(visit_page, language):
    packed = pack(LESSON)
    app = visit_page("attention", language, lesson=packed)
    app.text_area(key="att_text").set_value("a b c").run()
    assert in_address(app, "lesson") == packed and in_address(app, "step") == "1"
    app.query_params.clear()  # as the list of pages does
    app.switch_page("pages/positional.py").run()
    assert in_address(app, "lesson") == packed and in_address(app, "step") == "1"
    app.button(key="lesson-return").click().run()
    assert_well(app)
    assert app.title[0].value == message("attention.title", language) and app.session_state["att_example"] == "later"
    app.button(key="lesson-close").click().run()
    assert not bar(app) and in_address(app, "lesson") is None and in_address(app, "step") is None


def test_a_reload_keeps_what_the_learner_set(visit_page):
    app = visit_page("attention", "en", lesson=pack(LESSON), step="1", att_example="short")
    assert_well(app)
    assert app.session_state["att_example"] == "short" and bar(app)


@pytest.mark.parametrize("step", ["0", "4", "-1", "x", "99999999999", "１"])
def test_a_step_that_is_none_counts_as_the_first(visit_page, step):
    app = visit_page("tokens", "en", lesson=pack(LESSON), step=step)
    assert_well(app)
    assert app.title[0].value == message("attention.title", "en") and in_address(app, "step") == "1"


@pytest.mark.parametrize(
    ("lesson", "key", "values"),
    [
        ("x", "broken", {}),
        ("<script>alert(1)</script>", "broken", {}),
        ("A" * 60_000, "too_long", {"found": "60,000", "most": "4,000"}),
        (pack([Step("admin")]), "refused", {}),
        (pack([Step("tokens", (("att_text", "x"),))]), "refused", {}),
        (pack([Step("fine_tune", (("key", "x"),))]), "refused", {}),
    ],
)
def test_a_hostile_link_gets_one_sentence_and_the_page(visit_page, language, lesson, key, values):
    app = visit_page("attention", language, lesson=lesson)
    assert not app.exception and [plain(error.value) for error in app.error] == [message(f"lesson.{key}", language, **values)]
    assert app.title[0].value == message("attention.title", language) and not bar(app)


def test_links_of_old_go_on_working(open_page):
    app = open_page("attention", "en", att_example="short")
    assert not bar(app) and in_address(app, "lesson") is None and in_address(app, "step") is None


def test_the_sheet_has_the_tasks_the_check_and_the_goals(open_page, language):
    body = unescape(html(open_page("teach", language, teach_view="handout")))
    (lesson,) = PLANS["short"]
    keys = [f"teach.do_{part.name}" for part in lesson.parts] + [f"teach.check_{check}" for check in lesson.checks]
    assert all(message(key, language) in body for key in [*keys, *(f"sources.goal_{goal}" for goal in GOALS)])
