"""What all pages share, in a browser: navigation, keyboard, saving figures, accessibility, no sideways scroll on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle, shown


def test_every_figure_has_a_text_alternative(visit):
    page = visit("attention", language="en")
    figures = page.locator(".stPlotlyChart")
    names = [
        figures.nth(i).get_attribute("aria-label") or figures.nth(i).locator("[aria-label]").first.get_attribute("aria-label")
        for i in range(figures.count())
    ]
    assert names and all(len(name or "") > 20 for name in names)


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_a_figure_is_saved_as_an_image_made_in_the_browser(visit, tmp_path, kind):
    page = visit("similarity?sim_mode=sentences", language="en")
    page.get_by_role("button", name="Save").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name=kind, exact=True).click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    content = saved.read_bytes()
    assert saved.name == f"similarity-matrix.{kind.lower()}"
    assert content.startswith(b"\x89PNG") if kind == "PNG" else b"<svg" in content[:300]
    assert len(content) > 5000


def test_the_numbers_of_a_figure_are_saved_as_csv(visit, tmp_path):
    page = visit("similarity?sim_mode=sentences", language="en")
    page.get_by_role("button", name="Save").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Numbers as CSV").click()
    download.value.save_as(tmp_path / "figure.csv")
    lines = (tmp_path / "figure.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 6 and any("The cat sits on the mat." in line for line in lines)


def test_the_keyboard_alone_reaches_and_changes_a_setting(visit):
    page = visit("positional?pe_view=table", language="en")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "d_model":
            break
    else:
        pytest.fail("the field d_model was not reached with the Tab key")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"pe_d_model=1(29|30)"))


def test_an_unknown_language_in_the_address_is_no_error(visit):
    page = visit("?lang=xx", language="ja")
    shown(page.get_by_role("heading", level=1))
    settle(page)
    assert "lang=ja" in page.url


def test_a_copied_link_gives_nobodys_key_away(visit):
    page = visit(f"tokens?visitor={'k' * 32}&key={'r' * 32}&tok_part=parameters", language="en")
    page.get_by_role("button", name="Copy link").click()
    shown(page.get_by_text("Copied, with your text and settings."))
    link = page.evaluate("navigator.clipboard.readText()")
    assert "tok_part=parameters" in link and "lang=en" in link
    assert "visitor" not in link and "key" not in link
