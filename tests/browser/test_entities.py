"""A visitor with a table whose entities somebody marked: judged, a wrong cell clicked and read in both versions, corrected and taken home."""

import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from components.messages import CONTENT
from components.models import load
from tests.browser.conftest import press, settle, shown

ROWS = [json.loads(line) for line in (CONTENT / "samples" / "entities_en.jsonl").read_text(encoding="utf-8").splitlines()]


def put_in(page: Page, data: bytes, name: str) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    # The first visitor also waits until the libraries and the model are loaded.
    shown(page.get_by_role("button", name=re.compile("Read [0-9]+ rows")), timeout=120_000)
    settle(page)
    page.get_by_role("button", name=re.compile("Read [0-9]+ rows")).click()
    shown(page.get_by_text("Against the file's entities"), timeout=120_000)
    settle(page)


def click_cell(page: Page, row: int, column: int, size: int) -> None:
    plot = page.locator(".st-key-figure-ner-judged-confusion .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    press(page, box["x"] + box["width"] * (column + 0.5) / size, box["y"] + box["height"] * (row + 0.5) / size)


def marks(page: Page, number: int) -> list[str]:
    """The marked names of the row that is read: 0 in the file's version, 1 in the model's."""
    text = page.locator(".st-key-ner-judged-read .tl-text").nth(number)
    return [
        f"{one.locator('small').inner_text()} {one.evaluate('node => node.firstChild.textContent')}" for one in text.locator("mark").all()
    ]


@pytest.mark.timeout(300)
def test_a_table_with_right_entities_is_judged_read_and_taken_home(visit, tmp_path):
    predicted = load("ner-en").predict([row["text"] for row in ROWS])
    # The first row gets a wrong type, which the visitor then looks for.
    rows = [{**row, "entities": list(row["entities"])} for row in ROWS]
    first = rows[0]["entities"][0]
    assert (predicted[0][0].start, predicted[0][0].end, predicted[0][0].label) == (first["start"], first["end"], "PER")
    rows[0]["entities"][0] = {**first, "label": "MISC"}
    frame = pd.DataFrame([{"文": row["text"], "gold": json.dumps(row["entities"])} for row in rows])
    page = visit("entities?ner_mode=table", language="en", height=1000)
    put_in(page, frame.to_csv(index=False).encode("cp932"), "記事.csv")
    labels = ["LOC", "MISC", "ORG", "PER"]
    click_cell(page, 0, 0, len(labels) + 1)
    shown(page.get_by_text("Entities of “LOC” found with that type"))
    settle(page)
    click_cell(page, labels.index("MISC"), labels.index("PER"), len(labels) + 1)
    shown(page.get_by_text("Entities that are “MISC” in the file and “PER” by the model: 1"))
    settle(page)
    expect(page.get_by_role("combobox", name="Entity to read (the first 1)")).to_have_value(re.compile("line 2 · Ada Lovelace"))
    assert marks(page, 0)[0] == "MISC Ada Lovelace" and marks(page, 1)[0] == "PER Ada Lovelace"
    assert [mark.split(" ", 1)[1] for mark in marks(page, 1)] == [one.text for one in predicted[0]]

    with page.expect_download() as started:
        page.get_by_test_id("stDownloadButton").get_by_text("Download", exact=True).click()
    path = Path(tmp_path / started.value.suggested_filename)
    started.value.save_as(path)
    result = pd.read_csv(io.BytesIO(path.read_bytes()), dtype=str, keep_default_na=False)
    assert result["文"].tolist() == frame["文"].tolist() and result["gold"].tolist() == frame["gold"].tolist()
    found = [[(one["text"], one["label"]) for one in json.loads(cell)] for cell in result["entities"]]
    assert found == [[(one.text, one.label) for one in entities] for entities in predicted]


def test_a_name_is_marked_and_script_is_shown_not_run(visit):
    page = visit("entities", language="en")
    field = page.get_by_label("Text (Japanese or English)")
    field.fill("<script>window.hit = 1</script><img src=x onerror='window.hit=1'> Angela Merkel flew to Paris.")
    field.press("Control+Enter")
    shown(page.locator(".name").filter(has_text="Angela Merkel"), timeout=120_000)
    settle(page)
    assert page.evaluate("window.hit === undefined")
    expect(page.locator(".text").first).to_contain_text("<script>window")


def test_the_legend_hides_a_type_in_the_browser_and_every_pattern_differs(visit):
    page = visit("entities", language="ja")
    names = page.locator(".name.kind-person")  # 人名 is a part of 法人名
    expect(names.first).to_be_visible(timeout=120_000)
    settle(page)
    button = page.get_by_role("button", name=re.compile("^人名"))
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(names).to_have_count(0)
    assert page.locator(".text").inner_text().count("山田太郎") == 1
    button.click()
    expect(names).to_have_count(1)
    # With all colours alike the lines still differ.
    lines = page.evaluate(
        """() => {
          const host = [...document.querySelectorAll("*")].find((one) => one.shadowRoot?.querySelector(".legend"))
          return [...host.shadowRoot.querySelectorAll(".legend i")].map((one) => {
            const style = getComputedStyle(one)
            return style.backgroundImage.replace(/rgb\\([^)]*\\)|light-dark\\([^)]*\\)\\)/g, "c") + style.backgroundSize
          })
        }"""
    )
    assert len(lines) == 8 and len(set(lines)) == 8
