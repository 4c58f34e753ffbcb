"""Looking back, and the parts then and now, as a visitor uses them."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import press, settle
from tests.browser.test_face import EMPTY
from tests.browser.test_vectors import CELL_AT


def test_the_slider_and_a_click_step_through_the_words(visit):
    page = visit("decoder?dec_part=causal", language="en")
    expect(page.locator(".hi-finding").first).to_contain_text("“on” looks at 4 words")
    page.get_by_role("slider", name="The word that looks").press("ArrowRight")
    expect(page.locator(".hi-finding").first).to_contain_text("“the” looks at 5 words")
    expect(page.locator(".dec-row tr.hidden")).to_have_count(2)
    settle(page)
    press(page, *page.evaluate(CELL_AT, [".st-key-figure-decoder-weights", 0, 1]))
    expect(page.locator(".hi-finding").first).to_contain_text("“cat” looks at 2 words")
    expect(page.locator(".dec-row tr.hidden")).to_have_count(5)


@pytest.mark.parametrize("part", ["causal", "norm", "ffn", "positions", "heads", "counts"])
def test_each_part_fits_a_phone(visit, part):
    query = "dec_part=causal" if part == "causal" else f"dec_part=modern&dec_modern={part}"
    page = visit(f"decoder?{query}", language="ja", width=390, height=844)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(EMPTY) == []
