"""The learning curve: nested parts of the same training rows, the same test rows, as many steps, stopped and gone on with."""

import itertools
import json
import os
from dataclasses import replace

import numpy as np
import pytest

from components.errors import TrainingError
from components.training import fine_tune, worker
from components.training.curve import SHARES, curve_points, part_settings, request_curve
from components.training.settings import Settings
from components.training.store import RunStore
from components.training.tasks import make_task

FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    return RunStore(tmp_path)


def test_smaller_parts_lie_in_larger_ones_are_judged_on_the_same_rows_and_get_as_many_steps(tiny, reviews):
    settings = Settings(backbone=tiny, epochs=4, **FAST)
    frame = reviews.reset_index(names="row")
    tasks = [make_task(part_settings(settings, share), frame) for share in (*SHARES, 1.0)]
    for small, large in itertools.pairwise(tasks):
        assert set(small.trained) < set(large.trained) and (small.parts.test == large.parts.test).all()
    steps = [len(task.train) / 8 * task.settings.epochs for task in tasks]
    assert np.ptp(steps) <= 2


@pytest.mark.timeout(240)
def test_a_stopped_curve_goes_on_and_ends_in_its_run(store, tiny, reviews, monkeypatch):
    run = fine_tune(reviews, backbone=tiny, epochs=2, store=store, **FAST)
    # The run's own key was given to nobody; the read key opens it.
    with store.database.connection() as database:
        key = database.execute("select read_key from runs where id = ?", (run.id,)).fetchone()["read_key"]
    assert curve_points(run) == ()
    request_curve(store, "v", run, key)
    real, asked = worker._Pulse.step, []
    # Stopped in the middle of the second part.
    monkeypatch.setattr(
        worker._Pulse,
        "step",
        lambda self, progress: real(self, progress) or (self._progress.part == 2 and not asked.append(1) and len(asked) > 3),
    )
    worker.train_run(store, store.claim(os.getpid()))
    job = store.derived(run.id, key)[0]
    assert (job.state, job.reason[0]) == ("stopped", "training.reason-curve-stopped") and curve_points(store.get(run.id, key)) == ()
    first = json.loads((job.folder / f"share-{SHARES[0]}" / "point.json").read_text())
    monkeypatch.setattr(worker._Pulse, "step", real)
    store.resume(job.id, "v")
    worker.train_run(store, store.claim(os.getpid()))
    assert store.derived(run.id, key)[0].state == "done"
    points = curve_points(store.get(run.id, key))
    rows = run.result.rows.train
    assert [point.rows for point in points] == [round(rows * 0.25), round(rows * 0.5), rows] and points[0].to_json() == first
    assert points[-1].model.accuracy == run.result.judgement.accuracy
    again = fine_tune(reviews, store=store, **part_settings(run.settings, SHARES[1]).to_json())
    assert points[1].model.accuracy.value == pytest.approx(again.scores["accuracy"], abs=1e-3)
    for point in points:
        for scores in (point.model, point.tfidf):
            assert scores.macro_f1.low <= scores.macro_f1.value <= scores.macro_f1.high
    assert not list(job.folder.glob("share-*/model"))


def test_too_few_rows_are_refused_in_a_sentence(store, tiny, reviews):
    run = fine_tune(reviews.head(40), backbone=tiny, epochs=1, store=store, **FAST)
    with pytest.raises(TrainingError, match="at least 40 training rows"):
        request_curve(store, "v", run, "")


def test_only_the_rows_learned_from_are_marked_as_such(store, tiny, reviews):
    run = fine_tune(reviews, backbone=tiny, epochs=1, train_share=0.5, store=store, **FAST)
    import pandas as pd

    parts = pd.read_parquet(run.folder / "parts.parquet")["part"].value_counts()
    assert parts["train"] == run.result.rows.train == len(make_task(replace(run.settings), reviews.reset_index(names="row")).train)
