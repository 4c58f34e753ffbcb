"""Models before anybody asks: all of a language, last in line, within the memory that is theirs."""

import threading
import time

import pytest

from components.errors import ModelError
from components.models import ahead, loading
from components.models.bundled import ENGLISH, JAPANESE
from components.models.turns import TURNS
from tests.unit.models.test_turns import until


@pytest.fixture
def asked(monkeypatch):
    """What is loaded, by id, in order; nothing really is."""
    ids: list[str] = []
    monkeypatch.setenv("HIMOTOKU_LOAD_AHEAD", "1")
    monkeypatch.setattr(ahead, "_begun", set())
    monkeypatch.setattr(ahead, "load", ids.append)
    monkeypatch.setattr(ahead, "PAUSE", 0.02)
    monkeypatch.setattr(ahead, "LOOK", 0.005)
    monkeypatch.setattr(ahead, "LEFT_FREE", 0)
    monkeypatch.setattr(ahead, "held_bytes", int)  # whatever the tests before these have loaded
    yield ids
    until(lambda: not any(thread.name.startswith("ahead-") for thread in threading.enumerate()))


def test_the_models_of_the_visitors_language_each_once_a_process(asked):
    for _ in range(3):
        ahead.load_ahead("ja")
    until(lambda: len(asked) == len(JAPANESE.tasks))
    ahead.load_ahead("ja")
    time.sleep(0.1)
    assert asked == list(JAPANESE.tasks.values())


def test_one_that_cannot_be_had_keeps_none_of_the_others_back(asked, monkeypatch):
    def load(id: str) -> None:
        asked.append(id)
        if id == ENGLISH.encoder:
            raise ModelError("models.not_here", id=id)

    monkeypatch.setattr(ahead, "load", load)
    ahead.load_ahead("en")
    until(lambda: asked == list(ENGLISH.tasks.values()))


def test_nothing_is_built_while_somebody_computes_or_loads(asked):
    with TURNS.turn():
        ahead.load_ahead("en")
        time.sleep(0.15)
        assert not asked
    until(lambda: asked)
    held, free = threading.Event(), threading.Event()

    def build() -> object:
        held.set()
        free.wait(20)
        return object()

    visitor = threading.Thread(target=loading.remember, args=(("somebody's",), build))
    visitor.start()
    assert held.wait(20)
    time.sleep(0.05)
    before = len(asked)
    time.sleep(0.15)
    assert len(asked) == before
    free.set()
    visitor.join(20)
    loading.forget()


def test_nothing_is_pushed_out_and_no_memory_is_taken_that_is_not_there(asked, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_MODEL_CACHE_MB", "100")  # less than one of them
    ahead.load_ahead("en")
    time.sleep(0.15)
    monkeypatch.setenv("HIMOTOKU_MODEL_CACHE_MB", "2000")
    monkeypatch.setattr(ahead, "LEFT_FREE", 10**15)
    ahead.load_ahead("ja")
    time.sleep(0.15)
    assert not asked


def test_a_host_can_have_it_off(asked, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_LOAD_AHEAD", "0")
    ahead.load_ahead("en")
    time.sleep(0.1)
    assert not asked and not ahead._begun
