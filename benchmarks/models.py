"""All bundled models in one process: `python -m benchmarks.models [seconds]`.

Prints how long the catalogue takes, the seconds that each model takes to load once the libraries are imported, the memory that all take
together, and how many of the answers that eight threads ask for at once (a minute long, unless told otherwise) differ from those of one
thread.
"""

import importlib
import sys
import threading
import time

import numpy as np
import psutil

from components.models import catalog, load
from components.models.bundled import BUNDLED_IDS
from components.models.tasks import TASKS
from tests.unit.models.test_bundled import ask

THREADS = 8


def time_catalogue(calls: int = 1_000) -> None:
    """A page asks for the catalogue a dozen times in one run; while nothing changed that should cost nothing (below 0.1 ms a call)."""
    start = time.perf_counter()
    catalog()
    first = time.perf_counter() - start
    start = time.perf_counter()
    for _ in range(calls):
        catalog()
    print(f"catalogue: {first * 1e3:.1f} ms at first, then {(time.perf_counter() - start) / calls * 1e3:.3f} ms a call", flush=True)


def main(seconds: float) -> None:
    time_catalogue()
    for task in TASKS.values():
        importlib.import_module(task.module)
    importlib.import_module("peft")
    before = psutil.Process().memory_info().rss
    for id in BUNDLED_IDS:
        start = time.perf_counter()
        load(id)
        print(f"{id:14} loaded in {time.perf_counter() - start:.2f} s", flush=True)
    print(f"{len(BUNDLED_IDS)} models take {(psutil.Process().memory_info().rss - before) / 1e6:.0f} MB together", flush=True)
    expected = {id: ask(id) for id in BUNDLED_IDS}
    asked, wrong = [0] * THREADS, [0] * THREADS
    end = time.monotonic() + seconds

    def work(number: int) -> None:
        while time.monotonic() < end:
            id = BUNDLED_IDS[(number + asked[number]) % len(BUNDLED_IDS)]
            wrong[number] += not np.allclose(ask(id), expected[id], atol=1e-4)
            asked[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{THREADS} threads for {seconds:.0f} s: {sum(asked)} answers, {sum(wrong)} of them not those of one thread")
    print(f"afterwards {(psutil.Process().memory_info().rss - before) / 1e6:.0f} MB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
