"""A file of questions becomes a model that answers on the page of question answering, as a visitor does it."""

import json

from playwright.sync_api import expect

from components.messages import message
from tests.browser.conftest import shown
from tests.browser.test_fine_tune import LONG, plan, t

CITIES = (
    "London",
    "Paris",
    "Rome",
    "Madrid",
    "Berlin",
    "Vienna",
    "Oslo",
    "Dublin",
    "Lisbon",
    "Prague",
    "Athens",
    "Cairo",
    "Lima",
    "Quito",
    "Delhi",
)


def squad() -> bytes:
    paragraphs = []
    for number, city in enumerate(CITIES):
        passage = f"Traveller {number} was born in {city} and likes to read books about the sea."
        answer = {"text": city, "answer_start": passage.index(city)}
        paragraphs.append(
            {"context": passage, "qas": [{"question": f"Where was traveller {number} born?", "id": str(number), "answers": [answer]}]}
        )
    return json.dumps({"version": "1.1", "data": [{"title": "Travellers", "paragraphs": paragraphs}]}).encode()


def test_a_file_of_questions_becomes_a_model_that_answers_on_its_page(visit):
    page = visit("fine_tune", language="en")
    plan(page, {"name": "travellers.json", "mimeType": "application/json", "buffer": squad()}, 1)
    shown(page.get_by_role("heading", name=t("runs.try_question"), exact=True), timeout=LONG)
    shown(page.locator("mark.tl-mark").first, timeout=LONG)
    page.get_by_role("link", name=t("runs.to_question_answering")).click()
    shown(page.get_by_role("combobox", name=message("question_answering.model", "en")), timeout=LONG)
    page.get_by_label(message("question_answering.question", "en"), exact=True).first.fill("Where was Ada born?")
    page.keyboard.press("Enter")
    assert "qa_model=run" in page.url
    expect(page.get_by_test_id("stAlert").filter(has_text="error")).to_have_count(0)
