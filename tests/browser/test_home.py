"""Home as a visitor uses it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle, shown


def stations(page):
    return page.locator(".st-key-home_stations")


def test_the_stations_follow_the_word_under_the_pointer_and_lead_on(visit):
    page = visit("", language="en")
    shown(page.get_by_role("heading", name="“it” gives"))
    tokens = stations(page).get_by_role("link", name="Tokens")
    expect(tokens).to_contain_text("it2009")
    page.get_by_role("button", name="tired", exact=True).hover()
    expect(tokens).not_to_contain_text("2009")
    expect(tokens).to_contain_text("tired")
    page.mouse.move(600, 780)
    expect(tokens).to_contain_text("it2009")
    page.get_by_role("button", name="mat", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("mat")
    stations(page).get_by_role("link", name="Feed-forward").click()
    page.wait_for_url("**/feed_forward?**lang=en**")


def test_the_bench_takes_the_sentence_s_place_and_escape_brings_it_back(visit):
    page = visit("", language="ja")
    top = page.locator(".st-key-doors").bounding_box()["y"]
    assert top + page.locator(".st-key-doors").bounding_box()["height"] <= 800
    page.get_by_role("button", name="文を変える").click()
    field = page.get_by_role("textbox", name="文")
    expect(field).to_be_focused()
    settle(page)
    assert abs(page.locator(".st-key-doors").bounding_box()["y"] - top) <= 2
    page.keyboard.press("Escape")
    shown(page.get_by_role("button", name="眠っ", exact=True))
    page.get_by_role("button", name="文を変える").click()
    field.fill("妹は<img src=x onerror=alert(1)>庭で眠っていた。")
    page.get_by_role("button", name="ほどく").click()
    shown(page.get_by_role("button", name="庭", exact=True), timeout=90_000)
    settle(page)
    assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
    assert abs(page.locator(".st-key-doors").bounding_box()["y"] - top) <= 2


@pytest.mark.parametrize("part", ["models", "rnn"])
def test_addresses_of_parts_that_moved_lead_to_the_page_of_sources(visit, part):
    page = visit(f"#{part}", language="en")
    page.wait_for_url(f"**/sources**#{part}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sources")


def test_a_door_leads_in_and_a_phone_has_no_sideways_scroll(visit):
    page = visit("", language="en", width=390, height=844, scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Try your own sentence").click()
    page.wait_for_url("**/classification**")
