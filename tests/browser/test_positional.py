"""The positional encoding page as a visitor uses it."""

import math

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle, shown


def test_the_heatmap_holds_sines_and_cosines(visit):
    page = visit("positional?pe_d_model=8&pe_length=50", language="en")
    rows = page.evaluate(
        """() => Array.from(document.querySelector(".st-key-figure-positional-table .js-plotly-plot")._fullData[0].z, row => Array.from(row))"""
    )
    assert (len(rows), len(rows[0])) == (8, 50)
    assert abs(rows[0][3] - math.sin(3)) < 1e-6 and abs(rows[3][7] - math.cos(0.7)) < 1e-6


def test_views_are_reached_by_click_and_by_link(visit):
    page = visit("positional", language="ja")
    page.get_by_text("語順", exact=True).click()
    shown(page.locator(".st-key-pe_threads [data-figure]"), timeout=90_000)
    settle(page)
    assert "pe_view=order" in page.url
    field = page.get_by_label("同じ語を並べ替えた文")
    field.fill("mat <b>on</b> sat cat")
    field.press("Enter")
    expect(page.locator(".hi-doubt")).to_contain_text("並べ替えになっていません")
    settle(page)  # the button copies what stood in the fields when the page had run to its end
    page.get_by_role("button", name="リンクをコピー").click()
    page.wait_for_timeout(500)
    link = page.evaluate("navigator.clipboard.readText()")
    again = visit(link.split("/", 3)[3], language="en")
    expect(again.get_by_label("同じ語を並べ替えた文")).to_have_value("mat <b>on</b> sat cat")


def test_moving_the_handle_runs_nothing_until_it_rests(visit):
    page = visit("positional", language="en")
    page.evaluate(
        """() => { const send = WebSocket.prototype.send; window.sent = 0
      WebSocket.prototype.send = function (...message) { window.sent++; return send.apply(this, message) } }"""
    )
    slider = page.get_by_role("slider", name="Position")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".st-key-pe_clocks h2")).to_contain_text("At position 20 the fastest hand")
    assert page.evaluate("window.sent") == 0
    page.wait_for_url("**pe_at=20**")
    settle(page)
    assert page.evaluate("window.sent") == 1
    column, ruler = page.locator(".st-key-pe_clocks .frame").first.bounding_box(), page.locator(".st-key-pe_clocks canvas").bounding_box()
    assert abs(column["x"] - ruler["x"] - 20 * ruler["width"] / 64) < 1.5  # the frame stands over the chosen position
    page.get_by_role("radio", name="Clock 9").click()
    page.wait_for_url("**pe_clock=8**")


@pytest.mark.parametrize("view", ["clocks", "order", "table", "shift", "kinds"])
def test_phone_width_has_no_sideways_scroll(visit, view):
    page = visit(f"positional?pe_view={view}", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
