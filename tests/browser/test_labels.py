"""Labels that look wrong, as a visitor mends them: by mouse and by keyboard, each taken back."""

import numpy as np
import pandas as pd
from playwright.sync_api import expect

from components.messages import message
from components.training.samples_list import SAMPLES

LONG = 240_000  # milliseconds; a busy machine takes its time


def table() -> bytes:
    """Rows of three intents, a tenth of them with the label of another."""
    sample = next(sample for sample in SAMPLES if sample.id == "intents-en")
    rows = pd.read_csv(sample.path, dtype="str")
    names = sorted(rows["intent"].unique())[:3]
    rows = rows[rows["intent"].isin(names)].reset_index(drop=True)
    for row in np.random.default_rng(0).choice(len(rows), len(rows) // 10, replace=False):
        rows.loc[row, "intent"] = names[(names.index(rows["intent"][row]) + 1) % len(names)]
    return rows.to_csv(index=False).encode()


def test_a_label_is_changed_and_kept_by_key_and_taken_back(visit):
    page = visit("fine_tune", language="en")
    page.locator("input[type=file]").first.set_input_files({"name": "flipped.csv", "mimeType": "text/csv", "buffer": table()})
    go = page.get_by_role("button", name=message("tune.labels_go", "en"))
    expect(go).to_be_visible(timeout=LONG)
    go.click()
    done, coming = page.locator(".hi-suspect.done"), page.locator(".hi-suspect.next")
    expect(coming).to_have_count(1, timeout=LONG)
    first = coming.locator(".text").inner_text()
    page.keyboard.press("f")
    expect(done.locator(".text")).to_have_text([first], timeout=LONG)
    second = coming.locator(".text").inner_text()
    assert second != first
    expect(page.get_by_text(message("tune.fixed_label_errors", "en", n=1), exact=True)).to_be_visible(timeout=LONG)
    page.keyboard.press("k")
    expect(done.locator(".text")).to_have_text([first, second], timeout=LONG)
    page.keyboard.press("u")
    expect(done.locator(".text")).to_have_text([first], timeout=LONG)
    card = page.locator("[class*=st-key-tune-suspect-]").filter(has=done)
    card.get_by_role("button", name=message("tune.labels_back", "en"), exact=True).click()
    expect(done).to_have_count(0, timeout=LONG)
    expect(page.get_by_text(message("tune.fixed_label_errors", "en", n=1), exact=True)).to_have_count(0, timeout=LONG)
