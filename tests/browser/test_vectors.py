"""The page from text to vectors as a visitor uses it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import press, settle
from tests.browser.test_face import EMPTY
from tests.browser.test_long_sentence import CELL, CROWDED

CELL_AT = """([figure, column, row]) => { const plot = document.querySelector(`${figure} .js-plotly-plot`), box = plot.getBoundingClientRect()
  const { xaxis, yaxis } = plot._fullLayout
  return [box.left + xaxis._offset + xaxis.l2p(column), box.top + yaxis._offset + yaxis.l2p(row)] }"""


def test_a_line_of_the_figure_chooses_its_word(visit):
    page = visit("vectors", language="en")
    expect(page.locator(".hi-finding")).to_contain_text("“cat” is row 4,937")
    settle(page)
    press(page, *page.evaluate(CELL_AT, [".st-key-figure-vectors-rows", 5, 6]))
    expect(page.locator(".hi-finding")).to_contain_text("“mat” is row")
    settle(page)
    assert "vec_word=6" in page.url


def test_the_training_is_gone_through_in_the_browser(visit):
    page = visit("vectors?vec_view=learn", language="ja")
    points = "Array.from(document.querySelector('.st-key-figure-vectors-plane .js-plotly-plot')._fullData[0].x)"
    last = page.evaluate(points)
    page.evaluate(
        """() => { const send = WebSocket.prototype.send; window.sent = 0
      WebSocket.prototype.send = function (...message) { window.sent++; return send.apply(this, message) } }"""
    )
    rail = page.locator(".st-key-figure-vectors-plane .slider-rail-touch-rect").bounding_box()
    press(page, rail["x"] + 2, rail["y"] + rail["height"] / 2)
    page.wait_for_function(f"{points}[0] !== {last[0]}")
    page.wait_for_timeout(400)
    first = page.evaluate(points)
    assert max(map(abs, first)) < 0.5 < max(map(abs, last)), "words begin together, near the middle"
    assert page.evaluate("window.sent") == 0


@pytest.mark.parametrize("view", ["near", "fit", "learn"])
def test_each_view_fits_a_phone(visit, view):
    page = visit(f"vectors?vec_view={view}", language="en", width=390, height=844)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(EMPTY) == []
    if view != "learn":  # names of words that have met lie close together
        assert page.evaluate(CROWDED, CELL) == []
