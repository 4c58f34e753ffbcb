"""What a store of runs outlives: a lost or damaged database, a clock that is set, a queue that strangers fill, a training without an end."""

import json
import os
import threading
import time

import pandas as pd
import pytest

from components.errors import TrainingError
from components.evaluation.judgements import judge
from components.training.process import is_alive, own_birth
from components.training.records import RECORD
from components.training.results import ClassificationResult, Ending, RowCounts
from components.training.runs import Progress, new_key
from components.training.settings import Limits, Settings
from components.training.store import RunStore
from components.training.worker import _Pulse

FRAME = pd.DataFrame({"text": ["a", "b"], "label": ["x", "y"]}, dtype="str")
RESULT = ClassificationResult(
    rows=RowCounts(train=3, test=2), judgement=judge([0, 1], [[0.9, 0.1], [0.8, 0.2]], ["x", "y"]), baselines={}, test_rows=(3, 4), temperature=1.0
)  # fmt: skip


def begun(store, visitor="ann", name="mine"):
    return store.create(visitor, Settings(), FRAME, name=name)


def finished(store, visitor="ann", name="mine"):
    run, owner = begun(store, visitor, name)
    store.claim(os.getpid(), run.id)
    (run.folder / "model").mkdir()
    (run.folder / "model" / "model.safetensors").write_bytes(b"weights")
    store.finish(run.id, Ending("done", result=RESULT))
    return run, owner


def aged(folder):
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (time.time() - 7200,) * 2)


def lose(tmp_path):
    for file in tmp_path.glob("runs.sqlite*"):
        file.unlink()


def garble_header(tmp_path):
    for file in tmp_path.glob("runs.sqlite-*"):
        file.unlink()
    (tmp_path / "runs.sqlite").write_bytes(b"no database at all" * 1_000)


def garble_pages(tmp_path):
    """The header stays whole: the file opens, and reading it fails later."""
    for file in tmp_path.glob("runs.sqlite-*"):
        file.unlink()
    content = bytearray((tmp_path / "runs.sqlite").read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    (tmp_path / "runs.sqlite").write_bytes(content)


@pytest.mark.parametrize("damage", [lose, garble_header, garble_pages])
def test_a_lost_or_damaged_database_loses_no_run(tmp_path, damage):
    store = RunStore(tmp_path)
    done, owner = finished(store)
    store.rename(done.id, owner, "renamed")
    waiting, waiting_owner = begun(store, "bob")
    before = store.get(done.id, owner)
    damage(tmp_path)
    for run in (done, waiting):
        aged(run.folder)
    store = RunStore(tmp_path)
    store.clean()
    after = store.get(done.id, owner)
    assert (after.name, after.state, after.scores, after.seconds) == ("renamed", "done", before.scores, before.seconds)
    assert (after.model_dir / "model.safetensors").read_bytes() == b"weights"
    assert [run.id for run in store.runs("ann")] == [done.id] and not store.get(done.id, before.read_key).owned
    assert store.get(waiting.id, waiting_owner).state == "interrupted"
    store.resume(waiting.id, waiting_owner)
    assert store.claim(os.getpid()).id == waiting.id


def test_a_folder_that_says_nothing_true_of_itself_is_no_run(tmp_path):
    store = RunStore(tmp_path)
    run, owner = finished(store)
    for name, record in (("empty", ""), ("other", (run.folder / RECORD).read_text()), ("part", "{}")):
        (tmp_path / "runs" / name).mkdir()
        (tmp_path / "runs" / name / RECORD).write_text(record)
        aged(tmp_path / "runs" / name)
    store.clean()
    assert [folder.name for folder in (tmp_path / "runs").iterdir()] == [run.id] and store.get(run.id, owner).state == "done"


def test_what_visitors_leave_is_nobody_elses_on_the_machine(tmp_path):
    store = RunStore(tmp_path / "home")
    run, _ = finished(store)
    for path in (tmp_path / "home", tmp_path / "home" / "runs", store.database.file, run.folder, *run.folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    store.database.file.chmod(0o644)  # as a version of before left it
    assert RunStore(tmp_path / "home").database.file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_clock_that_is_set_neither_ends_a_living_run_nor_keeps_a_dead_one(tmp_path, monkeypatch, jump):
    store = RunStore(tmp_path)
    run, owner = begun(store)
    assert store.claim(os.getpid()).id == run.id
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    assert store.get(run.id, owner).state == "running" and store.claim(os.getpid()) is None
    store.finish(run.id, Ending("done", result=RESULT))
    assert store.get(run.id, owner).state == "done" and 0 <= store.get(run.id, owner).seconds < 60


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_worker_that_died_is_noticed_whatever_the_clock_says(tmp_path, monkeypatch, jump):
    store = RunStore(tmp_path)
    run, owner = begun(store)
    store.claim(os.getpid())
    store.database.update(run.id, born=own_birth(os.getpid()) - 50)  # the number was given to another process
    real, steady = time.time, time.monotonic
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    monkeypatch.setattr(time, "monotonic", lambda: steady() + 20)
    assert store.get(run.id, owner).state == "interrupted"


def test_a_restarted_machine_leaves_no_run_that_seems_to_run(tmp_path):
    store = RunStore(tmp_path)
    run, owner = begun(store)
    store.claim(os.getpid())
    store.database.update(run.id, boot="another start", born=1.0, beat=1e9)
    assert store.get(run.id, owner).state == "interrupted"


def test_a_process_is_told_by_its_start_since_the_machines():
    assert is_alive(os.getpid(), own_birth(os.getpid())) and not is_alive(os.getpid(), own_birth(os.getpid()) + 5)
    assert own_birth(2**22 + 1) == 0


def test_strangers_together_queue_no_more_than_the_machine_takes(tmp_path):
    store = RunStore(tmp_path, Limits(queue=5, waiting=3))
    runs = [begun(store, new_key())[0] for _ in range(5)]
    with pytest.raises(TrainingError, match="5 training runs are waiting"):
        begun(store, new_key())
    assert len(list((tmp_path / "runs").iterdir())) == 5
    store.claim(os.getpid(), runs[0].id)
    begun(store, new_key())


def test_one_address_of_the_network_leaves_room_for_others(tmp_path):
    store = RunStore(tmp_path, Limits(queue=10, network_waiting=2))
    for _ in range(2):
        store.create(new_key(), Settings(), FRAME, network="203.0.113.7")
    with pytest.raises(TrainingError, match="are waiting"):
        store.create(new_key(), Settings(), FRAME, network="203.0.113.7")
    store.create(new_key(), Settings(), FRAME, network="203.0.113.8")
    store.create(new_key(), Settings(), FRAME)
    assert b"203.0.113.7" not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_of_many_requests_at_once_only_as_many_as_allowed_are_queued(tmp_path):
    store = RunStore(tmp_path, Limits(waiting=3))
    outcomes = []

    def ask():
        try:
            outcomes.append(begun(store, "ann")[0].id)
        except TrainingError:
            outcomes.append(None)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(filter(None, outcomes))) == 3 and len(list((tmp_path / "runs").iterdir())) == 3


def test_a_training_stops_when_its_time_is_over(tmp_path, monkeypatch):
    store = RunStore(tmp_path, Limits(minutes=1))
    run, _ = begun(store)
    store.claim(os.getpid())
    pulse = _Pulse(store, run)
    assert pulse.step(Progress(step=1)) is False
    steady = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: steady() + 61)
    assert pulse.step(Progress(step=2)) is True and pulse.out_of_time


def test_a_store_of_before_gets_the_columns_that_came_later(tmp_path):
    store = RunStore(tmp_path)
    run, owner = finished(store)
    with store.database.connection(write=True) as database:
        for name in ("begun", "beat", "boot", "network"):
            database.execute(f"alter table runs drop column {name}")
    assert RunStore(tmp_path).get(run.id, owner).state == "done"
    assert json.loads((run.folder / RECORD).read_text())["name"] == "mine"
