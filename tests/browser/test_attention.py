"""The attention page as a visitor uses it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import press, settle, shown

SQUARE = ".st-key-figure-attention-weights"


def heat(page: Page, state: str = "weights") -> list[list[float]]:
    """The numbers that the browser has of one state of the square, once it is drawn."""
    page.wait_for_function(
        """([figure, state]) => document.querySelector(`${figure} .js-plotly-plot`)?._fullData
             ?.find(trace => trace.type === "heatmap" && trace.name === state)?.z?.length""",
        arg=[SQUARE, state],
    )
    return page.evaluate(
        """([figure, state]) => Array.from(document.querySelector(`${figure} .js-plotly-plot`)._fullData
             .find(trace => trace.type === "heatmap" && trace.name === state).z, row => Array.from(row))""",
        [SQUARE, state],
    )


def seen(page: Page) -> list[str]:
    """The states of the square that are seen."""
    return page.evaluate(
        """figure => document.querySelector(`${figure} .js-plotly-plot`)._fullData
             .filter(trace => trace.type === "heatmap" && trace.visible === true).map(trace => trace.name)""",
        SQUARE,
    )


def point_at(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where a cell of the square is on the screen."""
    return page.evaluate(
        """([figure, row, column]) => { const plot = document.querySelector(`${figure} .js-plotly-plot`), box = plot.getBoundingClientRect()
             const { xaxis, yaxis } = plot._fullLayout
             return [box.left + xaxis._offset + xaxis.l2p(column), box.top + yaxis._offset + yaxis.l2p(row)] }""",
        [SQUARE, row, column],
    )


def field(page: Page):
    return page.get_by_label("Sentence (its words are the queries)")


def test_typing_another_sentence_changes_the_weights(visit):
    page = visit("attention", language="en")
    before = heat(page)
    assert len(before) == 13 and all(abs(sum(row) - 1) < 1e-6 for row in before)
    field(page).fill("Birds sing")
    page.get_by_role("button", name="Analyse").click()
    page.wait_for_function(f"document.querySelector('{SQUARE} .js-plotly-plot')?._fullData[0].z.length === 4")
    settle(page)
    assert len(heat(page)) == 4  # with [CLS] and [SEP]


def test_a_state_is_switched_and_a_cell_pointed_at_without_a_run(visit):
    page = visit("attention", language="en")
    sum_ = page.locator(".st-key-attention-flow .sum")
    expect(sum_).to_contain_text("“it” → “cat”")
    page.mouse.move(*point_at(page, 1, 2))
    expect(sum_).to_contain_text("“The” → “cat”")
    said = sum_.inner_text()
    page.mouse.move(5, 5)
    expect(sum_).to_contain_text("“it” → “cat”")
    page.get_by_role("radio", name="Scores").click()
    page.wait_for_timeout(50)
    assert seen(page) == ["scores"]
    settle(page)
    score = heat(page, "scores")[1][2]
    assert f"{score:.3g}".replace("-", "−") in said
    assert seen(page) == ["scores"] and "att_cell=scores-8-2" in page.url
    expect(page.get_by_role("radio", name="Scores")).to_be_checked()


def test_the_arrow_keys_move_the_cell_and_python_hears_of_it_once(visit):
    page = visit("attention", language="en")
    sum_ = page.locator(".st-key-attention-flow .sum")
    sum_.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(sum_).to_contain_text("“mat” → “cat”")
    page.wait_for_url(re.compile("att_cell=weights-6-2"))
    settle(page)
    expect(page.locator(".hi-finding")).to_contain_text("mat")
    assert sum_.evaluate("element => element.getRootNode().activeElement === element")


def test_a_chosen_cell_shows_its_arithmetic_and_stays_chosen(visit):
    page = visit("attention?att_mode=numbers&att_cell=scores-1-1", language="en")
    press(page, *point_at(page, 0, 0))
    page.get_by_text("Work out this cell term by term").click()
    line = page.locator(".katex-html").filter(has_text="S1,1").first
    expect(line).to_be_visible()
    # Q row 1 is 1 0 1 and K row 1 is 1 0 1: 1*1 + 0*0 + 1*1 = 2
    assert re.match(r"S1,1\s*\u200b?\s*=\s*2\.00", line.inner_text().replace("\n", ""))
    page.get_by_test_id("stCheckbox").get_by_text("Hide later words").click()
    settle(page)
    assert "att_cell=scores-0-0" in page.url


def test_a_shared_link_brings_text_language_and_settings(visit):
    page = visit("attention", language="en")
    field(page).fill("Stars shine <b>bright</b>")
    page.get_by_role("button", name="Analyse").click()
    settle(page)
    page.get_by_test_id("stCheckbox").get_by_text("Hide later words").click()
    page.wait_for_url(re.compile("att_mask=causal"))
    settle(page)
    assert "Stars" not in page.url
    page.get_by_role("button", name="Copy link").click()
    shown(page.get_by_text("Copied, with your text and settings."))
    link = page.evaluate("navigator.clipboard.readText()")
    again = visit(link.split("/", 3)[3], language="ja")
    expect(field(again)).to_have_value("Stars shine <b>bright</b>")
    weights = heat(again)
    assert weights[0][1:] == [0] * (len(weights) - 1)
    again.wait_for_function("!location.search.includes('Stars')")


def test_language_switch_keeps_the_settings(visit):
    page = visit("attention?att_head=6-12", language="ja")
    expect(page.get_by_role("heading", level=1)).to_have_text("注意を一歩ずつ")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attention, step by step")
    settle(page)
    assert "lang=en" in page.url and "att_head=6-12" in page.url


def test_wrong_numbers_get_a_sentence_and_stay(visit):
    page = visit("attention?att_mode=numbers", language="en")
    box = page.get_by_role("textbox", name="Q (one row a line)")
    box.fill("1 x")
    box.press("Control+Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("“x” in row 1, column 2 is not a number")
    expect(box).to_have_value("1 x")


def test_on_a_phone_the_square_comes_first_and_a_long_one_gives_way_to_its_row(visit):
    page = visit("attention", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    square, given = page.locator(SQUARE).bounding_box(), page.locator(".st-key-figure-attention-inputs").bounding_box()
    assert square["y"] < given["y"] and square["width"] <= 358
    page = visit("attention?att_example=long", language="ja", width=390, height=844)
    expect(page.locator(SQUARE)).to_be_hidden()
    expect(page.locator(".st-key-figure-attention-row-narrow")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
