"""The gap in a sentence and the masking simulator as a visitor uses them."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import press, settle, shown
from tests.browser.test_vectors import CELL_AT


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


def test_a_click_moves_the_gap_and_a_bar_shows_its_word_without_a_run(visit):
    page = visit("masked_lm", language="ja")
    gap = page.get_by_role("button", name="隠した語")
    expect(gap).to_contain_text("作品", timeout=120_000)
    settle(page)
    candidate = page.locator(".candidate").nth(1)
    name = candidate.locator(".name").inner_text()
    candidate.hover()
    expect(gap).to_have_text(name)
    page.mouse.move(0, 0)
    expect(gap).to_contain_text("作品")
    word = page.get_by_role("button", name="作家", exact=True)
    word.click()
    page.wait_for_function("location.search.includes('mlm_hidden=2')")
    settle(page)
    expect(page.get_by_role("button", name="作家", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="作品", exact=True)).to_have_count(1)
    page.get_by_role("button", name="隠した語").click()
    page.wait_for_function("location.search.includes('mlm_hidden=-1')")
    settle(page)
    expect(page.get_by_text("まだ何も隠していません。")).to_be_visible()


def test_markup_in_a_sentence_with_a_gap_is_shown_not_run(visit):
    page = visit("masked_lm?mlm_fill=" + "<img src=x onerror='window.hit=1'> the [MASK] sat", language="en")
    expect(page.locator(".line")).to_contain_text("onerror", timeout=120_000)
    settle(page)
    assert page.evaluate("window.hit === undefined") and page.locator(".line img").count() == 0


def test_a_cell_of_the_layers_leads_to_its_layer_s_attention(visit):
    page = visit("masked_lm?mlm_part=lens", language="en")
    expect(page.locator(".hi-finding")).to_contain_text("“war” leads from layer 5 on")
    settle(page)
    press(page, *page.evaluate(CELL_AT, [".st-key-figure-masked-lm-lens", 3, 4]))
    shown(page.get_by_text("“war” after layer 3:"))
    page.get_by_role("link", name="Attention of layer 3").click()
    page.wait_for_url("**bert_attention**ba_layer=3**")
    settle(page)
    assert "mlm-en" in page.url
    expect(page.get_by_label("Text", exact=True).first).to_have_value(re.compile(r"second world \[MASK\] in 1939"))
