"""What is said of a model beside its baselines: every rule, in words and in the numbers that they hold."""

import numpy as np
import pandas as pd
import pytest

from components.evaluation.intervals import wilson
from components.evaluation.judgements import judge
from components.evaluation.paired import Paired
from components.messages import message
from components.training.results import ClassificationResult, RowCounts
from components.views.runs.trial import chosen_rows
from components.views.runs.verdict import verdict


def right(count: int, rows: int, classes: int = 2):
    """A judgement of `count` right rows of `rows`, the rows of each class in turn."""
    true = np.arange(rows) % classes
    predicted = np.where(np.arange(rows) < count, true, (true + 1) % classes)
    return judge(true, np.eye(classes)[predicted], [*"abcdefgh"[:classes]]), predicted == true


def result(model: int, tfidf: int, rows: int, majority: int = 0, only: tuple[int, int] | None = None, extra: tuple[str, ...] = ()):
    """Scores of so many right rows; `only`: rows that model and TF-IDF alone get right, kept as a run keeps them."""
    judged, _ = right(model, rows)
    if extra:
        confusion = np.pad(judged.confusion, (0, len(extra)))
        judged = type(judged)(**{**vars(judged), "labels": (*judged.labels, *extra), "confusion": confusion})
    pairs = {"tfidf": Paired(rows, model - only[0], *only)} if only else {}
    baselines = {"tfidf": right(tfidf, rows)[0], "majority": right(majority, rows)[0]}
    return ClassificationResult(
        rows=RowCounts(100, 10, rows), judgement=judged, baselines=baselines, test_rows=(), temperature=1.0, pairs=pairs
    )


@pytest.fixture(params=["ja", "en"], autouse=True)
def language(request, monkeypatch):
    import streamlit as st

    st.session_state["lang"] = request.param
    yield request.param
    del st.session_state["lang"]


def t(key, language, **values):
    from html import escape

    return escape(message(key, language, **values))


def values(language, rows, model, base, baseline="tfidf"):
    return {"rows": rows, "right": model, "base": base, "baseline": message(f"runs.method_{baseline}", language)}


def test_all_right_with_both_is_a_tie_with_wilsons_lower_end(language):
    said = verdict(result(23, 23, 23))
    shared = values(language, "23", "23", "23")
    assert said.finding == t("runs.verdict_tie_all", language, **shared)
    assert said.against == t("runs.against_tie", language, low="86%", high="100%", **shared)
    assert said.doubt == t("runs.doubt_few", language, rows=23, low="86%")
    assert round(wilson(23, 23).low, 2) == 0.86


def test_equal_counts_are_a_tie_however_they_differ_row_by_row(language):
    assert verdict(result(16, 16, 20, only=(4, 4))).finding == t("runs.verdict_tie", language, **values(language, "20", "16", "16"))


@pytest.mark.parametrize(
    ("model", "base", "rows", "only", "finding", "rule"),
    [
        (130, 111, 160, (31, 12), "right", "first"),
        (17, 14, 20, (4, 1), "right", "chance"),
        (14, 17, 20, (1, 4), "right", "chance"),
        (100, 130, 160, (5, 35), "worse", "second"),
        (160, 150, 160, (10, 0), "all_right", "first"),
    ],
)
def test_better_worse_and_chance_by_mcnemar(language, model, base, rows, only, finding, rule):
    said = verdict(result(model, base, rows, only=only))
    shared = values(language, str(rows), str(model), str(base))
    assert said.finding == t(f"runs.verdict_{finding}", language, **shared)
    expected = [
        ("runs.against_count", {}),
        ("runs.against_rows", {"only": str(only[0]), "other": str(only[1])}),
        (f"runs.against_{rule}", {}),
    ]
    assert said.against == "".join(t(key, language, **more, **shared) for key, more in expected)
    assert (said.doubt is not None) == (rows < 50)


def test_where_rows_were_not_kept_nothing_is_said_of_them_and_doubt_wins(language):
    said = verdict(result(16, 14, 20))
    assert t("runs.against_chance", language) in said.against and "40" not in said.against
    shared = values(language, "20", "16", "14")
    assert said.against == t("runs.against_count", language, **shared) + t("runs.against_chance", language)
    assert t("runs.against_first", language) in verdict(result(190, 100, 200)).against


def test_the_baseline_with_most_rows_right_is_the_one_to_beat(language):
    said = verdict(result(120, 60, 160, majority=119))
    assert message("runs.method_majority", language) in said.against and t("runs.against_chance", language) in said.against


def test_a_class_without_judged_rows_is_the_first_doubt_and_escaped(language):
    said = verdict(result(16, 14, 20, extra=("<b>rest</b>",)), sample=True)
    assert "<q>&lt;b&gt;rest&lt;/b&gt;</q>" in said.doubt
    several = verdict(result(16, 14, 20, extra=("c", "d")))
    assert "<q>c</q>" in several.doubt and "2" in several.doubt


def test_a_samples_result_is_doubted_as_such_and_nothing_without_a_reason(language):
    assert verdict(result(130, 111, 160, only=(31, 12)), sample=True).doubt == t("runs.doubt_sample", language)
    assert verdict(result(130, 111, 160, only=(31, 12))).doubt is None


def test_texts_to_try_are_the_surest_the_most_torn_and_the_surest_mistake():
    texts = pd.Series(["one", "two", "three", "four", " "], index=[3, 5, 7, 9, 11])
    said = pd.DataFrame({"label": [*"aabba"], "predicted": [*"aabaa"], "confidence": [0.9, 0.6, 0.7, 0.95, 0.99]}, index=[3, 5, 7, 9, 11])
    assert chosen_rows(texts, said) == {"sure": "one", "torn": "two", "wrong": "four"}
    assert chosen_rows(texts[:1], said[:1]) == {"sure": "one"}
