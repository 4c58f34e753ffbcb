"""Work in steps: nothing is lost when the run of a page ends in the middle, and steps follow the speed."""

import threading

import pytest

from components.ui.widgets import batches
from components.ui.widgets.batches import LEAST_ROWS, MOST_ROWS, Batch, run_batch


class Place:
    """Stands for the progress bar. A page's run ends at such a call when the visitor presses a button."""

    def __init__(self, interrupt_after=None):
        self.seen, self.interrupt_after = [], interrupt_after

    def progress(self, share, text):
        self.seen.append((share, text))
        if self.interrupt_after is not None and len(self.seen) >= self.interrupt_after:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr(batches, "t", lambda key, **values: f"{key} {values}")
    monkeypatch.setattr(batches.st, "rerun", lambda: None)


def begun(rows, **options):
    work = Batch("a", rows, **options)
    work.begin()
    return work


def squares(calls):
    def step(rows):
        calls.append(len(rows))
        return [row * row for row in rows]

    return step


def flat(work):
    return [value for part in work.results for value in part]


def test_all_rows_are_done_once_in_order():
    work, calls, place = begun(1_000), [], Place()
    run_batch(work, place, range(1_000), squares(calls))
    assert flat(work) == [row * row for row in range(1_000)]
    assert work.finished and not work.running
    assert calls[0] == LEAST_ROWS and max(calls) <= MOST_ROWS and len(calls) < 20
    assert place.seen[-1][0] == 1.0 and "tables.batch_progress" in place.seen[-1][1]


def test_an_interrupted_run_keeps_what_is_done_and_goes_on_from_there():
    work, calls = begun(300), []
    with pytest.raises(KeyboardInterrupt):
        run_batch(work, Place(interrupt_after=2), range(300), squares(calls))
    done = work.done
    assert 0 < done < 300 and flat(work) == [row * row for row in range(done)]
    run_batch(work, Place(), range(300), squares(calls))
    assert flat(work) == [row * row for row in range(300)]


def test_a_stopped_work_does_nothing():
    work = Batch("a", 10)
    run_batch(work, Place(), range(10), lambda rows: pytest.fail("worked on"))
    assert work.done == 0


def test_an_error_stops_the_work_and_goes_up():
    work = begun(10)
    with pytest.raises(RuntimeError, match="boom"):
        run_batch(work, Place(), range(10), lambda rows: (_ for _ in ()).throw(RuntimeError("boom")))
    assert not work.running and work.done == 0


def test_slow_rows_make_small_steps(monkeypatch):
    clock = iter(range(0, 10_000, 5))  # five seconds a step
    monkeypatch.setattr(batches, "perf_counter", lambda: next(clock))
    work, calls = begun(100), []
    run_batch(work, Place(), range(100), squares(calls))
    assert set(calls[:-1]) == {LEAST_ROWS} and work.seconds == 5 * len(calls)


def test_the_first_step_can_be_a_single_row_and_the_words_a_pages_own():
    work, calls, place = begun(20, words="question_answering"), [], Place()
    run_batch(work, place, range(20), squares(calls), first=1)
    assert calls[0] == 1 and flat(work) == [row * row for row in range(20)]
    assert "question_answering.batch_progress" in place.seen[-1][1]


@pytest.fixture
def in_a_step():
    """in_a_step(work, rows) -> a function that lets the step go on: another thread is inside the first step of `work`."""
    threads = []

    def begin(work, rows):
        inside, go_on = threading.Event(), threading.Event()

        def step(rows):
            inside.set()
            assert go_on.wait(20)
            return list(rows)

        threads.append(threading.Thread(target=run_batch, args=(work, Place(), rows, step)))
        threads[-1].start()
        assert inside.wait(20)

        def finish():
            go_on.set()
            threads[-1].join(20)

        return finish

    return begin


def test_a_step_that_ends_after_the_stop_changes_nothing(in_a_step):
    work = begun(100)
    finish = in_a_step(work, range(100))
    work.stop()
    finish()
    assert (work.done, work.results, work.running) == (0, (), False)


def test_a_step_of_the_run_before_counts_no_row_twice(in_a_step):
    work = begun(100)
    finish = in_a_step(work, range(100))
    run_batch(work, Place(), range(100), list)  # the page ran again: another widget was touched
    finish()
    assert flat(work) == list(range(100)) and work.finished


def test_work_that_was_reset_or_completed_takes_nothing_from_a_step_before(in_a_step):
    work = begun(100)
    finish = in_a_step(work, range(100))
    work.reset()
    work.begin()
    finish()
    assert (work.done, work.results, work.seconds) == (0, (), 0.0)
    work.complete("all")
    assert work.finished and work.ready and work.results == ("all",) and not work.running


def test_an_error_in_a_step_of_the_run_before_does_not_stop_the_next():
    work = begun(10)
    before = work.take_over()
    work.take_over()
    before.stop()
    assert work.running and not before.keep([1], 1, 0.1)


def test_only_the_class_itself_changes_what_is_done():
    work = Batch("a", 10)
    for name in ("running", "done", "results", "seconds"):
        with pytest.raises(AttributeError):
            setattr(work, name, 1)
