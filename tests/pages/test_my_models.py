"""My models: rows to try and to compare, and what stands there before there is a model."""

import os
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from components.evaluation.intervals import wilson
from components.evaluation.judgements import judge
from components.evaluation.paired import Paired
from components.messages import message
from components.training.results import ClassificationResult, Ending, RowCounts
from components.training.sample_runs import sample_runs
from components.training.settings import Settings
from components.training.store import RunStore
from tests.pages.conftest import assert_well
from tests.unit.models import tiny

OWNER, STRANGER = "v" * 32, "s" * 32
LABELS = ["bad", "good"]
ROWS = 60


@pytest.fixture
def store(monkeypatch, tmp_path):
    import streamlit as st

    from components.training.launcher import LocalLauncher

    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    monkeypatch.setattr(LocalLauncher, "ensure", lambda self: None)
    st.cache_resource.clear()
    yield RunStore(tmp_path)
    st.cache_resource.clear()


def finished(store, name: str, right: np.ndarray, base: int, *, data: str = "one", model: bool = False, **settings):
    """A run that got `right` (n,) of its judged rows, beside a baseline with `base` rows right."""
    true = np.arange(len(right)) % 2
    predicted = np.where(right, true, 1 - true)
    judged = judge(true, np.eye(2)[predicted] * 0.8 + 0.1, LABELS)
    simple = judge(true, np.eye(2)[np.where(np.arange(len(right)) < base, true, 1 - true)], LABELS)
    rows = pd.DataFrame({"text": [f"{data} remark {n}" for n in range(len(right))], "label": [LABELS[n] for n in true]}, dtype="str")
    run, _ = store.create(OWNER, Settings(**settings), rows, name, {"name": f"{data}.csv"})
    store.claim(os.getpid(), run.id)
    both = int(np.sum(right[:base]))
    result = ClassificationResult(
        rows=RowCounts(100, 10, len(right)),
        epochs={1: {"loss": 0.9}, 2: {"loss": 0.4}, 3: {"loss": 0.5}},
        judgement=judged,
        baselines={"tfidf": simple, "majority": simple},
        pairs={name: Paired(len(right), both, judged.right - both, base - both) for name in ("tfidf", "majority")},
        test_rows=tuple(range(len(right))),
        temperature=1.0,
    )
    said = {"label": [LABELS[n] for n in true], "predicted": [LABELS[n] for n in predicted], "confidence": 0.9}
    pd.DataFrame({"row": range(len(right)), **said}).to_parquet(run.folder / "predictions.parquet", index=False)
    if model:
        tiny.save(run.model_dir, "BertForSequenceClassification", "en", LABELS)
    store.finish(run.id, Ending("done", result=result))
    return store.get(run.id, OWNER)


def first(count: int, rows: int = ROWS) -> np.ndarray:
    return np.arange(rows) < count


def html(app) -> str:
    return "\n".join(one.proto.body for one in app.get("html"))


def words(app) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html(app)))


def test_rows_show_the_score_with_wilsons_interval_the_baseline_and_the_curve(open_page, store, language):
    finished(store, "sure", first(ROWS), 30)
    app = open_page("my_models", language, visitor=OWNER)
    interval = wilson(ROWS, ROWS)
    assert interval.low < 0.95
    assert f"--low:{100 * interval.low:.2f}%;--high:100.00%" in html(app) and "--bar:50.00%" in html(app)
    assert f"{ROWS}/{ROWS}" in words(app)
    losses = message("evaluation.separator", language).join(("0.90", "0.40", "0.50"))
    assert message("runs.spark_alt", language, listed=losses) in unescape(html(app))
    assert message("runs.list_finding", language, n=1, clear=1) in words(app)


def test_a_difference_that_may_be_chance_makes_no_model_clearly_better(open_page, store, language):
    finished(store, "even", first(32), 30)
    app = open_page("my_models", language, visitor=OWNER)
    assert message("runs.list_finding", language, n=1, clear=0) in words(app)


@pytest.mark.parametrize(("other", "verdict"), [(first(20), "better"), (first(42), "chance"), (first(45)[::-1], "tie")])
def test_two_that_learned_from_the_same_rows_are_compared_row_by_row(open_page, store, language, other, verdict):
    finished(store, "B model", other, 30, epochs=5)
    finished(store, "A <model>", first(45), 30)
    app = open_page("my_models", language, visitor=OWNER)
    assert_well(app)
    paired = Paired.of(first(45), other)
    rows = {"rows": ROWS, "only_a": paired.first_only, "only_b": paired.second_only}
    assert message("runs.pair_rows", language, **rows).strip() in words(app)
    expected = message(f"runs.pair_{verdict}", language, **({"letter": "A", "name": "A <model>"} if verdict == "better" else {}))
    assert expected in words(app)
    assert message("runs.pair_difference", language, name=message("tune.epochs", language), a=3, b=5) in words(app)
    same = words(app).split(message("runs.pair_same", language, listed="@").split("@")[0])[1]
    assert message("runs.data", language) in same and "<model>" not in html(app)
    hashes = {run.data["digest"] for run in store.runs(OWNER)}
    assert not any(digest in words(app) for digest in hashes) and "learning_rate" not in words(app)


def test_those_judged_on_other_rows_are_not_compared_and_ticks_choose(open_page, store, language):
    finished(store, "one", first(45), 30)
    finished(store, "two", first(40), 30, data="two")
    third = finished(store, "three", first(50), 30, data="two")
    app = open_page("my_models", language, visitor=OWNER)
    ticked = [box.label for box in app.checkbox if box.key.startswith("runs:tick:") and box.value]
    assert ticked == [message("runs.tick", language, name=name) for name in ("three", "two")], "the newest two of the same rows"
    next(box for box in app.checkbox if box.label == message("runs.tick", language, name="one")).check().run()
    assert message("runs.pair_apart", language) in words(app)
    next(box for box in app.checkbox if box.key == f"runs:tick:{third.id}").uncheck().run()
    next(box for box in app.checkbox if box.value and box.key.startswith("runs:tick:")).uncheck().run()
    assert message("runs.tick_two", language) in [one.value for one in app.caption]


def test_a_model_is_tried_in_its_row(open_page, store, language):
    run = finished(store, "mine", first(20, 23), 20, model=True)
    app = open_page("my_models", language, visitor=OWNER)
    app.button(key=f"runs:try-row:{run.id}").click().run()
    assert_well(app)
    field = app.text_input(key=f"runs:row-text:{run.id}")
    assert field.value.startswith("one remark"), "an unseen row is filled in"
    assert all(f">{label}</span>" in html(app) for label in LABELS)
    low = f"{wilson(20, 23).low:.0%}"
    assert message("runs.doubt_few", language, rows=23, low=low) in words(app)
    field.set_value("  ").run()
    assert message("runs.try_placeholder", language) in [one.value for one in app.caption]
    app.button(key=f"runs:try-row:{run.id}").click().run()
    assert not any(one.key == f"runs:row-text:{run.id}" for one in app.text_input)


def test_the_empty_page_shows_a_row_as_it_will_be_and_starts_with_one_click(open_page, store, language):
    finished(store, "theirs", first(30), 20)
    app = open_page("my_models", language, visitor=STRANGER)
    assert "theirs" not in words(app)
    run = sample_runs()[f"topics-{language}"].against
    assert message("runs.will_look", language, rows=run.rows, right=run.first) in words(app)
    starts = [button.key for button in app.button if button.key.startswith("runs:start:")]
    assert starts == [f"runs:start:{id}" for id in (f"topics-{language}", "intents-en", f"medical-{language}")]
    app.button(key=f"runs:start:medical-{language}").click().run()
    assert_well(app)
    made = store.runs(STRANGER)
    assert [one.data["sample"] for one in made] == [f"medical-{language}"] and made[0].state == "queued"
    assert app.query_params["run"] in (made[0].id, [made[0].id])
    assert message("runs.starting", language) in words(app)
