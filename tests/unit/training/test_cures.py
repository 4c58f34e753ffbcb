"""All cures at once."""

import pandas as pd

from components.training.cures import CURED, all_cures
from components.training.doctor import examine
from components.training.findings import apply_fixes


def faulty() -> pd.DataFrame:
    rows = [(f"remark number {n} on the {thing}", "ab"[n % 2]) for n, thing in enumerate(["lamp", "door", "radio", "chair"] * 6)]
    rows += [("written apart", "a "), ("", "a"), ("no label here", ""), ("remark number 0 on the lamp", "a "), ("seen once", "rest")]
    rows += [("twice said", "a"), ("twice said", "b"), ("これは日本語の文です", "a"), ("few one", "c"), ("few two", "c")]
    return pd.DataFrame(rows, columns=["text", "label"], dtype="str").set_axis(range(1, len(rows) + 1))


def examined(frame: pd.DataFrame):
    return examine(frame, "text", "label", reads=("en",))


def test_labels_come_first_and_nothing_that_can_be_cured_is_left():
    frame = faulty()
    fixes = all_cures(frame, examined(frame), examined)
    assert fixes[0].kind == "label-variants"
    cured = apply_fixes(frame, fixes)
    assert not {finding.kind for finding in examined(cured).findings if finding.fix} & set(CURED)
    assert "rest" not in set(cured["label"]) and "a " not in set(cured["label"])
    dropped = {row for fix in fixes for row in fix.rows}
    assert set(frame.index) - set(cured.index) == dropped
    assert set(cured["label"]) == {"a", "b", "c"}, "a small class is its owner's to leave out"


def test_a_clean_table_needs_none():
    frame = faulty().iloc[:20]
    assert all_cures(frame, examined(frame), examined) == ()
