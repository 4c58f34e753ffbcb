"""The tokens page as a visitor uses it."""

from playwright.sync_api import expect

from tests.browser.conftest import settle


def test_japanese_text_is_taken_apart_and_a_link_brings_it_back(visit):
    page = visit("tokens", language="ja")
    expect(page.locator(".tl-chip").filter(has_text="言語").first).to_be_visible()
    field = page.get_by_label("文章", exact=True)
    field.fill("<b>公務員</b>がﾃｽﾄした")
    field.press("Control+Enter")
    expect(page.locator(".tl-chip").filter(has_text="公務").first).to_be_visible()
    settle(page)
    assert page.locator(".tl-chips b").count() == 0 and "公務" not in page.url
    page.get_by_role("button", name="リンクをコピー").click()
    page.wait_for_timeout(300)
    again = visit(page.evaluate("navigator.clipboard.readText()").split("/", 3)[3], language="en")
    expect(again.get_by_label("文章", exact=True)).to_have_value("<b>公務員</b>がﾃｽﾄした")


def test_parameters_follow_the_numbers_typed(visit):
    page = visit("tokens?tok_part=parameters", language="en")
    field = page.get_by_role("spinbutton", name="Hidden size")
    field.fill("768")
    field.press("Enter")
    expect(page.locator("p").filter(has_text="Your own:")).to_contain_text(
        "5,513,984 in each layer"
    )  # 4(d²+d) + 2·d·2048 + 2048 + d + 4d at d = 768
    settle(page)
    totals = page.evaluate(
        """() => {
          const bars = document.querySelector('.st-key-figure-tokens-parameters .js-plotly-plot')._fullData;
          const last = bars[0].x.length - 1;
          return bars.reduce((sum, bar) => sum + bar.x[last], 0);
        }"""
    )
    expect(page.locator("p").filter(has_text="Your own:")).to_contain_text(f"{totals:,.0f} parameters")


def test_phone_width_has_no_sideways_scroll(visit):
    for part in ("split", "input", "parameters", "japanese"):
        page = visit(f"tokens?tok_part={part}", language="ja", width=390, height=844)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, part
