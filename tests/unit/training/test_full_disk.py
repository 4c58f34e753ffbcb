"""A disk that is really full: a file system of 24 MB of its own, filled to the last byte while a run trains."""

import errno
import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from components.errors import TrainingError
from components.training import database, fine_tune, quotas, worker
from components.training.settings import Settings
from components.training.store import RunStore

FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3}


@pytest.fixture
def disk(tmp_path, monkeypatch):
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("this user may not mount a file system")
    for module in (database, quotas):
        monkeypatch.setattr(module, "LEAST_FREE", 6_000_000)
    monkeypatch.setenv("HIMOTOKU_HOME", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leaves not a byte free."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (65_536, 512, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return filler


def contents(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.timeout(240)
def test_a_full_disk_interrupts_the_run_alone_and_it_goes_on_when_there_is_room(disk, tiny, reviews, monkeypatch):
    store = RunStore(disk)
    earlier = fine_tune(reviews, backbone=tiny, epochs=1, store=store, **FAST)
    kept = contents(earlier.folder)
    settings = Settings(backbone=tiny, epochs=8, checkpoint_seconds=0.05, **FAST)
    run, key = store.create("v", settings, reviews)
    real, filled = worker._Pulse.step, []

    def step(self, progress):
        if not filled and list(run.folder.glob("checkpoint-*/complete")):
            filled.append(fill(disk))
        return real(self, progress)

    monkeypatch.setattr(worker._Pulse, "step", step)
    worker.train_run(store, store.claim(os.getpid()))
    assert filled
    stopped = store.get(run.id, key)
    assert (stopped.state, stopped.reason[0]) == ("interrupted", "training.reason-disk")
    assert contents(earlier.folder) == kept and list(run.folder.glob("checkpoint-*/complete"))
    assert all((folder / "complete").exists() for folder in run.folder.glob("checkpoint-*"))
    with pytest.raises(TrainingError, match="disk of this machine is full"):
        store.create("v", settings, reviews)
    assert [one.id for one in store.runs("v")] == [run.id]

    filled[0].unlink()
    store.clean()
    assert (disk / "reserve").stat().st_size == database.RESERVE
    store.resume(run.id, key)
    worker.train_run(store, store.claim(os.getpid()))
    done = store.get(run.id, key)
    straight = fine_tune(reviews, store=store, **settings.to_json())
    assert done.state == "done" and done.scores == pytest.approx(straight.scores, abs=1e-3)


def test_without_any_room_the_store_says_so_and_a_deletion_makes_room(disk, reviews):
    store = RunStore(disk)
    run, key = store.create("v", Settings(), reviews)
    (run.folder / "large").write_bytes(bytes(3_000_000))
    (disk / "reserve").unlink()
    fill(disk)
    with pytest.raises(TrainingError, match="disk of this machine is full"):
        store.rename(run.id, key, "another")
    with pytest.raises(TrainingError, match="disk of this machine is full"):
        store.runs("v")
