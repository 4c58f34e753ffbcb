"""How a run gets a process: one small interface. Here a process on this machine; a cluster's job queue can stand behind the same three
calls.
"""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

from components.errors import TrainingError, is_disk_full
from components.training.process import READY, is_alive, own_birth
from components.training.store import RunStore

ROOT = Path(__file__).resolve().parent.parent.parent


class Launcher(Protocol):
    """Who trains what waits in the store."""

    def ensure(self) -> None:
        """Make sure that somebody works on the queue. Cheap; a page calls it whenever it looks at a run.

        Raises TrainingError when the disk is full.
        """

    def is_warm(self) -> bool:
        """Whether a run that is queued now starts at once."""

    def close(self) -> None:
        """Let go of what waits; a run in progress goes on."""


class LocalLauncher:
    """One worker process of this machine, kept warm. It belongs to no session: a server that ends leaves a run in progress alone."""

    def __init__(self, store: RunStore):
        self.store = store
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ensure(self) -> None:
        with self._lock:
            self.store.recover()
            if self._worker_lives():
                return
            try:
                self._start()
            except OSError as error:
                if is_disk_full(error):
                    raise TrainingError("training.disk-full") from error
                raise

    def _start(self) -> None:
        """A process of its own, not multiprocessing: spawning from a page would run the whole app again in the child."""
        log, noted = self.store.home / "worker.log", self.store.home / "worker.pid"
        if log.exists() and log.stat().st_size > 1_000_000:
            log.unlink()
        noted.write_text("0 0".ljust(64))  # fails before there is a process that nobody could find again
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "components.training.worker", "--home", str(self.store.home)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        noted.write_text(f"{self._process.pid} {own_birth(self._process.pid)}")

    def is_warm(self) -> bool:
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.store.home / READY).read_text())
            return self._worker_lives() and pid == self._recorded()[0]
        return False

    def close(self) -> None:
        """End the waiting worker; one that trains is left alone."""
        pid, born = self._recorded()
        if is_alive(pid, born) and not self.store.is_busy(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 15)
        if self._process and self._process.poll() is None and not self.store.is_busy(self._process.pid):
            self._process.wait(10)

    def _worker_lives(self) -> bool:
        if self._process is not None:
            self._process.poll()  # collects it if it has ended
        return is_alive(*self._recorded())

    def _recorded(self) -> tuple[int, float]:
        with contextlib.suppress(OSError, ValueError):
            pid, born = (self.store.home / "worker.pid").read_text().split()
            return int(pid), float(born)
        return 0, 0.0
