"""The positional encoding page as a visitor uses it."""

import math

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
    page.get_by_text("語順の実験", exact=True).click()
    shown(page.locator(".st-key-figure-positional-order-none .js-plotly-plot"), timeout=90_000)
    settle(page)
    assert "pe_view=order" in page.url
    field = page.get_by_label("同じ語を並べ替えた文")
    field.fill("mat <b>on</b> sat cat")
    field.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("並べ替えになっていません")
    page.get_by_role("button", name="リンクをコピー").click()
    page.wait_for_timeout(500)
    link = page.evaluate("navigator.clipboard.readText()")
    again = visit(link.split("/", 3)[3], language="en")
    expect(again.get_by_label("同じ語を並べ替えた文")).to_have_value("mat <b>on</b> sat cat")


def test_phone_width_has_no_sideways_scroll(visit):
    for view in ("table", "shift", "kinds"):
        page = visit(f"positional?pe_view={view}", language="ja", width=390, height=844)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
