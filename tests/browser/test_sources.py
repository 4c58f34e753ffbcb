"""The page of sources as a visitor uses it."""

from playwright.sync_api import expect

from tests.browser.conftest import press, settle, shown


def test_a_click_on_the_map_explains_the_block_and_leads_to_its_page(visit):
    page = visit("sources", language="en")
    page.wait_for_function("document.querySelector('.st-key-figure-sources-map .js-plotly-plot')?._fullData?.length")
    spot = page.evaluate(
        """() => {
          const chart = document.querySelector(".st-key-figure-sources-map .js-plotly-plot");
          const index = chart._fullData[0].customdata.indexOf("decoder_position");
          const layout = chart._fullLayout, area = chart.querySelector(".nsewdrag").getBoundingClientRect();
          return { x: area.x + layout.xaxis.c2p(chart._fullData[0].x[index]), y: area.y + layout.yaxis.c2p(chart._fullData[0].y[index]) };
        }"""
    )
    press(page, spot["x"], spot["y"])
    shown(page.get_by_text("Attention does not see the order of its inputs."))
    settle(page)
    page.locator("[data-testid=stMain] [data-testid=stPageLink]").get_by_text("Positional encoding").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Positional encoding")
    assert "/positional" in page.url


def test_the_map_can_be_used_by_keyboard(visit):
    page = visit("sources", language="ja")
    field = page.get_by_role("combobox").first
    field.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("確率")
    page.keyboard.press("Enter")
    shown(page.get_by_text("ソフトマックスで、ロジットを和が 1 の確率にします。"))


def test_measuring_shows_progress_and_two_figures(visit):
    page = visit("sources", language="en")
    page.get_by_role("button", name="Measure on this machine").click()
    shown(page.get_by_role("button", name="Stop"))
    shown(page.locator(".st-key-figure-sources-gradients .js-plotly-plot"), timeout=120_000)
    settle(page)
    names = page.evaluate(
        "Array.from(document.querySelector('.st-key-figure-sources-times .js-plotly-plot')._fullData, trace => trace.name)"
    )
    assert names == ["LSTM", "Self-attention"]
    shown(page.get_by_role("button", name="Measure again"))


def test_goals_stay_ticked_on_the_way_through_the_pages(visit):
    page = visit("sources", language="en")
    page.get_by_text("Say why positional encoding is needed").click()
    shown(page.get_by_text("1 of 6 reached"))
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Positional encoding").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Positional encoding")
    expect(page).to_have_title("Positional encoding · Himotoku")
    settle(page)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Sources").click()
    expect(page).to_have_title("Sources · Himotoku")
    shown(page.get_by_text("1 of 6 reached"))
