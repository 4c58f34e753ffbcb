"""The process that trains: `python -m components.training.worker --home <folder>`.

It imports the heavy libraries first (7 s), then waits for a run, so that one is always warm. After a run it replaces itself, which gives
all memory back to the machine, and looks for the next one. It outlives the server; left without work it ends.
"""

import argparse
import contextlib
import os
import re
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pandas as pd

from components.errors import UserError, is_disk_full
from components.training.process import READY
from components.training.results import Durations, Ending, Reason
from components.training.runs import Progress, Run
from components.training.settings import Limits
from components.training.store import RunStore

if TYPE_CHECKING:
    from components.training.tasks.classification import Classification

POLL = 0.3  # seconds
BEAT = 2.0


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the runs that wait in a store.")
    parser.add_argument("--home", required=True)
    parser.add_argument("--once", action="store_true", help="end after one run")
    options = parser.parse_args(arguments)
    os.environ["HIMOTOKU_HOME"] = options.home
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    store = RunStore(Path(options.home))
    (store.home / READY).unlink(missing_ok=True)
    limit_memory(store.limits)
    import_libraries()
    (store.home / READY).write_text(str(os.getpid()))
    run = wait_for_run(store)
    if run is None:
        return
    train_run(store, run)
    with contextlib.suppress(OSError):
        store.clean()
    if not options.once:
        os.execv(sys.executable, [sys.executable, "-m", "components.training.worker", "--home", options.home])


def limit_memory(limits: Limits) -> None:
    """An end to what this process may take, so that a large training fails by itself and not the whole machine with it."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = limits.worker_bytes if hard == resource.RLIM_INFINITY else min(limits.worker_bytes, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def import_libraries() -> None:
    import peft
    import sklearn.linear_model
    import transformers

    # Named so that what is imported is used: these are the slow ones.
    assert peft and sklearn and transformers.Trainer is not None
    from components.training import trainer

    assert trainer


def wait_for_run(store: RunStore) -> Run | None:
    """The next run, or None after `idle_seconds` without one, or when another worker is the warm one."""
    deadline = time.monotonic() + store.limits.idle_seconds
    while time.monotonic() < deadline:
        if run := store.claim(os.getpid()):
            return run
        with contextlib.suppress(OSError, ValueError):
            if int((store.home / READY).read_text()) != os.getpid():
                return None
        time.sleep(POLL)
    return None


def train_run(store: RunStore, run: Run, tell: Callable[[Progress], None] | None = None) -> None:
    """Train a claimed run and leave it in a final state, whatever happens. Raises KeyboardInterrupt alone, after marking the run. `tell` is
    called at each stage and after each step."""
    from components.training.estimate import peak_memory
    from components.training.trainer import last_checkpoint

    pulse = _Pulse(store, run, tell)
    try:
        with pulse:
            ending = _train(store, run, pulse)
        result = replace(ending.result, peak_memory=peak_memory()) if ending.result else None
        store.finish(run.id, replace(ending, result=result))
    except KeyboardInterrupt:
        store.finish(run.id, Ending("interrupted", Reason("training.reason-killed")))
        raise
    # Whatever goes wrong in a training, the run must say so: nobody else is there to catch it.
    except Exception as error:
        if is_disk_full(error):
            for folder in (run.folder, *run.folder.glob("share-*")):
                last_checkpoint(folder)  # throws away what was only half written
        _log(run, traceback.format_exc())
        store.finish(run.id, explain(error, store.limits))


def _train(store: RunStore, run: Run, pulse: "_Pulse") -> Ending:
    from components.training.curve import train_curve
    from components.training.estimate import judging_seconds, measure_run, remember_run
    from components.training.kept_head import is_kept, keep_head
    from components.training.portable.job import make_onnx
    from components.training.relabelled import RELABELLED, with_dealt
    from components.training.starting_weights import check_weights
    from components.training.tasks import make_task
    from components.training.trainer import last_checkpoint, remove_checkpoints, train
    from components.training.tuning import merged

    frame = pd.read_parquet(run.folder / "data.parquet")
    for name in frame.columns.drop("row"):
        frame[name] = frame[name].astype("str")
    pulse.set(stage="prepare")
    if run.data.get("purpose") == "onnx":
        return make_onnx(store, run, frame, pulse)
    begun = run.data.get("purpose") == "curve" or last_checkpoint(run.folder) is not None
    if replaced := check_weights(store, run, begun):
        return Ending("stopped" if run.result else "failed", Reason("training.weights-replaced", {"id": replaced}))
    if run.data.get("purpose") == "curve":
        return train_curve(store, run, with_dealt(frame, run.settings, run.data.get(RELABELLED, {})), pulse)
    begun = time.monotonic()
    task = make_task(run.settings, with_dealt(frame, run.settings, run.data.get(RELABELLED, {})))
    prepared = time.monotonic() - begun
    if run.data.get("purpose") == "measure":
        measure_run(store, run, task)
        return Ending("done")
    parts = vars(task.parts) | {"train": task.trained}
    part_of = {row: name for name, part in parts.items() for row in task.rows[part]}
    pd.DataFrame({"row": list(part_of), "part": list(part_of.values())}).to_parquet(run.folder / "parts.parquet", index=False)
    if is_kept(run):
        pulse.set(stage="judge")
        kept = keep_head(cast("Classification", task), run.folder / "model")
        return Ending("done", result=replace(kept, seconds=Durations(prepared, finish=time.monotonic() - begun - prepared)))
    pulse.set(stage="train", judging=judging_seconds(store, task))
    outcome = train(task, run.folder, lambda kind, content: store.add_event(run.id, kind, content), pulse.step)
    trained = time.monotonic() - begun - prepared
    pulse.set(stage="judge")
    result = task.finish(merged(outcome.model), run.folder / "model")
    seconds = Durations(prepared, trained, time.monotonic() - begun - prepared - trained)
    result = replace(result, seconds=seconds, epochs=outcome.history)
    if outcome.end == "stopped":
        minutes = Reason("training.reason-time", {"minutes": store.limits.minutes})
        return Ending("stopped", minutes if pulse.out_of_time else Reason("training.reason-stopped"), result)
    remember_run(store, run, task, result)
    remove_checkpoints(run.folder)
    if pulse.stopping:
        return Ending("done", Reason("training.reason-stopped-late"), result)
    early = Reason("training.reason-early", {"patience": run.settings.patience})
    return Ending("done", early if outcome.end == "early" else Reason(), result)


class _Pulse:
    """Tells the store at every stage and every two seconds that the worker lives and how far it is, from a thread of its own; learns whether to stop
    (`stopping`). A training that takes longer than the host allows stops as if it had been asked to."""

    def __init__(self, store: RunStore, run: Run, tell: Callable[[Progress], None] | None = None):
        self._store, self._run, self._tell = store, run, tell or (lambda progress: None)
        self._progress = Progress()
        self.stopping = False
        self._deadline = time.monotonic() + 60 * store.limits.minutes
        self.out_of_time = False
        self._ended, self._news = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "_Pulse":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._news.set()
        self._thread.join()

    def set(self, *, stage: str, part: int = 0, parts: int = 0, judging: float | None = None) -> None:
        """The training's next stage; of a learning curve also which of its parts, which stays until another is named, as what the judging
        will take does."""
        now = self._progress
        self._progress = replace(
            now, stage=stage, part=part or now.part, parts=parts or now.parts, judging=now.judging if judging is None else judging
        )
        self._news.set()
        self._tell(self._progress)

    def step(self, progress: Progress) -> bool:
        """After each step: note the progress; True if the run should stop."""
        now = self._progress
        self._progress = replace(progress, stage=now.stage, part=now.part, parts=now.parts, judging=now.judging)
        self._tell(self._progress)
        self.out_of_time = not self.stopping and time.monotonic() > self._deadline
        return self.stopping or self.out_of_time

    def _beat(self) -> None:
        while True:
            self._news.clear()
            # A locked or full database must not end the training; the next beat tries again.
            with contextlib.suppress(Exception):
                self.stopping = self._store.heartbeat(self._run.id, self._progress)
            if self._ended.is_set():
                return
            self._news.wait(BEAT if not self._progress.step else BEAT / 4)


def explain(error: BaseException, limits: Limits) -> Ending:
    """What an error that ended a training makes of its run."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, UserError) and error.key != "training.disk-full":
        return Ending("failed", Reason(error.key, error.values))
    if isinstance(error, MemoryError) or "can't allocate memory" in text or "not enough memory" in text or "Cannot allocate memory" in text:
        return Ending("failed", Reason("training.reason-memory", {"limit": limits.worker_bytes // 10**6}))
    if is_disk_full(error):
        return Ending("interrupted", Reason("training.reason-disk"))
    if isinstance(error, FileNotFoundError):
        return Ending("failed", Reason("training.reason-files", {"file": _file_name(error)}))
    return Ending("failed", Reason("training.reason-error", {"error": text.splitlines()[0][:200]}))


def _file_name(error: FileNotFoundError) -> str:
    """The name without its folder; Arrow puts it into the sentence alone."""
    quoted = re.search(r"'([^']+)'", str(error))
    return Path(error.filename or (quoted.group(1) if quoted else str(error))).name


def _log(run: Run, text: str) -> None:
    with contextlib.suppress(OSError), (run.folder / "log.txt").open("a", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
