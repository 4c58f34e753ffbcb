"""The masking simulator as a visitor uses it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import settle


def bars(page: Page) -> list[list[float]]:
    """The heights of the stacked bars that the browser draws: masked, random, kept."""
    return page.evaluate(
        """() => document.querySelector('.st-key-figure-masked-lm-shares .js-plotly-plot')._fullData
          .filter(trace => trace.type === 'bar').map(trace => Array.from(trace.y))"""
    )


def test_the_rate_in_the_address_is_the_rate_that_is_drawn(visit):
    page = visit("masked_lm?mlm_part=simulate&mlm_rate=60", language="en")
    shares = [sum(parts) for parts in zip(*bars(page), strict=True)]
    assert len(shares) == 30 and all(abs(share - 0.6) < 0.08 for share in shares)
    assert abs(sum(bars(page)[0]) / sum(shares) - 0.8) < 0.02
    slider = page.get_by_role("slider", name="Share of tokens chosen")
    slider.press("ArrowRight")
    settle(page)
    page.wait_for_function("location.search.includes('mlm_rate=61')")


def test_another_seed_is_another_draw_and_text_is_escaped(visit):
    page = visit("masked_lm?mlm_part=simulate", language="en")
    field = page.get_by_label("Text", exact=True)
    field.fill("<img src=x onerror=alert(1)> the cat sat on the mat")
    field.press("Control+Enter")
    expect(page.locator(".tl-chip").filter(has_text="mat").first).to_be_visible()
    settle(page)
    assert page.locator(".tl-chips img").count() == 0
    before = page.locator(".tl-chips").inner_text()
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("7")
    seed.press("Enter")
    settle(page)
    page.wait_for_function("location.search.includes('mlm_seed=7')")
    assert page.locator(".tl-chips").inner_text() != before


def test_phone_width_has_no_sideways_scroll(visit):
    page = visit("masked_lm?mlm_part=simulate", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
