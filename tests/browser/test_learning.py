"""The encoder block and the exercises as a learner uses them."""

import pytest
from playwright.sync_api import expect

from components.messages import message
from tests.browser.conftest import settle


def test_another_layer_shows_other_neurons(visit):
    page = visit("feed_forward?ff_view=neurons", language="en")
    values = "[...document.querySelector('.st-key-ff_rows [data-figure]').shadowRoot.querySelectorAll('.number')].map((one) => Number(one.textContent))"
    before = page.evaluate(values)
    assert len(before) == 5 and before == sorted(before, reverse=True)
    page.get_by_role("button", name="mat", exact=True).hover()
    page.wait_for_function(f"before => JSON.stringify({values}) !== JSON.stringify(before)", arg=before)  # in the browser, at once
    page.mouse.move(5, 5)
    page.wait_for_function(f"before => JSON.stringify({values}) === JSON.stringify(before)", arg=before)
    page.get_by_role("button", name=message("common.more_settings", "en")).click()
    page.get_by_role("combobox", name=message("feed_forward.layer", "en")).click()
    page.get_by_role("option", name="2", exact=True).click()
    page.wait_for_function(f"before => JSON.stringify({values}) !== JSON.stringify(before)", arg=before)
    settle(page)
    after = page.evaluate(values)
    assert "ff_layer=2" in page.url and after == sorted(after, reverse=True) and after != before


def test_an_answer_stays_while_another_exercise_is_read(visit):
    page = visit("exercises", language="ja")
    answer = page.get_by_role("textbox", name=message("exercises.your_answer", "ja"))
    answer.fill("デコーダの <b>Query</b> がエンコーダの Key を見る。")
    answer.press("Control+Enter")
    page.get_by_text(message("exercises.name_2", "ja"), exact=True).click()
    page.wait_for_url("**ex=2**")
    settle(page)
    page.get_by_text(message("exercises.name_1", "ja"), exact=True).click()
    page.wait_for_function("!location.search.includes('ex=')")
    settle(page)
    expect(answer).to_have_value("デコーダの <b>Query</b> がエンコーダの Key を見る。")
    page.get_by_test_id("stCheckbox").locator("label").click()
    expect(page.get_by_text("もう一方の系列", exact=False).first).to_be_visible()


def test_the_stages_of_the_block_light_up(visit):
    page = visit("feed_forward", language="en")
    page.get_by_role("radio", name=message("feed_forward.step_weights", "en")).click()
    page.wait_for_url("**ff_step=weights**")
    settle(page)
    expect(page.get_by_role("radio", name=message("feed_forward.step_scores", "en"))).to_have_class("lit")
    expect(page.get_by_role("radio", name=message("feed_forward.step_output", "en"))).not_to_have_class("lit")
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**ff_step=heads**")
    settle(page)
    expect(page.get_by_role("radio", name=message("feed_forward.step_heads", "en"))).to_be_focused()


@pytest.mark.parametrize("address", ["feed_forward?ff_view=norms", "exercises?ex=3", "exercises?ex=5"])
def test_phone_width_has_no_sideways_scroll(visit, address):
    page = visit(address, language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
