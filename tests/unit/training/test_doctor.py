"""The data doctor finds what was planted, names the right rows, and its fixes can be undone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.text import duplicates
from components.text.duplicates import near_duplicate_groups
from components.training.backbones import token_counter
from components.training.doctor import KINDS, examine
from components.training.findings import Fix, apply_fixes

LINES = [f"The {thing} was {state} when it came to my door on {day}" for thing in ("lamp", "table", "radio", "carpet", "clock") for state in ("broken", "perfect", "scratched", "lovely") for day in ("Monday", "Friday")]  # fmt: skip


def frame_of(texts, labels, **columns) -> pd.DataFrame:
    return pd.DataFrame({"text": texts, "label": labels, **columns}, dtype="str")


def plain() -> pd.DataFrame:
    words = np.random.default_rng(0).permutation([f"word{number}" for number in range(4_000)])
    return frame_of([" ".join(words[10 * n : 10 * n + 10]) for n in range(80)], ["good", "bad"] * 40)


def kinds(frame, **options) -> dict[str, object]:
    return {finding.kind: finding for finding in examine(frame, "text", "label", **options).findings}


def test_a_clean_table_has_no_findings():
    report = examine(plain(), "text", "label")
    assert report.findings == () and report.trainable
    assert report.class_counts == {"good": 40, "bad": 40} and report.languages == {"en": 1.0}


PLANTED = {
    "empty-text": ([("  ", "good"), ("　", "bad")], (80, 81)),
    "empty-label": ([("something new here", " ")], (80,)),
    "label-variants": ([("something new here", "Good "), ("nothing like it at all", "ＢＡＤ")], (80, 81)),
    "duplicates": ([("An odd sentence", "good"), ("an  odd sentence ", "good")], (81,)),
    "contradictions": ([("An odd sentence", "good"), ("an odd sentence", "bad")], (80, 81)),
    "near-duplicates": (
        [
            ("The delivery came three days late and the box was open!", "bad"),
            ("The delivery came three days late and the box was open.", "bad"),
        ],
        (81,),
    ),
    "single-rows": ([("something new here", "rare")], (80,)),
    "few-rows": ([("something new here", "rare"), ("nothing like it at all", "rare")], (80, 81)),
    "wrong-language": ([(f"これは{n}番目の日本語の文です", "good") for n in range(3)], (80, 81, 82)),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_was_planted_is_found_with_its_rows_and_can_be_mended_and_undone(kind):
    rows, expected = PLANTED[kind]
    frame = pd.concat([plain(), frame_of(*zip(*rows, strict=True))], ignore_index=True).astype("str")
    before = frame.copy()
    finding = kinds(frame)[kind]
    assert finding.rows == expected
    mended = apply_fixes(frame, [finding.fix])
    assert kind not in kinds(mended)
    assert set(mended.index) <= set(frame.index) and frame.equals(before)
    assert apply_fixes(frame, []).equals(frame)
    for language in ("en", "ja"):
        assert all(finding.in_language(language, part) for part in ("found", "why", "fix"))


def test_one_class_and_columns_of_numbers_stop_training():
    assert not examine(frame_of(LINES, ["x"] * 40), "text", "label").trainable
    assert not examine(frame_of(LINES, [str(n) for n in range(40)]), "text", "label").trainable


def test_japanese_for_an_english_backbone_stops_and_for_a_japanese_one_does_not():
    frame = frame_of(
        [f"この商品は{n}点です。とても良かった" for n in range(20)] + [f"買って後悔しました、{n}回目です" for n in range(20)],
        ["good"] * 20 + ["bad"] * 20,
    )
    assert not examine(frame, "text", "label", reads=("en",)).trainable
    assert "wrong-language" not in kinds(frame, reads=("ja",))


def test_long_texts_are_counted_in_the_backbones_own_tokens():
    frame = plain()
    frame.loc[3, "text"] = "word " * 200
    finding = kinds(frame, count_tokens=lambda texts: [len(text.split()) + 2 for text in texts], max_length=102)["long-texts"]
    assert finding.rows == (3,) and dict(finding.values) == {"n": 1, "limit": 102, "longest": 202, "lost": "50%"}


def test_leaks_are_named():
    frame = plain().assign(copy=["p", "n"] * 40, noise=list("abcd") * 20)
    assert (
        dict(kinds(frame)["leaking-column"].values)["column"] == "copy" or "noise" in dict(kinds(frame)["leaking-column"].values)["column"]
    )
    frame = plain()
    assert "label-in-text" in kinds(frame.assign(text=frame["text"] + " " + frame["label"]))


def test_fixes_are_applied_in_order_and_survive_each_other():
    frame = plain()
    fixes = [Fix("duplicates", (1, 2)), Fix("label-variants", (), "label", (("bad", "good"),)), Fix("empty-text", (2, 3))]
    mended = apply_fixes(frame, fixes)
    assert list(mended.index[:2]) == [0, 4] and set(mended["label"]) == {"good"}
    assert apply_fixes(frame, fixes[:1])["label"].nunique() == 2


def jaccard(a: str, b: str) -> float:
    left, right = ({text[i : i + 4] for i in range(max(len(text) - 3, 1))} for text in (a.ljust(4), b.ljust(4)))
    return len(left & right) / len(left | right)


@settings(max_examples=60, deadline=5_000)
@given(st.lists(st.text("abc", min_size=4, max_size=12), max_size=12))
def test_a_group_of_near_duplicates_is_never_wrong(texts):
    groups = near_duplicate_groups(texts)
    for number in set(groups.tolist()):
        members = [text for text, group in zip(texts, groups, strict=True) if group == number]
        assert all(any(jaccard(a, b) >= 0.8 for j, b in enumerate(members) if j != i) for i, a in enumerate(members)) or len(members) == 1


def test_near_duplicates_compare_a_number_of_pairs_that_grows_with_the_rows(monkeypatch):
    """Rows that all resemble each other are the worst case: each pair of them would be 4.5 million comparisons."""
    compared, jaccard = [], duplicates._jaccard
    monkeypatch.setattr(duplicates, "_jaccard", lambda *pair: compared.append(1) or jaccard(*pair))
    groups = near_duplicate_groups([f"The delivery came three days late and the box was open, number {row}" for row in range(3_000)])
    assert len(set(groups)) == 1
    assert 0 < len(compared) <= duplicates.BANDS * 3_000


def test_every_finding_is_worded():
    from components.messages import catalogue

    for language in ("en", "ja"):
        assert all(f"training.{part}-{kind}" in catalogue(language) for kind in KINDS for part in ("found", "why"))


def with_labels(labels: list[str]) -> pd.DataFrame:
    """Eight rows of each of two labels, then one row for each of `labels`."""
    rows = plain().head(16)
    extra = frame_of([f"another text about thing {number} and place {number * 7}" for number in range(len(labels))], labels)
    return pd.concat([rows, extra], ignore_index=True).astype("str")


@pytest.mark.parametrize(
    ("labels", "joined"),
    [
        (["1.0", "1", "1", "0.0", "0", "0"], {"1.0": "1", "0.0": "0"}),
        (["7", "7", "7.00"], {"7.00": "7"}),
        (["good\u200b", "\ufeffbad", "bad\u00ad"], {"good\u200b": "good", "\ufeffbad": "bad", "bad\u00ad": "bad"}),
        (["１", "1", "1"], {"１": "1"}),
    ],
)
def test_writings_of_one_label_are_joined(labels, joined):
    finding = kinds(with_labels(labels))["label-variants"]
    assert dict(finding.fix.renamed) == joined


def test_labels_that_differ_stay_apart():
    assert "label-variants" not in kinds(with_labels(["1.5", "1", "10", "100", "1.05", "v1.0", "v1"]))


@pytest.mark.parametrize("missing", ["nan", "None", "#N/A", "NULL", "未回答", "n/a", "-", "＃Ｎ／Ａ"])
def test_labels_that_say_there_is_none_are_found_and_can_be_left_out(missing):
    frame = with_labels([missing, "good", missing])
    finding = kinds(frame)["label-missing"]
    assert finding.rows == (16, 18) and missing not in finding.fix.apply(frame)["label"].tolist()


def test_labels_in_a_labelling_tools_lists_come_out_of_them():
    frame = with_labels(['["good"]', "['bad']", "[]", '{"choices": ["good"]}', '["good", "bad"]'])
    found = kinds(frame)
    mended = found["label-lists"].fix.apply(frame)["label"].tolist()[16:]
    assert mended == ["good", "bad", "", "good", '["good", "bad"]']
    assert found["label-several"].rows == (20,)
    assert "label-lists" not in kinds(with_labels(["[draft]", "(none of these)", "[1, 2]"]))


@pytest.mark.parametrize("text", ["አገር መጽሐፍ ትምህርት", "😀 🎉 👍🏽", "ᚠᚢᚦ ᚨᚱᚲ"])
def test_texts_that_the_vocabulary_lacks_stop_or_warn(text):
    counter = token_counter("embed-en")
    every = frame_of([f"{text} {text}" + " !" * (number % 3) for number in range(40)], ["good", "bad"] * 20)
    report = examine(every, "text", "label", counter)
    assert not report.trainable and "unknown-letters" in [finding.kind for finding in report.findings]
    some = pd.concat(
        [plain(), frame_of([text * 3] * 1 + [f"{text} {text} {text} {text} {text} {text} {text} {text} {text} {text}"] * 20, ["good"] * 21)]
    )
    finding = kinds(some.reset_index(drop=True).astype("str"), count_tokens=counter)["unknown-letters"]
    assert finding.severity == "warning" and finding.fix is not None
    assert "unknown-letters" not in kinds(plain(), count_tokens=counter)


def test_rows_that_are_all_alike_are_said_to_belong_together():
    report = examine(frame_of(["the very same words here"] * 30, ["good", "bad"] * 15), "text", "label")
    assert not report.trainable and "one-group" in [finding.kind for finding in report.findings]
