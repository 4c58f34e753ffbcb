"""Rows of a store that version 0.1 wrote (`stored_runs.json`: its own tables after real trainings) are read as today's types."""

import json
from pathlib import Path

import pytest

from components.evaluation.judgements import judge
from components.training.curve import curve_points
from components.training.estimate import Speed
from components.training.export import model_card
from components.training.results import AdaptationResult, ClassificationResult, result_from_json
from components.training.runs import Estimate, Progress, digest
from components.training.store import RunStore
from components.training.stored import from_stored

STORED = json.loads((Path(__file__).parent / "stored_runs.json").read_text(encoding="utf-8"))


@pytest.fixture
def store(tmp_path):
    opened = RunStore(tmp_path)
    with opened.database.connection(write=True) as database:
        for row in STORED["runs"]:
            values = row | {"visitor": digest("v"), "heartbeat": 1e12}
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
    assert vars(result.judgement.macro_f1) == pytest.approx(stored["judgement"]["macro_f1"])
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
