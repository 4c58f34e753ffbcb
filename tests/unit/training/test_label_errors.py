"""Wrong labels are found, and mending them changes neither which rows are judged nor by which labels."""

import numpy as np
import pandas as pd
import pytest

from components.errors import TrainingError
from components.training.findings import apply_fixes
from components.training.label_errors import check_labels, doubtful, out_of_fold
from components.training.relabelled import relabelled, relabelling, remembered, task_frame
from components.training.samples_list import SAMPLES
from components.training.settings import Settings
from components.training.tasks.classification import Classification

FLIPPED = 0.08


@pytest.mark.slow
def test_most_of_the_flipped_labels_stand_in_the_first_tenth_of_the_list():
    sample = next(sample for sample in SAMPLES if sample.id == "intents-en")
    table = pd.read_csv(sample.path, dtype="str").rename(columns={sample.text: "text", sample.label: "label"})
    names = sorted(table["label"].unique())[:6]
    table = table[table["label"].isin(names)].reset_index(drop=True)
    random, true = np.random.default_rng(0), table["label"].copy()
    for row in random.choice(len(table), round(FLIPPED * len(table)), replace=False):
        table.loc[row, "label"] = random.choice([name for name in names if name != table["label"][row]])
    shares: list[float] = []
    found = check_labels(table, Settings(language="en"), progress=shares.append)
    wrong = {row for row in found.ranked if table["label"][row] != true[row]}
    first = set(found.ranked[: len(found.ranked) // 10])
    assert len(wrong & first) >= 0.6 * len(wrong) > 6
    assert len(found.ranked) + found.held_out + found.left == len(table) and shares == sorted(shares) and shares[-1] == 1
    for suspect in found.suspects:
        assert suspect.text == table["text"][suspect.row] and suspect.given == table["label"][suspect.row] != suspect.suspected
        assert 0 < suspect.certainty <= 1 and suspect.suspected in table.loc[table["text"] == suspect.like, "label"].tolist()
    told = [suspect for suspect in found.suspects if suspect.row in wrong]
    assert np.mean([suspect.suspected == true[suspect.row] for suspect in told]) > 0.8


def test_twins_do_not_tell_each_others_labels():
    random = np.random.default_rng(1)
    classes = np.repeat([0, 1], 40)
    vectors = np.repeat(random.standard_normal((80, 16)) + 4 * np.eye(16)[classes], 2, axis=0)
    labels, groups = np.repeat(classes, 2), np.repeat(np.arange(80), 2)
    labels[[6, 7]] = 1  # both of a pair
    order, issues = doubtful(labels, out_of_fold(vectors, labels, groups, 2))
    assert set(order[:2]) == {6, 7} <= set(issues)


def test_mended_labels_move_no_row_and_are_never_judged_by(tiny, reviews):
    settings = Settings(backbone=tiny, seed=1)
    plain = Classification(settings, task_frame(reviews, settings, {}))
    learned, judged = (plain.rows[part][:6].tolist() for part in (plain.parts.train, plain.parts.test))
    other = {"good": "bad", "bad": "good"}
    fix = relabelling("label", {row: (reviews["label"][row], other[reviews["label"][row]]) for row in learned + judged})
    mended = apply_fixes(reviews, [fix])
    assert (mended["label"] != reviews["label"]).sum() == 12 and list(relabelled([fix])) == learned + judged
    task = Classification(settings, task_frame(mended, settings, remembered([fix])))
    for part in ("train", "validation", "test"):
        assert getattr(task.parts, part).tolist() == getattr(plain.parts, part).tolist()
    assert (task.classes[task.parts.test] == plain.classes[task.parts.test]).all()
    assert (task.classes != plain.classes).sum() == 6


def test_a_row_that_was_mended_twice_is_dealt_by_its_first_label(tiny, reviews):
    from types import SimpleNamespace

    fix = relabelling("label", {4: ("bad", "good"), 9: ("good", "bad")})
    assert remembered([fix], SimpleNamespace(data={"relabelled": {"4": "other"}})) == {"4": "other", "9": "good"}


def test_too_few_rows_are_a_sentence(tiny, reviews):
    with pytest.raises(TrainingError) as refused:
        check_labels(reviews.head(30), Settings(backbone=tiny))
    assert refused.value.key == "training.too-few-to-check"
