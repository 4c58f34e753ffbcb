"""Batches through a model on all cores: a core each for long work, all cores for one long text, one core for a sentence, two while they are idle.

Threads within a product wait for each other some hundred times a pass, and soon sleep meanwhile so as to leave the cores to others; batches side
by side never wait. A call's own thread takes batch after batch, and so do helpers that all calls share, as far as they are free.
"""

import contextlib
import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeVar

import torch

from components.models.turns import TOLD_AFTER, TURNS, check_time

Job = TypeVar("Job")
Result = TypeVar("Result")

LANES = torch.get_num_threads()
TURNS.seats = LANES
# Tokens up to which a pass is a sentence. On two idle cores one is read a fifth sooner than on one; on two that others use, some times later, for
# the threads of every product wait until both have been given a core.
ON_ONE_CORE = 128
IDLE_CORES = 2  # at most for a sentence
RUNNING = Path("/proc/loadavg")  # its fourth field begins with how many threads run or could run at this moment, in all processes


@contextlib.contextmanager
def alone(tokens: int) -> Iterator[None]:
    """A turn for a pass over `tokens` tokens, before all long work. Raises OutOfTime."""
    with TURNS.turn(), _threads(_sentence_cores() if tokens <= ON_ONE_CORE else LANES):
        yield


@contextlib.contextmanager
def sentence() -> Iterator[None]:
    """A turn for a sentence, before all long work: alone on idle cores where nobody else has or wants a turn, else on one core beside others.
    Raises OutOfTime."""
    with TURNS.turn_if_free() as free:
        if free:
            with _threads(_sentence_cores()):
                yield
            return
    with beside(short=True):
        yield


@contextlib.contextmanager
def beside(short: bool = False) -> Iterator[None]:
    """A turn on one core for a batch of long work; short: before all of that. Raises OutOfTime."""
    with TURNS.seat(short=short), _threads(1):
        yield


def _sentence_cores() -> int:
    """How many cores a sentence has now: as many as nobody runs on, and one where the system doesn't tell."""
    try:
        running = int(RUNNING.read_bytes().split()[3].partition(b"/")[0])
    except (OSError, ValueError, IndexError):
        return 1
    free: int = LANES + 1 - running  # this thread is one of those that run
    return max(1, min(IDLE_CORES, free))


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    """This thread's products on `count` cores. Threads that begin meanwhile take over the last count that any thread was given: each turn sets its own."""
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(LANES)


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, LANES - 1), "lane")


def in_lanes(jobs: Sequence[Job], compute: Callable[[Job], Result], tokens: int) -> Iterator[tuple[Job, Result]]:
    """(job, what `compute` gives for it), as they are done, in no order. tokens: of the first job, with padding. Stop reading, and no further
    job is begun. Raises what `compute` raises, and OutOfTime."""
    if len(jobs) == 1:
        with sentence() if tokens <= ON_ONE_CORE else alone(tokens):
            only = compute(jobs[0])
        yield jobs[0], only
        return
    todo = deque(jobs)
    done: queue.SimpleQueue[tuple[Job, Result | None, BaseException | None]] = queue.SimpleQueue()

    def help_out() -> None:
        while True:
            try:
                job = todo.popleft()
            except IndexError:
                return
            try:
                with beside():
                    result = compute(job)
            except BaseException as problem:
                done.put((job, None, problem))
                return
            done.put((job, result, None))

    for _ in range(min(LANES, len(jobs)) - 1):
        _helpers().submit(help_out)
    try:
        for _ in range(len(jobs)):
            if done.empty() and (job := _next(todo)) is not None:
                with beside():
                    result = compute(job)
                yield job, result
                continue
            job, given, problem = _helped(done)
            if problem is not None:
                raise problem
            yield job, given  # type: ignore[misc]
    finally:
        todo.clear()


def _next(todo: "deque[Job]") -> Job | None:
    try:
        return todo.popleft()
    except IndexError:
        return None


def _helped(done: "queue.SimpleQueue[Job]") -> Job:
    while True:
        try:
            return done.get(timeout=TOLD_AFTER)
        except queue.Empty:
            check_time()
