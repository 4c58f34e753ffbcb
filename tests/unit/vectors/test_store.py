"""Vectors of all visitors within one bound: the longest unused make room, those in use don't, and a visitor who leaves gives theirs back."""

import gc
import threading

import numpy as np
import pytest

from components.errors import ModelError
from components.settings import vector_bytes as bound
from components.vectors.index import EXACT_ROWS, ApproximateIndex
from components.vectors.store import VectorStore, vector_bytes

ROWS, WIDTH = 100, 8
TABLE = ROWS * WIDTH * 4


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock) -> VectorStore:
    """Room for three tables."""
    return VectorStore(lambda: 3 * TABLE, clock)


def test_vectors_come_back_as_they_were_put_in(store):
    held = store.hold(ROWS, WIDTH)
    vectors = np.random.default_rng(0).standard_normal((ROWS, WIDTH)).astype(np.float32)
    for start in range(0, ROWS, 30):
        held.put(start, vectors[start : start + 30])
    np.testing.assert_array_equal(held.vectors(90), vectors[:90])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    held.put(0, unit)
    assert held.index(ROWS).search(unit[7:8], 1).rows[0, 0] == 7 and held.index(ROWS) is held.index(ROWS)


def test_the_longest_unused_make_room(store, clock):
    tables = []
    for clock.now in range(3):
        tables.append(store.hold(ROWS, WIDTH))
    clock.now = 100
    tables[0].vectors(1)
    clock.now = 200
    newest = store.hold(ROWS, WIDTH)
    assert [one.dropped for one in tables] == [False, True, False]
    assert store.used == 3 * TABLE and not newest.dropped
    gone = tables[1]
    gone.put(0, np.zeros((1, WIDTH), np.float32))
    for ask in (gone.vectors, gone.index):
        with pytest.raises(ModelError) as caught:
            ask(1)
        assert caught.value.key == "models.vectors_dropped"


def test_what_is_in_use_stays_and_the_newcomer_is_told(store, clock):
    tables = [store.hold(ROWS, WIDTH) for _ in range(3)]
    clock.now = 59
    with pytest.raises(ModelError) as caught:
        store.hold(ROWS, WIDTH)
    assert caught.value.key == "models.vectors_full"
    assert caught.value.in_language("en") != caught.value.in_language("ja")
    assert not any(one.dropped for one in tables)
    # One idle table is not enough for two: nobody is sent away for nothing.
    tables[0].vectors(1)
    tables[1].vectors(1)
    clock.now = 61
    with pytest.raises(ModelError):
        store.hold(2 * ROWS, WIDTH)
    assert not any(one.dropped for one in tables)


def test_a_table_that_can_never_fit_is_told_at_once(store):
    with pytest.raises(ModelError) as caught:
        store.hold(3 * ROWS + 1, WIDTH)
    assert caught.value.key == "models.vectors_too_large"


def test_a_visitor_who_leaves_gives_the_room_back(store):
    held = store.hold(3 * ROWS, WIDTH)
    assert store.used == 3 * TABLE
    del held
    gc.collect()
    assert store.used == 0 and not store.hold(ROWS, WIDTH).dropped


def test_the_bound_holds_under_threads(store, clock):
    clock_lock = threading.Lock()
    most = []

    def visit() -> None:
        for _ in range(50):
            with clock_lock:
                clock.now += 61
            try:
                held = store.hold(ROWS, WIDTH)
            except ModelError:
                continue
            most.append(store.used)
            held.put(0, np.ones((ROWS, WIDTH), np.float32))

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most and max(most) <= 3 * TABLE


def test_an_approximate_index_is_counted_with_its_copy(monkeypatch):
    assert vector_bytes(EXACT_ROWS, 384) == 153_600_000
    assert vector_bytes(EXACT_ROWS + 1, 384) > 2 * 153_600_000
    rows = 20_000
    index = ApproximateIndex(np.random.default_rng(0).standard_normal((rows, 16)).astype(np.float32))
    import faiss

    # Its own file: the lists, and besides them the centres and the inverted file's table.
    size = faiss.serialize_index(index._index).nbytes
    assert rows * (4 * 16 + 8) <= size <= 1.05 * rows * (4 * 16 + 8)
    monkeypatch.setenv("HIMOTOKU_VECTORS_MB", "7")
    assert bound() == 7_000_000
