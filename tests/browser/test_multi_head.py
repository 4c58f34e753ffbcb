"""The multi-head page as a visitor uses it."""

from playwright.sync_api import expect

from tests.browser.conftest import settle, shown


def test_the_heads_drawn_sum_to_one_and_follow_the_settings(visit):
    page = visit("multi_head?mh_causal=true", language="en")
    rows = page.evaluate(
        """() => Array.from(document.querySelector(".st-key-figure-multi-head-3 .js-plotly-plot")._fullData[0].z, row => Array.from(row))"""
    )
    assert len(rows) == 6 and all(abs(sum(row) - 1) < 1e-5 for row in rows)
    assert rows[0][1:] == [0] * 5
    page.get_by_test_id("stMain").get_by_role("radio", name="8", exact=True).click()
    shown(page.locator(".st-key-panel-multi-head-8"))
    assert "mh_heads=8" in page.url
    expect(page.get_by_text("(1, 8, 6, 8)").first).to_be_visible()


def test_phone_width_has_no_sideways_scroll(visit):
    page = visit("multi_head", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    settle(page)
