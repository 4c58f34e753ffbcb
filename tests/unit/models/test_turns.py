"""One forward pass at a time, in the order of asking; long work is passed by short work."""

import threading
import time

import pytest

from components.models import load
from components.models.attribution import attribute
from components.models.turns import TURNS, Turns, told


def until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.002)


def started(*work) -> list[threading.Thread]:
    threads = [threading.Thread(target=one, daemon=True) for one in work]
    for thread in threads:
        thread.start()
    return threads


def test_turns_are_given_in_the_order_of_asking_and_never_two_at_once():
    turns, order, inside = Turns(), [], []

    def work(name):
        with turns.turn():
            inside.append(name)
            assert inside == [name]
            order.append(name)
            time.sleep(0.005)
            inside.remove(name)

    with turns.turn():
        threads = []
        for name in range(8):
            threads += started(lambda name=name: work(name))
            until(lambda name=name: turns.waiting == name + 1)
    for thread in threads:
        thread.join(20)
    assert order == list(range(8)) and turns.waiting == 0


def test_whoever_has_the_turn_may_ask_again():
    turns = Turns()
    with turns.turn(), turns.turn():
        turns.give_way()  # not between the two
    with turns.turn():
        pass
    assert turns.waiting == 0


def test_a_sentence_waits_for_one_batch_of_a_table_and_not_for_the_table():
    turns, done = Turns(), []

    def table():
        for batch in range(50):
            with turns.turn():
                time.sleep(0.01)
            done.append(batch)

    long = started(table)
    until(lambda: len(done) > 2)
    before = len(done)
    with turns.turn():
        waited = len(done) - before
    assert waited <= 2
    for thread in long:
        thread.join(20)
    assert len(done) == 50


def test_two_sentences_are_read_side_by_side_and_go_before_long_work():
    turns, order = Turns(seats=2), []
    together = threading.Barrier(2)

    def sentence():
        with turns.seat(short=True):
            order.append("sentence")
            together.wait(20)  # broken unless both are inside at once

    def batch():
        with turns.seat():
            order.append("batch")

    with turns.turn():
        threads = started(batch)
        until(lambda: turns.waiting == 1)
        threads += started(sentence, sentence)
        until(lambda: turns.waiting == 3)
    for thread in threads:
        thread.join(20)
    assert order == ["sentence", "sentence", "batch"] and turns.waiting == 0


def test_what_needs_all_cores_waits_for_the_sentences_before_it_and_is_waited_for():
    turns, order, leave = Turns(seats=2), [], threading.Event()

    def first():
        with turns.seat(short=True):
            order.append("first")
            leave.wait(20)

    def alone():
        with turns.turn():
            order.append("alone")

    def second():
        with turns.seat(short=True):
            order.append("second")

    threads = started(first)
    until(lambda: order == ["first"])
    threads += started(alone)
    until(lambda: turns.waiting == 1)
    threads += started(second)
    until(lambda: turns.waiting == 2)
    leave.set()
    for thread in threads:
        thread.join(20)
    assert order == ["first", "alone", "second"] and turns.waiting == 0


def test_long_work_inside_one_turn_gives_way_to_who_waits():
    turns, order = Turns(), []

    def long():
        with turns.turn():
            for step in range(3):
                order.append(f"long {step}")
                until(lambda: turns.waiting or "short" in order)
                turns.give_way()

    def short():
        with turns.turn():
            order.append("short")

    threads = started(long)
    until(lambda: order)
    threads += started(short)
    for thread in threads:
        thread.join(20)
    assert order == ["long 0", "short", "long 1", "long 2"]


def test_an_error_inside_a_turn_gives_it_back():
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 / 0
    with turns.turn():
        pass


def test_who_waits_learns_place_and_time_from_how_long_turns_take(monkeypatch):
    monkeypatch.setattr("components.models.turns.TOLD_AFTER", 0.05)
    turns, free, heard = Turns(), threading.Event(), {1: [], 2: []}
    for _ in range(3):
        with turns.turn():
            time.sleep(0.1)
    assert 0.1 <= turns.mean < 1

    def hold():
        with turns.turn():
            free.wait(20)

    def wait(number):
        with told(lambda place, seconds: heard[number].append((place, seconds))), turns.turn():
            pass

    threads = started(hold)
    until(lambda: turns._owner is not None)
    mean = turns.mean
    for number in (1, 2):
        threads += started(lambda number=number: wait(number))
        until(lambda number=number: turns.waiting == number)
    until(lambda: heard[1] and heard[2])
    assert heard[1][0] == (1, mean) and heard[2][0] == (2, 2 * mean)
    free.set()
    for thread in threads:
        thread.join(20)
    assert heard[1][-1] == heard[2][-1] == (0, 0.0)


def test_who_leaves_while_giving_way_takes_nobodys_turn():
    turns, inside, free = Turns(), threading.Event(), threading.Event()

    def other():
        with turns.turn():
            inside.set()
            free.wait(20)

    def leave(place, seconds):
        raise KeyboardInterrupt

    threads = []

    def long():
        with turns.turn():
            threads.extend(started(other))
            until(lambda: turns.waiting == 1)
            turns.give_way()

    turns_told = pytest.MonkeyPatch()
    turns_told.setattr("components.models.turns.TOLD_AFTER", 0.05)
    with pytest.raises(KeyboardInterrupt), told(leave):
        long()
    assert inside.is_set()
    third = started(lambda: turns.turn().__enter__())
    until(lambda: turns.waiting == 1)  # the other one still has its turn
    free.set()
    for thread in [*threads, *third]:
        thread.join(20)
    turns_told.undo()


@pytest.mark.parametrize(
    ("id", "task", "ask"),
    [
        ("sentiment-en", None, lambda model: model.predict(["Good."])),
        ("sentiment-en", None, lambda model: attribute(model, "Good.", "positive")),
        ("embed-en", "encoder", lambda model: model.run("Good.")),
        ("embed-en", None, lambda model: model.encode(["Good."])),
    ],
)
def test_every_way_into_a_model_waits_its_turn(id, task, ask):
    model, answered = load(id, task), threading.Event()

    def work():
        ask(model)
        answered.set()

    with TURNS.turn():
        threads = started(work)
        until(lambda: TURNS.waiting == 1)
        assert not answered.is_set()
    assert answered.wait(60)
    threads[0].join(20)
