"""The multi-head page as a visitor uses it."""

from playwright.sync_api import expect

from tests.browser.conftest import press, settle

FIGURE = ".st-key-figure-multi-head"


def test_a_row_that_is_chosen_is_followed_in_every_head(visit):
    page = visit("multi_head", language="en")
    expect(page.locator(".hi-finding")).to_contain_text("“it” looks at")
    x, y = page.evaluate(
        """figure => { const plot = document.querySelector(`${figure} .js-plotly-plot`), box = plot.getBoundingClientRect()
             const { xaxis, yaxis } = plot._fullLayout
             return [box.left + xaxis._offset + xaxis.l2p(4), box.top + yaxis._offset + yaxis.l2p(2)] }""",
        FIGURE,
    )
    press(page, x, y)
    expect(page.locator(".hi-finding")).to_contain_text("“cat” looks at")
    settle(page)
    assert "mh_word=2" in page.url
    framed = page.evaluate(
        "figure => document.querySelector(`${figure} .js-plotly-plot`).layout.shapes.filter(one => one.y0 === 1.5 && one.y1 === 2.5).length",
        FIGURE,
    )
    assert framed == 4


def test_phone_width_has_no_sideways_scroll(visit):
    page = visit("multi_head", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(FIGURE).first).to_be_hidden()
    expect(page.locator(".st-key-figure-multi-head-small")).to_be_visible()
