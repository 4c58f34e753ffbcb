"""Worker and server killed at random moments, again and again: is anything that was finished lost, and does each run come out as if undisturbed?

    python -m benchmarks.kills --kills 100 [--seed 0]

A real server with a visitor who looks at their run (which is what starts the worker), and small trainings of some ten seconds. Each kill is a
SIGKILL of the worker or of the server, at a random moment between the queueing of a run and its end: while libraries are imported, rows are
prepared, steps are done, checkpoints and results are written. What was killed is started again as a host and a visitor would: the server anew,
the run by "resume". After each kill every finished run is looked at (state, scores, digests of its files); at the end each run is held against
a twin that nothing disturbed. Ends with 1 where anything was lost or differs.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.sessions import Visitor
from components.training import fine_tune
from components.training.process import is_alive
from components.training.runs import Run
from components.training.settings import Settings
from components.training.store import RESUMABLE, RunStore
from tests.browser.conftest import ROOT, free_port, wait_until_served
from tests.unit.training.conftest import made_reviews, tiny_backbone

KINDS = [("classification", "all"), ("classification", "lora"), ("classification", "head"), ("domain_adaptation", "all")]
BEGINNING, TRAINING = 15.0, 8.0  # seconds from the queueing, and from the first steps, within which a kill comes
PATIENCE = 180.0  # seconds for anything to come to pass
TOLERANCE = 1e-3  # of a score: sums of floats in another order


@dataclass
class Site:
    """A server, started anew after each kill, and the store that it shares with this process."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(self.port), "--server.address", "127.0.0.1"]
        environment = os.environ | {"HIMOTOKU_HOME": str(self.home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        wait_until_served(f"http://127.0.0.1:{self.port}", self.process, self.home / "server.log", PATIENCE)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def look(self, run: str, visitor: int) -> None:
        """The visitor opens their run: the page sees to it that somebody trains."""
        looking = Visitor(self.port, visitor)
        looking.ask("fine_tune", {"lang": "en", "run": run}, PATIENCE)
        looking.socket.close()

    def worker(self) -> int | None:
        """The living worker's process, None where there is none."""
        try:
            pid, born = (self.home / "worker.pid").read_text().split()
        except (OSError, ValueError):
            return None
        return int(pid) if is_alive(int(pid), float(born)) else None


@dataclass
class Tried:
    """A run under test, its visitor and what it looked like once it was finished."""

    id: str
    visitor: int
    settings: Settings
    kills: int = 0
    finished: tuple | None = None

    @property
    def key(self) -> str:
        return f"{self.visitor:032d}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryDirectory(prefix="himotoku-kills-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        home.mkdir()
        os.environ["HIMOTOKU_HOME"] = str(home)
        (Path(folder) / "backbone").mkdir()
        backbone = tiny_backbone(Path(folder) / "backbone")
        tried, killed, faults = torment(Site(home), backbone, options.kills, random.Random(options.seed))
        faults += compared(tried, RunStore(home), Path(folder) / "twins")
    print(
        f"{sum(killed.values())} kills ({', '.join(f'{number} of the {name}' for name, number in sorted(killed.items()))}), {len(tried)} runs"
    )
    print(f"faults: {len(faults)}", *faults, sep="\n  ")
    sys.exit(1 if faults else 0)


def torment(site: Site, backbone: str, kills: int, chance: random.Random) -> tuple[list[Tried], Counter[str], list[str]]:
    """(the runs, kills by who was killed, what was lost). Goes on until each run is finished."""
    store, tried, faults = RunStore(site.home), [], []
    killed: Counter[str] = Counter()
    site.start()
    try:
        while sum(killed.values()) < kills:
            now = next((one for one in tried if one.finished is None), None) or begun(store, backbone, tried)
            go_on(site, store, now)
            strike = chance.choice(("worker", "worker", "server"))
            training = chance.random() < 0.7
            if not struck(site, store, now, strike, training, chance.uniform(0, TRAINING if training else BEGINNING)):
                continue
            killed[strike] += 1
            now.kills += 1
            print(f"kill {sum(killed.values())}: the {strike}, run {now.id} at step {store.get(now.id, now.key).progress.step}", flush=True)
            if strike == "server":
                site.start()
            faults += [fault for one in tried if (fault := lost(store, one))]
        for one in tried:
            while one.finished is None:
                go_on(site, store, one)
                time.sleep(0.5)
                faults += [fault] if (fault := lost(store, one)) else []
    finally:
        if site.process is not None:
            site.kill()
        if (pid := site.worker()) is not None:
            os.kill(pid, signal.SIGTERM)
    return tried, killed, faults


def begun(store: RunStore, backbone: str, tried: list[Tried]) -> Tried:
    """The next run: each kind in turn, each of a visitor of its own."""
    number = len(tried)
    task, tune = KINDS[number % len(KINDS)]
    settings = Settings(
        task=task, tune=tune, backbone=backbone, label="label" if task == "classification" else None, epochs=40, patience=40, seed=number % 8,
        batch_size=8, max_length=16, precision="float32", learning_rate=1e-3, checkpoint_seconds=0.5,
    )  # fmt: skip
    run, _ = store.create(f"{number + 1:032d}", settings, made_reviews())
    tried.append(Tried(run.id, number + 1, settings))
    return tried[-1]


def go_on(site: Site, store: RunStore, one: Tried) -> None:
    """What its visitor does: a run that was interrupted is resumed, and the page is looked at."""
    if store.get(one.id, one.key).state in RESUMABLE:
        store.resume(one.id, one.key)
    site.look(one.id, one.visitor)


def struck(site: Site, store: RunStore, one: Tried, strike: str, training: bool, seconds: float) -> bool:
    """Kills `seconds` from now, or from the first steps of the training; False where the run was over by then, or no worker there to kill."""
    end = time.monotonic() + PATIENCE
    before = store.get(one.id, one.key).progress.step
    while training and time.monotonic() < end and not note_end(store, one):
        now = store.get(one.id, one.key)
        if now.state == "running" and now.progress.stage == "train" and now.progress.step not in (0, before):
            break
        time.sleep(0.02)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if note_end(store, one):
            return False
        time.sleep(0.02)
    if strike == "server":
        site.kill()
        return True
    pid = site.worker()
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while store.get(one.id, one.key).state == "running" and time.monotonic() < end:
        time.sleep(0.2)  # the store looks for a process once its heartbeat is late
    return True


def note_end(store: RunStore, one: Tried) -> bool:
    run = store.get(one.id, one.key)
    if run.state == "done" and one.finished is None:
        one.finished = kept(run)
    return one.finished is not None


def lost(store: RunStore, one: Tried) -> str:
    """What is wrong with a run; "" where nothing is. Notes the end of one that has come to it."""
    run = store.get(one.id, one.key)
    if run.state == "failed":
        one.finished = one.finished or ()
        return f"run {one.id} failed after {one.kills} kills: {run.reason}"
    if note_end(store, one) and one.finished and kept(run) != one.finished:
        return f"run {one.id} was finished and is another now: {run.state}"
    return ""


def kept(run: Run) -> tuple:
    """What must stay of a finished run: state, scores, and its files."""
    files = {
        str(path.relative_to(run.folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in run.folder.rglob("*") if path.is_file()
    }
    del files["run.json"]  # says what is known of it, with times
    return run.state, json.dumps(run.scores, sort_keys=True), json.dumps(files, sort_keys=True)


def compared(tried: list[Tried], store: RunStore, home: Path) -> list[str]:
    """Each run against one of the same settings that nothing disturbed."""
    faults, twins, largest = [], {}, 0.0
    for one in tried:
        if one.settings not in twins:
            twins[one.settings] = fine_tune(made_reviews(), store=RunStore(home), **one.settings.to_json())
        run, twin = store.get(one.id, one.key), twins[one.settings]
        if run.state != "done" or run.result is None or twin.result is None:
            faults.append(f"run {one.id} ended as {run.state}: {run.reason}")
            continue
        differences = [abs(run.scores[name] - value) for name, value in twin.scores.items()]
        differences += [abs(run.result.epochs[epoch]["loss"] - scores["loss"]) for epoch, scores in twin.result.epochs.items()]
        largest = max(largest, *differences)
        if max(differences) > TOLERANCE or run.result.epochs.keys() != twin.result.epochs.keys():
            faults.append(
                f"run {one.id} ({one.settings.task}, {one.settings.tune}, {one.kills} kills) differs from its twin by {max(differences):.4f}"
            )
    print(f"largest difference of a score or loss from the twin's: {largest:.2g}")
    return faults


if __name__ == "__main__":
    main()
