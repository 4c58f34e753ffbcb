"""Batches side by side: every row once, errors and stops seen, one thread a batch, and short work before long."""

import threading
import time

import pytest
import torch

from components.models import lanes
from components.models.lanes import alone, beside, in_lanes
from components.models.turns import TURNS, OutOfTime, time_limit
from tests.unit.models.test_turns import started, until


@pytest.fixture
def two_lanes(monkeypatch):
    """As on two cores, whatever this machine has."""
    monkeypatch.setattr(lanes, "LANES", 2)
    monkeypatch.setattr(TURNS, "seats", 2)


def test_every_job_once_with_its_own_result(two_lanes):
    assert sorted(in_lanes(range(40), lambda job: job * job, 512)) == [(job, job * job) for job in range(40)]
    assert list(in_lanes([7], lambda job: job + 1, 9)) == [(7, 8)]
    assert TURNS.waiting == 0 and TURNS._beside == 0


def test_two_jobs_run_at_once_on_one_thread_each(two_lanes):
    both, threads = threading.Barrier(2), []

    def compute(job):
        both.wait(20)  # passes where two are inside
        threads.append(torch.get_num_threads())
        return job

    assert sorted(job for job, _ in in_lanes(range(6), compute, 512)) == list(range(6))
    assert threads == [1] * 6


@pytest.fixture
def running(monkeypatch, tmp_path):
    """Says how many threads run on this machine, this one among them."""
    told = tmp_path / "loadavg"
    monkeypatch.setattr(lanes, "RUNNING", told)
    yield lambda count: told.write_text(f"0.10 0.20 0.30 {count}/321 4567\n")
    torch.set_num_threads(1)


def test_a_short_pass_has_one_thread_and_a_long_one_all(two_lanes, running):
    running(2)
    for tokens, wanted in ((10, 1), (512, 2)):
        with alone(tokens):
            assert torch.get_num_threads() == wanted


def test_a_sentence_has_both_cores_while_nobody_else_runs(two_lanes, running):
    def cores() -> int:
        ((_, count),) = in_lanes([7], lambda job: torch.get_num_threads(), 9)
        return count

    running(1)
    assert cores() == 2
    with alone(10):
        assert torch.get_num_threads() == 2 == cores()
    for busy in (2, 3, 40):
        running(busy)
        assert cores() == 1
    lanes.RUNNING.unlink()  # a system that doesn't tell
    assert cores() == 1


def test_a_sentence_beside_somebodys_work_has_one_core_and_does_not_wait_for_it(two_lanes, running):
    running(1)
    computing, free = threading.Event(), threading.Event()

    def batch():
        with beside():
            computing.set()
            free.wait(20)

    thread = started(batch)[0]
    assert computing.wait(20)
    assert list(in_lanes([7], lambda job: torch.get_num_threads(), 9)) == [(7, 1)]
    free.set()
    thread.join(20)
    assert not TURNS.taken


def test_an_error_in_any_lane_is_raised_to_the_caller(two_lanes):
    def compute(job):
        time.sleep(0.01)
        if job == 3:
            raise RuntimeError("no such token")
        return job

    with pytest.raises(RuntimeError, match="no such token"):
        list(in_lanes(range(20), compute, 512))
    until(lambda: TURNS._beside == 0)
    with TURNS.turn():
        pass


def test_who_stops_reading_has_nothing_more_computed(two_lanes):
    begun = []

    def compute(job):
        begun.append(job)
        time.sleep(0.02)
        return job

    for _ in in_lanes(range(200), compute, 512):
        break
    until(lambda: TURNS._beside == 0)
    count = len(begun)
    time.sleep(0.1)
    assert len(begun) == count < 20


def test_the_end_of_the_time_ends_long_work(two_lanes):
    with pytest.raises(OutOfTime), time_limit(0.1):
        list(in_lanes(range(1_000), lambda job: time.sleep(0.01), 512))
    until(lambda: TURNS._beside == 0)


def test_a_sentence_goes_before_every_table_and_no_table_starves(two_lanes):
    done, sentences, stop = [0, 0, 0], [], threading.Event()

    def table(number):
        for _ in in_lanes(range(10_000), lambda job: time.sleep(0.01), 512):
            done[number] += 1
            if stop.is_set():
                return

    threads = started(*(lambda number=number: table(number) for number in range(3)))
    until(lambda: all(done))
    for _ in range(10):
        before = sum(done)
        with alone(10):
            sentences.append(sum(done) - before)
            assert TURNS._beside == 0
    assert max(sentences) <= 3  # those that ran when it asked, and what was being handed over
    before = list(done)
    until(lambda: all(now > then for now, then in zip(done, before, strict=True)))
    stop.set()
    for thread in threads:
        thread.join(20)


def test_long_work_is_let_in_between_sentences_without_end(two_lanes):
    stop, served = threading.Event(), threading.Event()

    def sentences():
        while not stop.is_set():
            with alone(10):
                time.sleep(0.002)

    threads = started(*[sentences] * 4)
    until(lambda: TURNS.waiting >= 2)

    def table():
        with beside():
            served.set()

    threads += started(table)
    assert served.wait(20)
    stop.set()
    for thread in threads:
        thread.join(20)
