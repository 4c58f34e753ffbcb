"""Attention of a real BERT as a visitor uses it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import settle, shown

FINDING = ".finding"


def matrix(page: Page) -> list[list[float]]:
    """The numbers that the browser draws as the matrix."""
    page.wait_for_selector(".st-key-figure-bert-attention-matrix .js-plotly-plot")
    return page.evaluate(
        "() => Array.from(document.querySelector('.st-key-figure-bert-attention-matrix .js-plotly-plot')._fullData[0].z, row => Array.from(row))"
    )


def test_a_click_on_a_thumbnail_shows_that_head(visit):
    page = visit("bert_attention?ba_view=matrix", language="en")
    before = matrix(page)
    box = page.locator(".st-key-figure-bert-attention-grid .nsewdrag").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 2.5 / 12, box["y"] + box["height"] * 0.5 / 6)  # layer 1, head 3
    expect(page.get_by_text("Layer 1, head 3").first).to_be_visible()
    settle(page)
    after = matrix(page)
    assert after != before
    assert all(after[i][i - 1] > 0.9 for i in range(2, len(after) - 1))  # it looks at the token before
    assert "ba_layer=1" in page.url and "ba_head=3" in page.url


def test_pointing_at_a_word_answers_at_once_and_a_click_chooses_it(visit):
    page = visit("bert_attention?ba_view=text", language="en")
    finding = page.locator(FINDING)
    expect(finding).to_contain_text("it")
    page.get_by_role("button", name="tired", exact=True).hover()
    expect(finding).to_contain_text("tired")
    page.get_by_role("button", name="tired", exact=True).click()
    settle(page)
    page.mouse.move(5, 5)
    expect(page.locator(FINDING)).to_contain_text("it + tired")
    expect(page.get_by_role("button", name="tired", exact=True)).to_have_attribute("aria-pressed", "true")


def test_words_are_reached_by_keyboard(visit):
    page = visit("bert_attention?ba_view=text", language="en")
    page.get_by_role("button", name="cat", exact=True).focus()
    expect(page.locator(FINDING)).to_contain_text("cat")
    page.keyboard.press("Tab")
    expect(page.locator(FINDING)).to_contain_text("sat")


def test_hostile_text_stays_text(visit):
    page = visit("bert_attention?ba_view=text&ba_words=true", language="en")
    field = page.get_by_label("Text", exact=True)
    hostile = "</script><img src=x onerror=document.title='owned'> \"quoted\" 👍🏽 مرحبا"
    field.fill(hostile)
    field.press("Control+Enter")
    shown(page.get_by_role("button", name="مرحبا", exact=True))
    for view in ("Arcs", "Matrix"):
        page.get_by_text(view, exact=True).click()
        settle(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    assert page.title() != "owned"
    expect(field).to_have_value(hostile)


def test_a_long_text_fits_the_phone(visit):
    page = visit("bert_attention?ba_example=long", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".text button").count() > 200
