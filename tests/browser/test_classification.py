"""A visitor with a table of reviews: from the upload to the words that decided, and back into a spreadsheet."""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from components.messages import CONTENT, message
from components.models.cards import card
from tests.browser.conftest import press, settle, shown


def reviews(language: str, encoding: str, rows: int | None = None) -> tuple[bytes, list[list[str]]]:
    """The sample reviews with a number in front and a formula at the end, as a file of Excel in Japan."""
    with (CONTENT / "exercises" / f"reviews_{language}.csv").open(encoding="utf-8-sig", newline="") as file:
        body = list(csv.reader(file))[1:]
    body = [[str(number), *row] for number, row in enumerate([*body, ["=1+2 と書いてあり、最悪でした。", "negative"]], 1)]
    if rows:
        body = [[str(number), *body[number % len(body)][1:]] for number in range(rows)]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["番号", "レビュー", "評価"], *body])
    return out.getvalue().encode(encoding), body


def put_in(page: Page, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": "レビュー.csv", "mimeType": "text/csv", "buffer": data})
    # The first visitor also waits until the libraries and the model are loaded.
    shown(page.get_by_role("button", name="行を分類する"), timeout=120_000)
    settle(page)


def confusion(page: Page) -> list[list[int]]:
    rows = page.evaluate(
        """() => {
          const traces = document.querySelector(".st-key-figure-cls-judged-confusion .js-plotly-plot")._fullData, width = traces[0].z[0].length;
          const cells = Array.from(traces.find(one => one.mode === "text").text);
          return Array.from({ length: cells.length / width }, (_, row) => cells.slice(row * width, (row + 1) * width));
        }"""
    )
    return [[int(cell.replace(",", "")) for cell in row] for row in rows]


def wait_for_words(page: Page) -> None:
    """Until the words of the row that is read are there, and those of the row before are gone: some seconds on a quiet machine."""
    total = page.locator(".st-key-cls-judged-read").get_by_text("それに逆らった語")
    shown(total, timeout=120_000)
    settle(page)
    shown(total)


def click_cell(page: Page, row: int, column: int, size: int) -> None:
    plot = page.locator(".st-key-figure-cls-judged-confusion .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    press(page, box["x"] + box["width"] * (column + 0.5) / size, box["y"] + box["height"] * (row + 0.5) / size)


def download(page: Page, tmp_path: Path, form: str) -> Path:
    """The result, as `form`: "csv" is what the page offers at first."""
    if form != "csv":
        page.get_by_role("radio", name=form.upper()).click()
        page.wait_for_function(f"location.search.includes('cls_format={form}')")
        settle(page)
    with page.expect_download() as started:
        page.get_by_test_id("stDownloadButton").get_by_text("ダウンロード", exact=True).click()
    path = tmp_path / started.value.suggested_filename
    started.value.save_as(path)
    return path


@pytest.mark.timeout(300)
@pytest.mark.parametrize("spoken", ["ja", "en"])
def test_a_cp932_table_is_classified_judged_read_and_taken_home(visit, tmp_path, spoken):
    data, body = reviews(spoken, "cp932")
    page = visit("classification?cls_mode=table", language="ja", height=1000)
    put_in(page, data)
    if card(f"sentiment-{spoken}"):
        menu = page.get_by_role("combobox", name="モデル").first
        expect(menu).to_have_value(message(f"models.name.sentiment-{spoken}", "ja"))
    expect(page.get_by_text("cp932").first).to_be_visible()
    page.get_by_role("button", name=f"{len(body)} 行を分類する").click()
    shown(page.get_by_text("ラベルとの比較"), timeout=120_000)
    wait_for_words(page)

    # A wrong cell: its rows are what the file calls one thing and the model another.
    labels = ["negative", "positive"]
    counts = confusion(page)
    assert sum(map(sum, counts)) == len(body)
    row, column = max(((i, j) for i in (0, 1) for j in (0, 1) if i != j), key=lambda cell: counts[cell[0]][cell[1]])
    click_cell(page, column, column, 2)
    shown(page.get_by_text(re.compile("を正しく当てた")))
    wait_for_words(page)
    click_cell(page, row, column, 2)
    shown(page.get_by_text(re.compile("」を「.*とした")))
    if counts[row][column]:
        wait_for_words(page)
        reading = page.locator(".st-key-cls-judged-read")
        text = reading.get_by_test_id("stText").inner_text()
        [line] = [number for number, one in enumerate(body) if one[1] == text]
        assert body[line][2] == labels[row]
        expect(reading).to_contain_text(f"ファイルの {line + 2} 行目")
        words = reading.locator(".at-text")
        assert words.inner_text().strip() == text.strip() and reading.locator(".at-word").count() > 0

    frame = pd.read_csv(download(page, tmp_path, "csv"), dtype=str, keep_default_na=False)
    assert frame.columns.tolist()[:4] == ["番号", "レビュー", "評価", "prediction"]
    assert frame["レビュー"].tolist()[:-1] == [one[1] for one in body][:-1] and frame["レビュー"].iloc[-1] == "'" + body[-1][1]
    for i in (0, 1):
        # The file knows two opinions, the model three: the larger of the two is what was judged.
        called = frame.loc[frame["評価"] == labels[i], [f"p({label})" for label in labels]].astype(float).idxmax(axis=1).str[2:-1]
        assert [int((called == label).sum()) for label in labels] == counts[i]
    sheet = openpyxl.load_workbook(download(page, tmp_path, "xlsx")).active
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert cells[0] == frame.columns.tolist() and [line[1] for line in cells[1:]] == [one[1] for one in body]
    assert [line[3] for line in cells[1:]] == frame["prediction"].tolist()
    assert sheet.cell(len(body) + 1, 2).data_type == "s"


@pytest.mark.timeout(300)
def test_a_long_table_shows_progress_and_can_be_stopped(visit, tmp_path):
    data, _ = reviews("en", "utf-8", rows=5_000)
    page = visit("classification?cls_mode=table", language="ja")
    put_in(page, data)
    page.get_by_role("button", name="5,000 行を分類する").click()
    shown(page.get_by_text(re.compile(r"5,000 行のうち [\d,]+ 行・毎秒")), timeout=60_000)
    page.get_by_role("button", name="停止").click()
    stopped = page.get_by_text(re.compile(r"5,000 行のうち [\d,]+ 行で停止しました"))
    shown(stopped, timeout=30_000)
    settle(page)
    done = int(re.search(r"うち ([\d,]+) 行で", stopped.inner_text())[1].replace(",", ""))
    assert 0 < done < 5_000 and sum(map(sum, confusion(page))) == done
    shown(page.get_by_role("button", name=f"残りの {5_000 - done:,} 行を続ける"))
    wait_for_words(page)
    frame = pd.read_csv(download(page, tmp_path, "csv"), dtype=str, keep_default_na=False)
    assert len(frame) == done and set(frame["prediction"]) <= {"positive", "neutral", "negative"}


def test_script_in_a_text_is_shown_not_run(visit):
    page = visit("classification", language="en")
    field = page.get_by_label("Text (Japanese or English)")
    field.fill("<script>window.hit = 1</script><img src=x onerror='window.hit=1'> wonderful")
    field.press("Control+Enter")
    expect(page.locator(".at-text").first).to_contain_text("<script>", timeout=60_000)
    expect(page.locator(".at-word").first).to_be_visible(timeout=60_000)
    settle(page)
    assert page.evaluate("window.hit === undefined")


def test_a_changed_word_moves_its_own_mark_and_a_number_shows_under_the_pointer(visit):
    page = visit("classification", language="ja")
    shown(page.get_by_text("それに逆らった語"), timeout=60_000)
    settle(page)
    top = page.locator(".cls-line").bounding_box()["y"]
    field = page.get_by_label("くらべる文")
    field.fill("この映画は本当にひどかった!")
    page.get_by_role("button", name="くらべる", exact=True).click()
    below = page.locator(".cls-mark.cls-below")
    shown(below)
    settle(page)
    line, mark = page.locator(".cls-axis").bounding_box(), below.bounding_box()
    assert mark["x"] + mark["width"] / 2 < line["x"] + line["width"] / 4
    assert abs(page.locator(".cls-line").bounding_box()["y"] - top) <= 2
    word = page.locator(".at-word").filter(has_text="素晴らし")
    word.hover()
    said = word.evaluate("node => [getComputedStyle(node, '::after').display, getComputedStyle(node, '::after').content]")
    assert said[0] == "block" and re.fullmatch(r'"\+\d\.\d\d"', said[1])
