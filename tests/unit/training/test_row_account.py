"""The rows of a file are those used and those left out."""

import pandas as pd

from components.training.doctor import examine
from components.training.row_account import RowAccount


def table() -> pd.DataFrame:
    rows = [(f"remark number {n} on the {thing}", "ab"[n % 2]) for n, thing in enumerate(["lamp", "door", "radio", "chair"] * 6)]
    rows += [("", "a"), ("", "b"), ("no label here", ""), ("remark number 0 on the lamp", "a"), ("twice said", "a"), ("twice said", "b")]
    return pd.DataFrame(rows, columns=["text", "label"], dtype="str").set_axis(range(1, len(rows) + 1))


def test_the_parts_add_up_after_every_fix_and_each_row_has_one_reason():
    read, fixes = table(), []
    while True:
        frame = read
        for fix in fixes:
            frame = fix.apply(frame)
        account = RowAccount.of(read, 3, fixes, "text", "label")
        assert account.rows == len(read) + 3 == account.used + account.out
        assert account.used == int((frame["label"].str.strip() != "").sum())
        assert RowAccount.from_json(account.to_json()) == account
        fix = next((one.fix for one in examine(frame, "text", "label").findings if one.fix and one.kind != "near-duplicates"), None)
        if fix is None:
            break
        fixes.append(fix)
    counts = dict(account.left_out)
    assert counts == {"unreadable": 3, "empty-text": 2, "empty-label": 1, "duplicates": 1, "contradictions": 2}


def test_without_labels_a_row_without_a_text_is_of_no_use():
    account = RowAccount.of(table(), 0, (), "text", None)
    assert (account.used, dict(account.left_out)) == (28, {"unusable": 2})


def test_a_run_made_from_another_accounts_for_the_same_file():
    first = RowAccount(20, (("unreadable", 1), ("duplicates", 2), ("unusable", 3)))
    second = RowAccount(18, (("duplicates", 2), ("unusable", 3)))
    both = second.after(first)
    assert both.rows == first.rows == 26 and dict(both.left_out) == {"unreadable": 1, "duplicates": 4, "unusable": 3}
