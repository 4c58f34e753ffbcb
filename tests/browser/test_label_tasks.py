"""Several labels from a file to a download, as a visitor does it: told from the columns, trained, tried, and used on a whole table."""

import csv
import io
import re

import pandas as pd

from components.messages import CONTENT, message
from tests.browser.conftest import shown
from tests.browser.test_fine_tune import LONG, is_judged, start


def t(key: str, **values: object) -> str:
    return message(key, "en", **values)


def test_columns_of_yes_and_no_become_a_model_that_labels_a_table(visit, tmp_path):
    reviews = pd.read_csv(CONTENT / "exercises" / "reviews_en.csv", dtype=str).groupby("label").head(30)
    table = pd.DataFrame(
        {
            "text": reviews["text"],
            "praise": (reviews["label"] == "positive").astype(int),
            "long": (reviews["text"].str.len() > 60).astype(int),
        }
    )
    page = visit("fine_tune", language="en")
    page.locator("input[type=file]").set_input_files(
        {"name": "reviews.csv", "mimeType": "text/csv", "buffer": table.to_csv(index=False).encode()}
    )
    shown(page.get_by_text(t("tune.task_several_labels"), exact=True).first, timeout=LONG)
    page.get_by_text(t("tune.how_head"), exact=True).first.click(timeout=LONG)
    start(page, 1)
    is_judged(page)
    shown(page.locator(".hi-limits"), timeout=LONG)
    page.get_by_text(t("runs.use_table"), exact=True).click(timeout=LONG)
    rows = table[["text"]].head(6)
    page.locator("input[type=file]").last.set_input_files(
        {"name": "new.csv", "mimeType": "text/csv", "buffer": rows.to_csv(index=False).encode()}
    )
    page.get_by_role("button", name=t("runs.use_table_start", n="6")).click(timeout=LONG)
    with page.expect_download(timeout=LONG) as download:
        page.get_by_role("button", name=re.compile(t("tables.download"))).last.click(timeout=LONG)
    download.value.save_as(tmp_path / "result.csv")
    written = list(csv.DictReader(io.StringIO((tmp_path / "result.csv").read_text(encoding="utf-8-sig"))))
    assert [row["text"] for row in written] == rows["text"].tolist()
    for row in written:
        assert {name for name in ("praise", "long") if row[f"{name} (0/1)"] == "1"} == set(filter(None, row["labels"].split("; ")))
