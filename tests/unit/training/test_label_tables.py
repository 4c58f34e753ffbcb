"""Tables of several labels and of numbers: which column is meant, how its cells are read, and what the doctor says of them."""

import json

import numpy as np
import pandas as pd
import pytest

from components.training import read_table
from components.training.cures import all_cures
from components.training.doctor import examine
from components.training.findings import apply_fixes
from components.training.samples_list import SAMPLES
from components.training.task_tables import Columns, first_fixes, guess_task, task_table, usable, widened

TEXTS = [f"the {thing} was {how} and {other} arrived" for thing in ("lamp", "radio", "clock", "chair", "phone", "door") for how in ("fine", "poor", "great") for other in ("early", "late", "never")]  # fmt: skip


def table(**columns: list[str]) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    return pd.DataFrame({"text": (TEXTS * 9)[:rows]} | columns, dtype="str")


def sets(cells) -> list[list[str]]:
    return [json.loads(cell) for cell in cells]


COMPANY = [["joy"], ["joy", "love"], ["love", "anger"], [], ["anger"], ["love"], ["joy", "anger", "love"], ["joy", "love"]]


@pytest.mark.parametrize("mark", [",", ", ", ";", "；", "|", " / ", "、"])
def test_a_separator_is_told_from_the_cells(mark):
    frame = table(tags=[mark.join(names) for names in COMPANY] * 4)
    assert guess_task(frame) == "several_labels"
    module = task_table("several_labels")
    ready, columns = module.prepare(frame, module.guess(frame).columns)
    assert columns.label == "tags" and sets(ready["tags"]) == COMPANY * 4
    again, _ = module.prepare(ready, columns)
    assert again.equals(ready)  # what is read once stays as it is


@pytest.mark.parametrize("write", [json.dumps, str, lambda names: json.dumps({"choices": names})], ids=["json", "python", "label studio"])
def test_lists_of_programs_and_of_labelling_tools_are_read(write):
    frame = table(tags=[write(names) for names in COMPANY] * 4)
    assert guess_task(frame) == "several_labels"
    ready, _ = task_table("several_labels").prepare(frame, Columns("text", "tags"))
    assert sets(ready["tags"]) == COMPANY * 4


@pytest.mark.parametrize(
    ("yes", "no"),
    [("1", "0"), ("1.0", "0.0"), ("True", "False"), ("yes", "no"), ("○", "×"), ("x", ""), ("×", ""), ("はい", "いいえ"), ("✓", "")],
)
def test_a_column_of_yes_and_no_for_each_label_becomes_one(yes, no):
    columns = {name: [yes if name in names else no for names in COMPANY] * 4 for name in ("love", "joy", "anger")}
    frame = table(**columns)
    assert guess_task(frame) == "several_labels"
    module = task_table("several_labels")
    named = module.guess(frame).columns
    assert named.label in widened("several_labels", frame) and named.label not in frame and named.text == "text"
    ready, _ = module.prepare(frame, named)
    in_order = [[name for name in ("love", "joy", "anger") if name in names] for names in COMPANY] * 4
    assert sets(ready[named.label]) == in_order


def test_the_made_columns_name_is_free_and_one_switch_makes_none():
    frame = table(a=["1", "0"] * 16, b=["0", "1"] * 16, **{"a + b": ["x"] * 32})
    assert task_table("several_labels").guess(frame).columns.label == "a + b*"
    assert widened("several_labels", table(a=["1", "0"] * 16)).columns.tolist() == ["text", "a"]


@pytest.mark.parametrize(
    "labels",
    [
        ["science/technology", "travel", "politics"],  # one name, not two labels
        ["sport/tennis", "sport/football", "news/local"],  # a path
        ["positive", "negative"],
        ["1", "2", "3", "4", "5"],
        ['["good"]', '["bad"]'],
    ],
)
def test_classes_stay_classes(labels):
    assert guess_task(table(label=(labels * 60)[:60])) == "classification"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_the_samples_are_taken_for_their_own_task(sample):
    if sample.task in ("several_labels", "number", "classification"):
        assert guess_task(read_table(sample.path.read_bytes(), sample.path.name).frame) == sample.task


def test_numbers_with_fractions_are_meant_as_numbers_and_the_names_of_rows_are_not():
    prices = [f"{price:,} 円" for price in np.random.default_rng(0).integers(800, 9000, 60)]
    frame = table(id=[str(row) for row in range(60)], price=prices)
    assert guess_task(frame) == "number" and task_table("number").guess(frame).columns == Columns("text", "price")
    ready, columns = task_table("number").prepare(frame, Columns("text", "price"))
    (fix,) = first_fixes("number", ready, columns)
    assert fix.apply(ready)["price"].tolist() == [price.replace(",", "").replace(" 円", "") for price in prices]
    assert task_table("number").guess(table(id=[str(row) for row in range(60)], label=["a", "b"] * 30)).sure < 0.5


def doctored(task: str, frame: pd.DataFrame, label: str):
    return examine(frame, "text", label, task=task)


def test_the_doctor_of_several_labels_finds_what_is_wrong_and_mends_it():
    names = [["joy", "all"], ["Joy ", "all"], ["love", "love", "all"], ["all"], ["joy", "love", "all"]] * 10 + [["rare", "all"]] * 3
    frame = table(tags=[json.dumps(cell) for cell in names])
    frame["text"] = [f"{text} {row}" for row, text in enumerate(frame["text"])]
    report = doctored("several_labels", frame, "tags")
    found = {finding.kind: finding for finding in report.findings}
    assert {"label-variants", "label-twice", "label-everywhere", "rare-labels"} <= found.keys() and report.trainable
    assert len(found["rare-labels"].rows) == 3 and len(found["label-twice"].rows) == 10 and len(found["label-variants"].rows) == 10
    frame = apply_fixes(frame, all_cures(frame, report, lambda frame: doctored("several_labels", frame, "tags")))
    for kind in ("label-everywhere", "rare-labels"):
        report = doctored("several_labels", frame, "tags")
        frame = next(finding for finding in report.findings if finding.kind == kind).fix.apply(frame)
    report = doctored("several_labels", frame, "tags")
    assert report.class_counts == {"joy": 30, "love": 20}
    assert [(finding.kind, len(finding.rows)) for finding in report.findings if finding.kind == "empty-sets"] == [("empty-sets", 13)]
    assert not doctored("several_labels", table(tags=["[]"] * 20), "tags").trainable
    contradicting = table(tags=['["a"]', '["a", "b"]'] * 20).assign(
        text=["the same text"] * 2 + [f"{text} {row}" for row, text in enumerate((TEXTS)[:38])]
    )
    assert "contradictions" in {finding.kind for finding in doctored("several_labels", contradicting, "tags").findings}


def test_the_doctor_of_numbers_names_cells_that_are_none_units_and_outliers():
    cells = [f"{value:.1f}" for value in np.random.default_rng(1).normal(3, 1, 50)] + ["good", "", "n/a", "4 kg", "5 g", "9999"]
    frame = table(score=cells)
    frame["text"] = [f"{text} {row}" for row, text in enumerate(frame["text"])]
    ready, columns = task_table("number").prepare(frame, Columns("text", "score"))
    assert not first_fixes("number", ready, columns)  # two units: which of them is meant is for the owner to say
    report = doctored("number", ready, "score")
    rows = {finding.kind: finding.rows for finding in report.findings}
    assert rows["no-number"] == (50,) and rows["empty-label"] == (51, 52) and rows["number-units"] == (53, 54) and rows["outliers"] == (55,)
    assert int(usable("number", ready, columns).sum()) == 51
    fix = next(finding.fix for finding in report.findings if finding.kind == "number-units")
    assert fix.apply(ready)["score"].tolist()[53:55] == ["4", "5"]
    assert not doctored("number", table(score=["4"] * 30), "score").trainable
