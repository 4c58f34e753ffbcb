"""A labelling tool's file in, a trained model out, taken to the entities page."""

import json

from playwright.sync_api import expect

from components.training.samples_list import FOLDER
from tests.browser.conftest import shown
from tests.browser.test_fine_tune import LONG, is_judged, start, t

ROWS = 40


def test_a_labelling_tools_file_becomes_a_model_of_the_entities_page(visit):
    page = visit("fine_tune", language="en")
    lines = (FOLDER / "entities_en.jsonl").read_text(encoding="utf-8").splitlines()
    marked = [line for line in lines if json.loads(line)["label"]][:ROWS]
    page.locator("input[type=file]").set_input_files({"name": "all.jsonl", "mimeType": "text/plain", "buffer": "\n".join(marked).encode()})
    start(page, 1)
    is_judged(page)
    expect(page.locator("h2.hi-finding").first).to_contain_text(t("runs.measure_span_f1"), timeout=LONG)
    page.get_by_text(t("runs.to_entities")).click(timeout=LONG)
    shown(page.get_by_role("heading", name=t("entities.title"), level=1), timeout=LONG)
    assert "ner_model=run" in page.url
    expect(page.get_by_role("combobox", name=t("entities.model"))).to_have_value(t("picker.run", name="all"), timeout=LONG)
