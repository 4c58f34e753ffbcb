"""The attention page as a visitor uses it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import settle, shown


def heat(page: Page, name: str) -> list[list[float]]:
    """The numbers that the browser draws in a panel of the attention page."""
    return page.evaluate(
        """name => {
          const trace = document.querySelector(`.st-key-figure-attention-${name} .js-plotly-plot`)._fullData[0];
          return Array.from(trace.z, row => Array.from(row));
        }""",
        name,
    )


def test_typing_another_sentence_changes_the_weights(visit):
    page = visit("attention", language="en")
    before = heat(page, "weights")
    assert len(before) == 6 and all(abs(sum(row) - 1) < 1e-6 for row in before)
    field = page.get_by_label("Sentence (its words are the queries)")
    field.fill("Birds sing")
    field.press("Enter")
    expect(page.locator(".st-key-panel-attention-weights")).to_contain_text("2×2")
    settle(page)
    assert len(heat(page, "weights")) == 2


def test_a_chosen_cell_shows_its_arithmetic_and_stays_chosen(visit):
    page = visit("attention?att_mode=numbers", language="en")
    plot = page.locator(".st-key-figure-attention-scores .nsewdrag").first
    box = plot.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 6, box["y"] + box["height"] / 4)  # row 1, column 1 of 2 x 3
    expect(page.locator(".katex-html").filter(has_text="S1,1").first).to_be_visible()
    # Q row 1 is 1 0 1 and K row 1 is 1 0 1: 1*1 + 0*0 + 1*1 = 2
    assert re.search(r"=\s*2\.00$", page.locator(".katex-html").filter(has_text="S1,1").first.inner_text().replace("\n", ""))
    page.get_by_test_id("stCheckbox").get_by_text("Divide by √d_k").click()
    settle(page)
    expect(page.locator(".katex-html").filter(has_text="S1,1").first).to_be_visible()


def test_a_shared_link_brings_text_language_and_settings(visit):
    page = visit("attention", language="en")
    field = page.get_by_label("Sentence (its words are the queries)")
    field.fill("Stars shine <b>bright</b>")
    field.press("Enter")
    page.get_by_test_id("stButtonGroup").get_by_text("Causal", exact=True).click()
    settle(page)
    assert "Stars" not in page.url
    page.get_by_role("button", name="Copy link").click()
    shown(page.get_by_text("Copied, with your text and settings."))
    link = page.evaluate("navigator.clipboard.readText()")
    again = visit(link.split("/", 3)[3], language="ja")
    expect(again.get_by_label("Sentence (its words are the queries)")).to_have_value("Stars shine <b>bright</b>")
    weights = heat(again, "weights")
    assert weights[0][1:] == [0] * (len(weights) - 1)
    again.wait_for_function("!location.search.includes('Stars')")


def test_language_switch_keeps_the_settings(visit):
    page = visit("attention?att_d_model=6", language="ja")
    expect(page.get_by_role("heading", level=1)).to_have_text("注意機構を一歩ずつ")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attention, step by step")
    expect(page.get_by_label("d_model")).to_have_value("6")
    assert "lang=en" in page.url


def test_wrong_numbers_get_a_sentence_and_stay(visit):
    page = visit("attention?att_mode=numbers", language="en")
    field = page.get_by_role("textbox", name="Q (one row a line)")
    field.fill("1 x")
    field.press("Control+Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("“x” in row 1, column 2 is not a number")
    expect(field).to_have_value("1 x")


def test_phone_width_has_no_sideways_scroll(visit):
    page = visit("attention", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    panels = [page.locator(f".st-key-panel-attention-{name}").bounding_box() for name in ("Q", "weights")]
    assert panels[0]["y"] < panels[1]["y"]
