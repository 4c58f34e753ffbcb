"""Long work on rows: in small steps with progress, rows a second, time left, and a stop that keeps what is done.

A step's result is kept before the screen is touched, so that whatever ends the run of the script (the stop button, another widget,
a closed tab) loses at most the step in progress; the next run goes on from there.

Streamlit starts the next run of the script at once, while the one before may still be inside a step. What such a step gives counts only
while the work runs and nobody else has taken it over, so that no row counts twice and nothing changes under a page that is being drawn.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.models.turns import OutOfTime, check_time
from components.settings import most_seconds
from components.ui.state.language import t
from components.ui.state.recent import kept

LEAST_ROWS, MOST_ROWS = 8, 512
STEP_SECONDS = 1.0  # how long the stop button may wait


class Batch:
    """The state of one piece of work on `rows` rows; `signature` tells what is worked on.

    words: the catalogue that says what a row is ("tables", or a page's own with the same batch_ messages). Every change goes through a method, under
    the lock.
    """

    def __init__(self, signature: str, rows: int, words: str = "tables") -> None:
        self.signature, self.rows, self.words = signature, rows, words
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._results: list[Any] = []
        self._done, self._seconds = 0, 0.0
        self._running, self._turn = False, object()
        self._out_of_time, self._one_by_one = False, False

    @property
    def results(self) -> tuple[Any, ...]:
        """What each step gave, in the order of the rows; `done` rows are in them."""
        with self._lock:
            return tuple(self._results)

    @property
    def done(self) -> int:
        return self._done

    @property
    def seconds(self) -> float:
        """How long the steps took."""
        return self._seconds

    @property
    def running(self) -> bool:
        return self._running

    @property
    def out_of_time(self) -> bool:
        """It was stopped because it took as long as the host allows at a stretch."""
        return self._out_of_time

    @property
    def one_by_one(self) -> bool:
        """A step took all the time there is: the next ones begin with a single row."""
        return self._one_by_one

    @property
    def ready(self) -> bool:
        """There are results, and no step is about to change them."""
        return self._done > 0 and not self._running

    @property
    def finished(self) -> bool:
        return self._done >= self.rows

    @property
    def speed(self) -> float:
        """Rows a second so far."""
        return self._done / self._seconds if self._seconds else 0.0

    def begin(self) -> None:
        """Steps may be done from now on; goes on where it was stopped."""
        with self._lock:
            self._running, self._out_of_time = True, False

    def stop(self) -> None:
        """What is done stays; a step in progress no longer counts."""
        with self._lock:
            self._running = False

    def reset(self) -> None:
        """As if nothing had been done."""
        with self._lock:
            self._clear()

    def complete(self, result: Any) -> None:
        """All rows in one step."""
        with self._lock:
            self._clear()
            self._results, self._done = [result], self.rows

    def take_over(self) -> "Turn":
        """From now on the steps of this turn count, and of no turn before it."""
        with self._lock:
            self._turn = object()
            return Turn(self, self._turn)


@dataclass(frozen=True, eq=False)
class Turn:
    """One run of the script at a piece of work, until another one takes it over."""

    work: Batch
    id: object

    def keep(self, result: Any, rows: int, seconds: float) -> bool:
        """Counts a step of `rows` rows. False, and nothing happens, where the work was stopped or taken over meanwhile."""
        work = self.work
        with work._lock:
            if not work._running or work._turn is not self.id:
                return False
            work._results.append(result)
            work._done = min(work._done + rows, work.rows)
            work._seconds += seconds
            return True

    def stop(self, *, out_of_time: bool = False, at_once: bool = False) -> None:
        """Stops the work, unless it was taken over. at_once: the time was over within its first step."""
        with self.work._lock:
            if self.work._turn is self.id:
                self.work._running, self.work._out_of_time = False, out_of_time
                self.work._one_by_one |= at_once


def batch(key: str, signature: str, rows: int, words: str = "tables") -> Batch:
    """The work kept under `key` in this session; a fresh one where `signature` (data, model, settings) is another."""
    return kept(f"{key}:batch", signature, lambda: Batch(signature, rows, words))


def begin_key(key: str) -> str:
    """What stands in the session while the work of `key` is to begin without its start button: with a sample's own."""
    return f"{key}:at_once"


def batch_controls(work: Batch, *, key: str, start: str) -> DeltaGenerator | None:
    """The start, stop and continue buttons, and how far the work is. start: the words on the first button.

    Returns the container of the progress while it runs, for `run_batch`, which a page calls when everything else is drawn.
    """
    if st.session_state.pop(begin_key(key), False) and not work.done:
        work.begin()
    if work.finished:
        st.caption(t(f"{work.words}.batch_finished", rows=f"{work.done:,}", seconds=_time(work.seconds), speed=_number(work.speed)))
        return None
    if work.running:
        left, right = st.columns([5, 1], vertical_alignment="center")
        right.button(t("tables.batch_stop"), key=f"{key}:stop", on_click=work.stop, width="stretch")
        container = left.empty()
        _show(work, container)
        return container
    if work.out_of_time:
        st.warning(t("tables.batch_time", limit=_time(most_seconds())), icon=":material/timer:")
    if work.done:
        st.info(t(f"{work.words}.batch_stopped", done=f"{work.done:,}", rows=f"{work.rows:,}"), icon=":material/pause:")
    words = t(f"{work.words}.batch_continue", n=f"{work.rows - work.done:,}") if work.done else start
    st.button(words, key=f"{key}:start", on_click=work.begin, type="primary")
    return None


def run_batch(
    work: Batch, container: DeltaGenerator | None, rows: Sequence[Any], step: Callable[[Sequence[Any]], Any], first: int = LEAST_ROWS
) -> None:
    """Goes on with the work while it is running: `step` gets the next rows, and its result is kept. Runs the page again at the end.

    The number of rows in a step follows the measured speed, so that a step takes about a second. An error in `step` stops the
    work and goes up; so does the end of the time that the host allows, which goes up to nobody. first: rows of the first step, and the fewest
    of any.
    """
    if container is None or not work.running:
        return
    first = 1 if work.one_by_one else first
    size, turn, before = first, work.take_over(), work.done
    while not work.finished:
        begin = perf_counter()
        try:
            check_time()
            result = step(rows[work.done : work.done + size])
        except OutOfTime:
            turn.stop(out_of_time=True, at_once=work.done == before)
            break
        except Exception:
            turn.stop()
            raise
        taken = perf_counter() - begin
        if not turn.keep(result, size, taken):
            return  # the run of the script that came after this one goes on
        size = int(min(max(size * STEP_SECONDS / max(taken, 1e-3), first), 2 * size, MOST_ROWS))
        _show(work, container)
    else:
        turn.stop()
    st.rerun()


def _show(work: Batch, container: DeltaGenerator) -> None:
    text = t(f"{work.words}.batch_begun", rows=f"{work.rows:,}")
    if work.speed:
        left = _time((work.rows - work.done) / work.speed)
        text = t(f"{work.words}.batch_progress", done=f"{work.done:,}", rows=f"{work.rows:,}", speed=_number(work.speed), left=left)
    container.progress(work.done / work.rows, text)


def _time(seconds: float) -> str:
    if seconds < 90:
        return t("tables.seconds", n=max(round(seconds), 1))
    return t("tables.minutes", n=round(seconds / 60))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
