"""Sentences compared, and a table of them mapped, chosen from and searched, as a visitor does it."""

import re

import numpy as np
from playwright.sync_api import Page, expect

from components.charts.numbers import significant
from components.messages import message
from tests.browser.conftest import press, settle, shown

MATRIX = ".st-key-figure-similarity-matrix"
MAP = ".st-key-figure-similarity-embedding-map"


def t(key: str, **values: object) -> str:
    return message(f"similarity.{key}", "en", **values)


def cosines(page: Page) -> np.ndarray:
    page.wait_for_function(f"document.querySelector('{MATRIX} .js-plotly-plot')?._fullData", timeout=90_000)
    return np.array(page.evaluate(f"Array.from(document.querySelector('{MATRIX} .js-plotly-plot')._fullData[0].z, row => Array.from(row))"))


def test_a_chosen_cell_names_its_pair(visit):
    page = visit("similarity?sim_order=as", language="en")
    found = cosines(page)
    assert found.shape == (5, 5) and np.allclose(found, found.T, atol=1e-5) and np.allclose(np.diag(found), 1, atol=1e-5)
    plot = page.locator(f"{MATRIX} .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    press(page, box["x"] + box["width"] * 4.5 / 5, box["y"] + box["height"] * 0.5 / 5)  # row 1, column 5
    shown(page.get_by_text(t("pair_found", row=1, column=5, score=significant(float(found[0, 4])))))


def test_a_japanese_sentence_is_nearest_to_its_paraphrase(visit):
    page = visit("similarity?sim_order=as", language="ja")
    field = page.get_by_role("textbox").first
    field.fill("犬が公園を走っています。\n株価が大きく下がりました。\n公園で犬が駆け回っている。")
    field.press("Control+Enter")
    page.wait_for_function(f"document.querySelector('{MATRIX} .js-plotly-plot')?._fullData?.[0]?.z.length === 3")
    found = cosines(page)
    assert found[0, 2] > 0.6 > found[0, 1]


def test_a_list_in_two_languages_is_compared_across_them(visit):
    """The model for one language says what it can't do, and at a click the one for both answers, its pairs across the languages marked."""
    page = visit("similarity?sim_order=as&sim_preset=both&sim_model=embed-en", language="ja")
    assert np.isnan(cosines(page).astype(float)).any()
    page.get_by_role("button", name=message("models.name.embed-ja-en", "ja")).click()
    numbers = f"Array.from(document.querySelector('{MATRIX} .js-plotly-plot')?._fullData?.[0]?.z ?? [[null]])"
    page.wait_for_function(f"{numbers}.every(row => Array.from(row).every(Number.isFinite))", timeout=60_000)
    found = cosines(page)
    assert found.shape == (5, 5)
    assert max(found[0, 3], found[1, 4]) > max(found[2, 3], found[2, 4]), "a sentence is nearer to its translation than to another one"
    dots = page.locator(f"{MATRIX} .scatterlayer .trace").last.locator("path.point")
    expect(dots).to_have_count(12)
    shown(page.get_by_text(message("similarity.matrix_across", "ja")))
    plot = page.locator(f"{MATRIX} .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    press(page, box["x"] + box["width"] * 3.85 / 5, box["y"] + box["height"] * 0.15 / 5)  # on the dot of row 1, column 4
    shown(page.get_by_text(message("similarity.pair_found", "ja", row=1, column=4, score=significant(float(found[0, 3])))))


def test_a_table_is_mapped_chosen_from_and_searched(visit):
    page = visit("similarity?sim_mode=table", language="en")
    page.get_by_role("button", name=message("tables.sample", "en")).click()
    page.get_by_role("button", name=t("embed", n="800")).click(timeout=60_000)
    drag = page.locator(f"{MAP} .nsewdrag").first
    shown(drag, timeout=120_000)
    settle(page)
    drag.scroll_into_view_if_needed()
    box = drag.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7, steps=8)
    page.mouse.up()
    shown(page.get_by_text("rows chosen"), timeout=30_000)

    page.get_by_role("tab", name=t("tab_search")).click()
    field = page.get_by_role("textbox", name=t("query"))
    field.fill("an earthquake destroyed the town")
    field.press("Enter")
    expect(page.get_by_text("800", exact=False).filter(has_text="ms").last).to_be_visible(timeout=30_000)


def test_a_typed_sentence_falls_onto_the_map(visit):
    page = visit("similarity", language="en")
    chart = page.locator(".st-key-figure-similarity-sample .js-plotly-plot")
    shown(chart, timeout=90_000)
    before = chart.evaluate("chart => chart._fullData.at(-1).x[0]")
    field = page.get_by_role("textbox", name="Sentence")
    field.fill("The party won the election and forms a government.")
    page.get_by_role("button", name=t("place")).click()
    shown(page.get_by_role("heading", name=re.compile("Politics")))
    page.wait_for_function(
        f"document.querySelector('.st-key-figure-similarity-sample .js-plotly-plot')?._fullData?.at(-1).x[0] !== {before}"
    )
