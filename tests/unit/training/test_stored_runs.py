"""Rows of a store that version 0.1 wrote (`stored_runs.json`: its own tables after real trainings) are read as today's types."""

import json
from pathlib import Path

import numpy as np
import pytest

from components.evaluation.intervals import wilson
from components.evaluation.judgements import judge
from components.training.curve import curve_points
from components.training.estimate import Speed
from components.training.export import model_card
from components.training.process import boot
from components.training.results import AdaptationResult, ClassificationResult, result_from_json
from components.training.runs import Estimate, Progress, digest
from components.training.store import RunStore
from components.training.stored import from_stored
from components.training.tasks.domain_adaptation import _means, loss_change

STORED = json.loads((Path(__file__).parent / "stored_runs.json").read_text(encoding="utf-8"))


@pytest.fixture
def store(tmp_path):
    opened = RunStore(tmp_path)
    with opened.database.connection(write=True) as database:
        for row in STORED["runs"]:
            values = row | {"visitor": digest("v"), "heartbeat": 1e12, "beat": 1e12, "boot": boot()}
            marks = ", ".join("?" * len(values))
            database.execute(f"insert into runs ({', '.join(values)}) values ({marks})", tuple(values.values()))
    return opened


def opened(store, name: str, state: str = "done", hidden: int = 0):
    row = next(one for one in STORED["runs"] if (one["name"], one["state"], one["hidden"]) == (name, state, hidden))
    return store.get(row["id"], "v"), {column: json.loads(row[column]) for column in ("result", "progress", "estimate", "reason")}


def test_a_judged_classification(store):
    run, raw = opened(store, "reviews")
    result, stored = run.result, raw["result"]
    assert isinstance(result, ClassificationResult)
    assert run.scores == pytest.approx(stored["scores"])
    assert result.judgement.confusion.tolist() == stored["judgement"]["confusion"]
    macro, kept = result.judgement.macro_f1, stored["judgement"]["macro_f1"]
    assert macro.value == pytest.approx(kept["value"]) and macro.low <= kept["low"] and macro.high >= kept["high"]
    assert result.judgement.accuracy == wilson(11, 18)
    assert [vars(one) for one in result.judgement.mistakes] == stored["judgement"]["mistakes"]
    assert [vars(one) for one in result.judgement.reliability] == stored["judgement"]["reliability"]
    assert result.judgement.mistaken == stored["judgement"]["mistakes_total"]
    assert list(result.labels) == stored["labels"] and list(result.test_rows) == stored["test_rows"]
    assert {name: scores.numbers["accuracy"] for name, scores in result.baselines.items()} == {
        name: scores["accuracy"]["value"] for name, scores in stored["baselines"].items()
    }
    assert vars(result.rows) == stored["rows"] and vars(result.seconds) == stored["seconds"]
    assert {str(epoch): scores for epoch, scores in result.epochs.items()} == stored["epochs"]
    assert (result.peak_memory, result.temperature) == (stored["peak_memory"], stored["temperature"])
    assert isinstance(run.estimate, Estimate) and vars(run.estimate) == raw["estimate"]
    points = curve_points(run)
    assert [point.rows for point in points[:-1]] == [point["rows"] for point in stored["curve"]] and points[-1].rows == result.rows.train
    assert vars(points[0].tfidf.macro_f1) == stored["curve"][0]["tfidf"]["macro_f1"]
    assert f"{stored['scores']['macro_f1']:.3f}" in model_card(run)


def test_a_judged_adaptation(store):
    run, raw = opened(store, "lines")
    result, stored = run.result, raw["result"]
    assert isinstance(result, AdaptationResult) and run.scores == stored["scores"] and run.estimate is None
    assert vars(result.change) == stored["change"] and result.after.masked_tokens == stored["after"]["masked_tokens"]
    assert [[vars(fill) for fill in fills] for fills in result.before.probe] == stored["before"]["probe"]


def test_a_score_over_nothing_is_not_a_score(store):
    values = json.loads(next(row["result"] for row in STORED["runs"] if row["name"] == "lines"))
    nothing = {"loss": 0.0, "perplexity": 1.0, "masked_accuracy": 0.0, "masked_tokens": 0, "draws": 20, "probe": []}
    result = result_from_json(values | {"before": nothing, "after": nothing, "change": {"value": 0.0, "low": 0.0, "high": 0.0}})
    assert result.scores == {} and result.after.perplexity is None
    lines = np.zeros((3, 3))
    assert loss_change(lines, lines) is None and _means(lines).perplexity is None


def test_the_change_of_a_loss_against_a_bootstrap_and_by_hand():
    """Many lines: the middle 95% of resampled lines. Two lines of one token each: Student's t with one degree of freedom."""
    random = np.random.default_rng(0)
    counts = random.integers(1, 9, 300).astype(float)
    before = np.stack([random.gamma(2, 2, 300) * counts, counts, counts], axis=1)
    after = before - np.stack([(0.1 + 0.3 * random.normal(size=300)) * counts, 0 * counts, 0 * counts], axis=1)
    found = loss_change(before, after)
    taken = random.integers(0, 300, (2_000, 300))
    drawn = (after - before)[:, 0][taken].sum(axis=1) / counts[taken].sum(axis=1)
    assert [found.low, found.high] == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.006)
    two = loss_change(np.array([[2.0, 0, 1], [2.0, 0, 1]]), np.array([[1.0, 0, 1], [1.5, 0, 1]]))
    assert two.value == pytest.approx(-0.75) and two.high - two.value == pytest.approx(12.7062 * 0.25, abs=1e-3)


def test_runs_without_a_result(store):
    running, raw = opened(store, "running", "running")
    assert running.progress == Progress(**raw["progress"]) and running.progress.share == pytest.approx(3 / 20)
    failed, raw = opened(store, "failed", "failed")
    assert (failed.result, failed.scores, failed.progress) == (None, {}, Progress())
    assert [failed.reason.key, failed.reason.values] == raw["reason"]
    measured, raw = opened(store, "run", hidden=1)
    assert measured.result is None and from_stored(Speed, raw["result"]["speed"]).memory == raw["result"]["speed"]["memory"]


@pytest.mark.parametrize("name", ["reviews", "lines"])
def test_what_is_written_today_is_read_as_it_was(store, name):
    result = opened(store, name)[0].result
    again = result_from_json(json.loads(json.dumps(result.to_json())))
    assert again.to_json() == result.to_json()


def test_a_judgement_goes_to_json_and_back():
    judgement = judge([0, 1, 1, 0], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], ["a", "b"], rows=[3, 5, 8, 9])
    again = type(judgement).from_json(json.loads(json.dumps(judgement.to_json())))
    assert again.to_json() == judgement.to_json() and again.mistakes == judgement.mistakes and again.mistaken == 2
