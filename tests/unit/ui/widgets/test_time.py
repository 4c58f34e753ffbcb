"""What one visitor computes has an end: tables keep what is done and go on, single questions end in a sentence; who waits is told."""

import threading
import time

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.errors import ModelError
from components.messages import message
from components.models.turns import TURNS, OutOfTime, check_time, is_out_of_time, time_limit
from components.ui.widgets import batches, waiting
from components.ui.widgets.batches import Batch, run_batch


class Bar:
    def progress(self, share: float, text: str) -> None:
        pass


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr(batches, "t", lambda key, **values: key)
    monkeypatch.setattr(batches.st, "rerun", lambda: None)
    st.cache_data.clear()


def slow(rows: range) -> list[int]:
    """Rows as a model does them: each waits for its turn."""
    done = []
    for row in rows:
        with TURNS.turn():
            time.sleep(0.02)
            done.append(row)
    return done


def test_a_table_stops_at_the_bound_keeps_its_rows_and_goes_on():
    work = Batch("a", 60)
    work.begin()
    with time_limit(0.5):
        run_batch(work, Bar(), range(60), slow)
    assert not work.running and work.out_of_time and 0 < work.done < 60
    goes = 1
    while not work.finished and goes < 20:
        work.begin()
        assert not work.out_of_time
        with time_limit(0.5):
            run_batch(work, Bar(), range(60), slow)
        goes += 1
    assert [row for step in work.results for row in step] == list(range(60))
    assert not work.out_of_time


def test_a_step_that_takes_all_the_time_is_cut_into_single_rows():
    work = Batch("a", 20)
    for _ in range(60):
        work.begin()
        with time_limit(0.1):  # eight rows, the usual first step, take 0.16 s
            run_batch(work, Bar(), range(20), slow)
        if work.finished:
            break
    assert [row for step in work.results for row in step] == list(range(20))


def test_a_table_that_was_stopped_by_hand_was_not_out_of_time():
    work = Batch("a", 60)
    work.begin()
    work.stop()
    assert not work.out_of_time


def test_single_work_ends_in_a_sentence_and_time_ends_with_its_block():
    with pytest.raises(ModelError, match="0 s"), time_limit(0.05):
        slow(range(100))
    check_time()
    assert not is_out_of_time() and TURNS.waiting == 0
    slow(range(1))


@pytest.fixture
def busy():
    """Somebody has the turn until `busy.set()`."""
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with TURNS.turn():
            held.set()
            free.wait(60)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    assert held.wait(5)
    yield free
    free.set()
    thread.join(5)


def test_waiting_counts_and_an_end_in_the_queue_leaves_it(busy):
    with pytest.raises(OutOfTime), time_limit(0.5):
        slow(range(1))
    assert TURNS.waiting == 0
    busy.set()
    slow(range(1))


def page() -> None:
    """A page of two questions; each tells what came of it."""
    import streamlit as st

    from components.models.turns import TURNS
    from components.ui.widgets.errors import guarded
    from components.ui.widgets.waiting import computing

    @st.cache_data(show_spinner=False)
    def answer(number: int) -> int:
        with TURNS.turn():
            return number

    with computing(), guarded():
        st.write(answer(1), answer(1))


def test_who_waits_is_told_place_and_time_also_within_what_is_kept_and_it_goes_away(monkeypatch, busy):
    seen: list[tuple[str, dict]] = []

    def told(key: str, **values: object) -> str:
        seen.append((key, values))
        busy.set()
        return key

    monkeypatch.setattr(waiting, "t", told)
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception and seen[0][0] == "common.waiting" and seen[0][1]["place"] == 1 and seen[0][1]["seconds"] >= 1
    assert not app.info and app.markdown  # gone once it has its turn
    assert not app.run().exception  # what was kept is shown again without it


def test_a_page_whose_time_is_over_says_so(monkeypatch, busy):
    monkeypatch.setenv("HIMOTOKU_MAX_SECONDS", "1")
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert app.error[0].value in [message("models.out_of_time", language, seconds=1) for language in ("en", "ja")]
