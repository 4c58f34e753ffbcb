"""Questions as a visitor asks them: typed, of a long text that is stopped and gone on with, and in a table that is taken home."""

import re
from urllib.parse import quote

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from components.messages import CONTENT, message
from components.models import load
from tests.browser.conftest import press, settle, shown

HISTORY = (CONTENT / "samples" / "history_en.txt").read_text(encoding="utf-8")
pytestmark = pytest.mark.timeout(400)


def opened(visit, path: str, **options) -> Page:
    """The page with its first answer; a cold server loads its libraries and the model first."""
    page = visit(path, patience=120_000, **options)
    expect(page.locator(".qa-passage").first).to_be_visible(timeout=120_000)
    settle(page)
    return page


def ask(page: Page, question: str) -> None:
    field = page.get_by_label("Question", exact=True)
    field.fill(question)
    field.press("Enter")
    settle(page)


def silence_of(page: Page):
    return page.get_by_role("heading", name=re.compile("^No answer"))


def test_the_first_screen_has_the_answer_and_another_question_another(visit):
    page = opened(visit, "question_answering", language="en")
    mark = page.locator("mark.qa-first")
    expect(mark).to_contain_text("2017")
    box = mark.bounding_box()
    assert box["y"] + box["height"] < 800
    ask(page, "What does NLP stand for?")
    best = page.locator("mark.qa-first")
    expect(best).to_contain_text("natural language processing", timeout=30_000)


def test_the_threshold_turns_an_answer_into_silence_and_stands_in_the_address(visit):
    model, text = load("qa-en"), message("question_answering.example_who_context", "en")
    lead = {question: model.read(question, text).lead - model.threshold for question in ("Who runs the bakery?", "What does a loaf cost?")}
    question = min(lead, key=lambda one: abs(lead[one]))
    assert -10 < lead[question] < 0  # the model answers, and the slider reaches far enough to silence it
    address = "question_answering?qa_preset=who&qa_question=" + quote(question)
    page = opened(visit, address, language="en")
    expect(silence_of(page)).to_have_count(0)
    page = opened(visit, f"{address}&qa_strictness={lead[question] - 0.2:.1f}", language="en")
    shown(silence_of(page))
    shown(page.get_by_text("A close call"))
    page.get_by_role("button", name="Settings").click()
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    settle(page)
    expect(silence_of(page)).to_have_count(0)


def test_a_long_text_from_a_file_is_stopped_read_on_and_its_window_chosen(visit):
    text = HISTORY * 3 + "\n\nThe lighthouse keeper of Cape Grim was called Edwin Marsh.\n\n" + HISTORY * 2
    page = opened(visit, "question_answering", language="en")
    ask(page, "Who was the lighthouse keeper of Cape Grim?")
    page.get_by_text("Change the text").click()
    page.locator("input[type=file]").set_input_files({"name": "long.txt", "mimeType": "text/plain", "buffer": text.encode("utf-16")})
    shown(page.get_by_text(re.compile(r"[\d,]+ of \d+ windows · ")), timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    shown(page.get_by_text(re.compile(r"Stopped after \d+ of \d+ windows")), timeout=60_000)
    settle(page)
    page.get_by_role("button", name=re.compile("Read the other")).click()
    shown(page.get_by_role("heading", name="Edwin Marsh"), timeout=240_000)
    settle(page)
    page.get_by_text("Scores of all tokens, and the windows").click()
    settle(page)
    start = text.index("Edwin Marsh")
    shown(page.get_by_text(f"The answer stands at characters {start:,}–{start + 11:,}"))
    points = page.evaluate("document.querySelector('.st-key-figure-qa-windows-0 .js-plotly-plot')._fullData[2].x.length")
    read = page.get_by_text(re.compile(r"Tokens [\d,]+–"))
    before = read.inner_text()
    # An early window's square leads to its tokens.
    plot = page.locator(".st-key-figure-qa-windows-0 .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)  # what stands above may still take its height
    for window in range(4):  # one of the first: an answer's mark may lie on a square and take the press
        point = plot.locator(".scatterlayer .trace.scatter:nth-child(3) .point").nth(window)
        point.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        square = point.bounding_box()
        press(page, square["x"] + square["width"] / 2, square["y"] + square["height"] / 2)
        page.wait_for_timeout(3000)
        settle(page)
        if read.inner_text() != before:
            break
    expect(read).not_to_have_text(before)
    first = int(re.search(r"Tokens ([\d,]+)–", read.inner_text())[1].replace(",", ""))
    assert points > 10 and first < 1_500


def test_the_sample_table_is_answered_judged_read_and_taken_home(visit, tmp_path):
    page = visit("question_answering?qa_mode=table", language="en", height=1000)
    page.get_by_role("button", name="Try the sample").click()
    shown(page.get_by_text("Against the right answers"), timeout=120_000)
    settle(page)
    plot = page.locator(".st-key-figure-qa-confusion .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    press(page, box["x"] + box["width"] / 8, box["y"] + box["height"] / 4)  # answer, right
    shown(page.get_by_text(re.compile("in the file “Answer”, the model “Right”")), timeout=30_000)
    expect(page.locator(".st-key-qa-judged-read .tl-mark").first).to_be_visible()
    page.get_by_role("radio", name="XLSX").click()
    page.wait_for_function("location.search.includes('qa_format=xlsx')")
    settle(page)
    with page.expect_download() as started:
        page.get_by_test_id("stDownloadButton").get_by_text("Download", exact=True).click()
    path = tmp_path / started.value.suggested_filename
    started.value.save_as(path)
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]
    sample = pd.read_csv(CONTENT / "samples" / "questions_en.csv", dtype=str, keep_default_na=False)
    assert [row[0] for row in rows[1:]] == sample["question"].tolist()
    assert rows[0][:4] == ["question", "context", "answer", "answer (2)"] and {"exact_match", "f1", "note"} <= set(rows[0])


def test_script_in_a_text_is_shown_not_run(visit):
    page = opened(visit, "question_answering", language="en")
    page.get_by_text("Change the text").click()
    field = page.get_by_label("Text (Japanese or English)")
    field.fill("<script>window.hit = 1</script><img src=x onerror='window.hit=1'> It was introduced in 2017.")
    field.press("Control+Enter")
    expect(page.locator(".qa-passage").first).to_contain_text("<script>", timeout=60_000)
    settle(page)
    assert page.evaluate("window.hit === undefined")
