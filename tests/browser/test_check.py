"""Check yourself as a visitor does it: with the pointer and the keyboard, on a screen and on a phone, and again on the next visit."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from components.messages import message
from components.ui.widgets.check import questions_of
from tests.browser.conftest import settle, shown

SIZES = {"screen": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


def section(page: Page, id: str):
    return page.locator(f"[class*='st-key-check-one-{id}']")


def open_section(page: Page, language: str) -> None:
    page.get_by_test_id("stMain").locator("summary", has_text=message("check.title", language)).click()
    page.wait_for_selector("[class*='st-key-check-one-']")
    settle(page)


# Each page, language and size with each of the others.
@pytest.mark.parametrize(
    ("name", "prefix", "id", "language", "size"),
    [
        ("attention", "att", "attention-scale", "en", "screen"),
        ("attention", "att", "attention-scale", "ja", "phone"),
        ("tokens", "tok", "tokens-mask", "ja", "screen"),
        ("tokens", "tok", "tokens-mask", "en", "phone"),
    ],
)
def test_a_question_is_answered_wrongly_and_rightly_and_is_there_on_the_next_visit(visit, name, prefix, id, language, size):
    page = visit(name, language=language, **SIZES[size])
    open_section(page, language)
    assert f"{prefix}_check=true" in page.url
    one, right = section(page, id), message(f"questions.{id}-right", language)
    one.locator("label[data-baseweb], [role='radiogroup'] label").filter(has_not_text=right).first.click()
    one.get_by_role("button").click()
    expect(one.get_by_role("status")).to_contain_text("✗")
    reason = one.get_by_text(message(f"questions.{id}-reason", language))
    expect(reason).to_be_hidden()
    one.locator("details summary").click()
    expect(reason).to_be_visible()
    one.get_by_text(right, exact=True).first.click()
    one.get_by_role("button").click()
    expect(one.get_by_role("status")).to_contain_text(f"✓ {message('check.right', language)}")
    expect(one.get_by_role("status")).to_contain_text(message(f"questions.{id}-reason", language))
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    faults = Axe().run(page, context={"include": [[f".st-key-{prefix}_check"]]}).response["violations"]
    assert not [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")]
    small = page.evaluate(
        """() => [...document.querySelectorAll("[class*=st-key-check-one-] :is(button, label:has(input), summary)")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 24).length"""
    )
    assert small == 0
    base = page.url.split(f"/{name}")[0]
    page.goto(f"{base}/?home_goals=true&lang={language}")  # a new session of the same visitor
    settle(page)
    shown(page.get_by_role("link", name=f"1/{len(questions_of(name))}"))
    with page.expect_download() as download:
        page.get_by_role("button", name=message("check.sheet", language)).click()
    sheet = download.value.path().read_text(encoding="utf-8")
    assert right.replace("'", "&#x27;") in sheet and message("check.sheet_earlier", language) in sheet
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]


def test_a_question_is_answered_with_the_keyboard_alone(visit):
    page = visit("attention?att_check=true", language="en")
    page.wait_for_selector("[class*='st-key-check-one-']")
    one = section(page, "attention-scale")
    one.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    for _ in range(3):
        if one.locator("label", has_text=message("questions.attention-scale-right", "en")).get_by_role("radio").is_checked():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(one.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(one.get_by_role("status")).to_contain_text("✓")


def test_another_visitor_sees_nothing_of_it(visit):
    page = visit("attention?att_check=true", language="en")
    one = section(page, "attention-scale")
    one.get_by_text(message("questions.attention-scale-right", "en"), exact=True).click()
    one.get_by_role("button").click()
    expect(one.get_by_role("status")).to_contain_text("✓")
    stranger = visit("?home_goals=true", language="ja")
    expect(stranger.get_by_role("link", name=f"0/{len(questions_of('attention'))}").first).to_be_visible()
    assert not stranger.get_by_role("link", name="1/").count()
