"""A class link made on the page for teachers, opened by a class at once; and the sheet on paper."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from components.messages import message
from components.ui.state.lesson import Step, pack
from tests.browser.conftest import settle, shown
from tests.browser.test_face import inaccessible

NOTE = "<img src=x onerror=alert(1)> **watch** the $first$ row"
CLASS = [(language, width) for language in ("ja", "en") for width in (1280, 390)]
NAMES = {"ja": "日本語", "en": "English"}


def made(page: Page, server: str, language: str) -> str:
    """The class link that a teacher gets from the links of three pages."""
    links = [
        f"{server}/attention?lang={language}&att_example=later {NOTE}",
        f"{server}/positional?pe_view=table&pe_d_model=8",
        f"{server}/tokens?tok_part=input",
    ]
    page.get_by_role("textbox").fill("\n".join(links))
    page.get_by_role("button", name=message("teach.make", language)).click()
    page.get_by_role("button", name=message("teach.copy", language)).click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('lesson=')")
    return page.evaluate("navigator.clipboard.readText()")


def at(page: Page, step: int, name: str, language: str) -> None:
    """Waits until that step's page is drawn under its bar."""
    title = message(f"{name}.title", language)
    shown(page.locator(".st-key-lesson-bar").get_by_text(message("lesson.step", language, step=step, steps=3, title=title)))
    shown(page.locator("h1").filter(has_text=title))
    settle(page)
    assert f"/{name}?" in page.url and f"step={step}" in page.url and "lesson=" in page.url


def press(page: Page, name: str, language: str) -> None:
    page.locator(".st-key-lesson-bar").get_by_role("button", name=message(f"lesson.{name}", language)).click()


@pytest.fixture
def pupils(chromium: Browser) -> Iterator[list[tuple[Page, str]]]:
    """Four visitors who know nothing of one another, half on phones, half in each language."""
    contexts = [
        chromium.new_context(locale={"ja": "ja-JP", "en": "en-US"}[language], viewport={"width": width, "height": 844})
        for language, width in CLASS
    ]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(60_000)
    yield [(page, language) for page, (language, _) in zip(pages, CLASS, strict=True)]
    for context in contexts:
        context.close()


def test_a_class_opens_one_link_and_goes_forward_and_back(visit, server, pupils):
    link = made(visit("teach?teach_view=own", language="en"), server, "en")
    dialogs: list[str] = []
    for page, language in pupils:
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(re.sub("lang=en", f"lang={language}", link), wait_until="commit")
    for page, language in pupils:
        at(page, 1, "attention", language)
        shown(page.get_by_text(NOTE))
        assert "att_example=later" in page.url
    for step, name in ((2, "positional"), (3, "tokens")):
        for page, language in pupils:
            press(page, "on", language)
        for page, language in pupils:
            at(page, step, name, language)
    for page, language in pupils:
        press(page, "back", language)
    for page, language in pupils:
        at(page, 2, "positional", language)
        assert "pe_view=table" in page.url and "pe_d_model=8" in page.url
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert not dialogs


@pytest.mark.parametrize(("language", "width"), [("ja", 390), ("en", 1280)])
def test_whoever_leaves_the_path_comes_back_to_it_and_may_leave_it(visit, server, language, width):
    lesson = pack([Step("positional", (("pe_view", "table"),), NOTE), Step("exercises"), Step("sources")])
    page = visit(f"positional?lesson={lesson}", language=language, width=width)
    at(page, 1, "positional", language)
    other = {"ja": "en", "en": "ja"}[language]
    page.get_by_role("radio", name=NAMES[other]).or_(page.get_by_role("button", name=NAMES[other])).first.click()
    at(page, 1, "positional", other)
    page.locator(".st-key-onward a").last.click()  # to the page after this one
    shown(page.locator("h1").filter(has_text=message("feed_forward.title", other)))
    settle(page)
    found = Axe().run(page, context={"include": [[".st-key-lesson-bar"]]}).response["violations"]
    assert [fault["id"] for fault in found] == []
    press(page, "return", other)
    at(page, 1, "positional", other)
    page.reload()
    at(page, 1, "positional", other)
    press(page, "close", other)
    expect(page.locator(".st-key-lesson-bar")).to_have_count(0)
    settle(page)
    assert "lesson=" not in page.url and "step=" not in page.url


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("lesson", "key", "values"),
    [
        ("%3Cscript%3Ealert(1)%3C/script%3E", "broken", {}),
        (pack([Step("admin")]), "refused", {}),
        ("A" * 100_000, "too_long", {"found": "100,000", "most": "4,000"}),
    ],
    ids=["markup", "no page", "too long"],
)
def test_a_hostile_link_gets_a_sentence_and_the_page_beneath_it(visit, lesson, key, values, language):
    page = visit(f"exercises?lesson={lesson}", language=language)
    shown(page.get_by_test_id("stAlert").filter(has_text=message(f"lesson.{key}", language, **values)))
    shown(page.locator("h1"))


@pytest.mark.parametrize("view", ["long", "own", "answers", "handout"])
def test_every_view_is_accessible_and_fits_a_phone(visit, view):
    page = visit(f"teach?teach_view={view}", language="ja", width=390, height=844)
    assert inaccessible(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_sheet_is_two_pages_of_paper_without_the_app(visit, language):
    page = visit("teach?teach_view=handout", language=language)
    printed = page.pdf(format="A4", margin={side: "12mm" for side in ("top", "bottom", "left", "right")})
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    for chrome in ("h1", ".st-key-page-tools", ".st-key-page-views", ".st-key-explain", ".st-key-onward", ".st-key-teach-print"):
        expect(page.locator(chrome).first).to_be_hidden()
    shown(page.locator(".hi-handout"))
    page.emulate_media(media="screen")


def test_a_step_of_a_plan_opens_its_page(visit):
    page = visit("teach", language="en")
    page.locator(".hi-plan").get_by_role("link", name=message("positional.title", "en")).click()
    shown(page.locator("h1").filter(has_text=message("positional.title", "en")))
    settle(page)
    assert "pe_view=order" in page.url and "pe_example=bite" in page.url
