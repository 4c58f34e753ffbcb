"""A labelling tool's file in, a trained model out, its names found on the entities page."""

import json
import re

from components.training.samples_list import FOLDER
from tests.browser.conftest import settle, shown
from tests.browser.test_fine_tune import LONG, is_judged, start, t

ROWS = 60
TEXT = "Angela Merkel visited Berlin."


def test_a_labelling_tools_file_becomes_a_model_of_the_entities_page(visit):
    page = visit("fine_tune", language="en")
    lines = (FOLDER / "entities_en.jsonl").read_text(encoding="utf-8").splitlines()
    marked = [line for line in lines if json.loads(line)["label"]][:ROWS]
    page.locator("input[type=file]").set_input_files({"name": "all.jsonl", "mimeType": "text/plain", "buffer": "\n".join(marked).encode()})
    start(page, 1)
    is_judged(page)
    shown(page.get_by_text(re.compile(t("runs.measure_span_f1"))).first, timeout=LONG)
    page.get_by_text(t("runs.to_entities")).click()
    shown(page.get_by_role("heading", name=re.compile("entities", re.IGNORECASE), level=1), timeout=LONG)
    settle(page)
    assert "ner_model=run" in page.url
    kinds = page.locator("[data-words]").first
    shown(kinds, timeout=LONG)
