"""Who sees what, one at a time, quotas, and what a dead worker leaves behind."""

import os
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest

from components.errors import TrainingError
from components.evaluation.judgements import judge
from components.training.process import own_birth, ticks
from components.training.results import ClassificationResult, CurvePoint, Ending, PointScores, RowCounts
from components.training.runs import Progress, new_key
from components.training.settings import Limits, Settings, suggested_epochs
from components.training.starting_models import first_epochs
from components.training.store import RunStore

RESULT = ClassificationResult(
    rows=RowCounts(train=3, test=2),
    judgement=judge([0, 1], [[0.9, 0.1], [0.8, 0.2]], ["x", "y"]),
    baselines={},
    test_rows=(3, 4),
    temperature=1.0,
)
FRAME = pd.DataFrame({"text": ["a", "b"], "label": ["x", "y"], "secret": ["p", "q"]}, dtype="str")


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path, Limits(runs=4, waiting=3))


def start(store, visitor="v", **settings):
    return store.create(visitor, Settings(**settings), FRAME, name="mine")


def dead_process() -> tuple[int, float]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    born = own_birth(process.pid)
    process.kill()
    process.wait()
    return process.pid, born


def age(store, id, **changes):
    store.database.update(id, **changes)


def test_a_run_opens_with_its_keys_and_no_other(store):
    run, owner = start(store, "ann")
    assert store.get(run.id, "ann").owned and store.get(run.id, owner).owned
    reader = store.get(run.id, run.read_key)
    assert not reader.owned and reader.read_key == ""
    for key in ("", "bob", new_key()):
        with pytest.raises(TrainingError, match="no such run"):
            store.get(run.id, key)
        with pytest.raises(TrainingError, match="no such run"):
            store.events(run.id, key)
    for change in (lambda key: store.rename(run.id, key, "x"), lambda key: store.delete(run.id, key), lambda key: store.stop(run.id, key)):
        with pytest.raises(TrainingError, match="only shows"):
            change(run.read_key)
    assert store.runs("bob") == [] and [mine.id for mine in store.runs("ann")] == [run.id]


def test_keys_that_change_things_are_not_in_the_files(store):
    visitor = new_key()
    _, owner = start(store, visitor)
    for path in store.home.rglob("*"):
        if path.is_file():
            assert visitor.encode() not in path.read_bytes() and owner.encode() not in path.read_bytes()


def test_only_the_columns_that_are_used_are_kept_and_rows_keep_their_names(store):
    run, _ = store.create("v", Settings(), FRAME.iloc[1:])
    assert pd.read_parquet(run.folder / "data.parquet").to_dict("list") == {"row": [1], "text": ["b"], "label": ["y"]}
    with pytest.raises(TrainingError, match="no column"):
        start(store, text="nothing")


def test_one_at_a_time_in_the_order_of_asking(store):
    first, second = start(store, "a")[0], start(store, "b")[0]
    assert (first.position, store.get(second.id, "b").position) == (1, 2)
    assert store.claim(os.getpid()).id == first.id
    assert store.claim(os.getpid()) is None and store.get(second.id, "b").position == 1
    store.finish(first.id, Ending("done", result=RESULT))
    done = store.get(first.id, "a")
    assert (done.state, done.scores["accuracy"]) == ("done", 0.5)
    assert store.claim(os.getpid()).id == second.id


def test_many_workers_claim_a_run_once(store):
    start(store)
    claimed = []
    threads = [threading.Thread(target=lambda: claimed.append(store.claim(os.getpid()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(run is not None for run in claimed) == 1


def test_a_dead_worker_leaves_an_interrupted_run_that_can_go_on(store):
    run, owner = start(store)
    store.claim(os.getpid())
    pid, born = dead_process()
    age(store, run.id, pid=pid, born=born, beat=ticks() - 60)
    found = store.get(run.id, owner)
    assert found.state == "interrupted" and found.reason[0] == "training.reason-killed"
    store.resume(run.id, owner)
    assert store.claim(os.getpid()).id == run.id
    with pytest.raises(TrainingError, match="Only a stopped"):
        store.resume(run.id, owner)


def test_a_number_given_to_another_process_does_not_keep_a_run_alive(store):
    run, owner = start(store)
    store.claim(os.getpid())
    age(store, run.id, born=own_birth(os.getpid()) - 1_000, beat=ticks() - 60)
    assert store.get(run.id, owner).state == "interrupted"


def test_a_late_heartbeat_alone_is_no_death(store):
    run, owner = start(store)
    store.claim(os.getpid())
    age(store, run.id, beat=ticks() - 60)
    assert store.get(run.id, owner).state == "running"


def test_stop_is_seen_by_the_worker_and_takes_a_waiting_run_out(store):
    run, owner = start(store)
    store.claim(os.getpid())
    assert store.heartbeat(run.id, Progress(step=3)) is False
    store.stop(run.id, owner)
    assert store.heartbeat(run.id) is True and store.get(run.id, owner).progress == Progress(step=3)
    waiting, key = start(store)
    store.stop(waiting.id, key)
    assert store.get(waiting.id, key).state == "interrupted"


def test_events_come_in_order_and_only_new_ones(store):
    run, owner = start(store)
    for step in range(3):
        store.add_event(run.id, "loss", {"step": step})
    events = store.events(run.id, owner)
    assert [event.content["step"] for event in events] == [0, 1, 2]
    assert [event.content["step"] for event in store.events(run.id, owner, after=events[1].number)] == [2]


def test_quotas(store):
    for _ in range(3):
        start(store)
    with pytest.raises(TrainingError, match="are waiting"):
        start(store)
    for run in store.runs("v"):
        age(store, run.id, state="done")
    start(store)
    with pytest.raises(TrainingError, match="4 runs"):
        start(store)
    start(store, "another visitor")
    small = RunStore(store.home, Limits(bytes=1))
    for run in store.runs("v"):
        age(store, run.id, state="done")
    with pytest.raises(TrainingError, match=r"take .* MB"):
        start(small)


def test_delete_removes_the_files_but_never_of_a_running_run(store):
    run, owner = start(store)
    store.claim(os.getpid())
    with pytest.raises(TrainingError, match="in progress"):
        store.delete(run.id, owner)
    store.finish(run.id, Ending("done"))
    store.delete(run.id, owner)
    assert not run.folder.exists() and store.runs("v") == []


def test_the_cleaner_takes_old_runs_and_stray_folders_and_leaves_the_running_one(store):
    running, key = start(store)
    store.claim(os.getpid())
    old, young = start(store)[0], start(store)[0]
    age(store, old.id, state="done", ended=time.time() - 40 * 86_400)
    age(store, young.id, state="done", ended=time.time() - 86_400)
    age(store, running.id, created=time.time() - 90 * 86_400)
    stray = store.home / "runs" / "stray"
    stray.mkdir()
    os.utime(stray, (time.time() - 7_200,) * 2)
    assert store.clean() == [old.id]
    assert not old.folder.exists() and not stray.exists()
    assert young.folder.exists() and running.folder.exists() and store.get(running.id, key).state == "running"


def test_settings_refuse_what_cannot_be():
    for wrong in ({"epochs": 0}, {"tune": "everything"}, {"language": "fr"}, {"max_length": 4_096}, {"learning_rate": True}, {"seed": "1"}):
        with pytest.raises(TrainingError) as caught:
            Settings(**wrong)
        assert caught.value.in_language("ja")
    assert Settings.from_json(Settings(epochs=5).to_json() | {"of another version": 1}) == Settings(epochs=5)
    assert Settings(language="ja").backbone == "backbone-ja"


def test_more_epochs_for_fewer_rows():
    assert [suggested_epochs(rows) for rows in (10, 200, 1_000, 100_000)] == [20, 12, 3, 3]
    # A bundled model that knows the task has little left to learn; another backbone has all.
    known, other = Settings(task="pairs", language="ja"), Settings(task="pairs", backbone="owner/model")
    assert (first_epochs(known, 200), first_epochs(other, 200), first_epochs(Settings(), 200)) == (2, 12, 12)


def test_measurements_are_limited_too_and_are_not_listed(store):
    for _ in range(3):
        store.create("v", Settings(), FRAME, data={"purpose": "measure"}, hidden=True)
    with pytest.raises(TrainingError, match="are waiting"):
        store.create("v", Settings(), FRAME, data={"purpose": "measure"}, hidden=True)
    assert store.runs("v") == [] and store.create("v", Settings(), FRAME)[0].position == 1


def test_measuring_goes_first_and_what_was_made_for_a_run_waits_its_turn(store):
    run, key = start(store)
    store.claim(os.getpid())
    store.finish(run.id, Ending("done", result=RESULT))
    other, other_key = start(store, "w")
    made, _ = store.create("v", Settings(), FRAME, data={"purpose": "curve", "of": run.id}, hidden=True)
    assert store.derived(run.id, key)[0].position == 2 and store.get(other.id, other_key).position == 1
    measured, _ = store.create("v", Settings(), FRAME, data={"purpose": "measure"}, hidden=True)
    for expected in (measured.id, other.id, made.id):
        claimed = store.claim(os.getpid())
        assert claimed.id == expected
        store.finish(claimed.id, Ending("done"))
    with pytest.raises(TrainingError):
        store.derived(run.id, other_key)
    point = CurvePoint(3, PointScores.of(RESULT.judgement), PointScores.of(RESULT.judgement))
    store.add_curve(run.id, [point])
    assert store.get(run.id, key).result.curve == (point,)


def test_what_was_made_for_a_run_goes_with_it(store):
    run, key = start(store)
    store.claim(os.getpid())
    store.finish(run.id, Ending("done"))
    waiting, _ = store.create("v", Settings(), FRAME, data={"of": run.id}, hidden=True)
    training, training_key = store.create("v", Settings(), FRAME, data={"of": run.id}, hidden=True)
    store.claim(os.getpid(), training.id)
    store.delete(run.id, key)
    assert not waiting.folder.exists() and training.folder.exists() and store.get(training.id, training_key).stopping
    store.finish(training.id, Ending("stopped"))
    assert store.clean() == [training.id] and not training.folder.exists()
