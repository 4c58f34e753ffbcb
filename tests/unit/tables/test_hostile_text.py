"""Small files that are made to cost much: each is answered in the time that its size is worth, and none keeps others from the interpreter."""

import contextlib
import threading
import time

import pytest

from components.errors import TableError
from components.tables.encoding import find_encoding
from components.tables.limits import MAX_ROWS
from components.tables.table import read_table

MEGABYTE = 1_000_000
SMALL = {
    "an escape and one long line": b"\x1b$\n" + b"a" * 50_000,
    "an old encoding and one long line": b"caf\xe9\n" + b"a" * 50_000 + b"\n",
}
LARGE = {
    "an escape and one long line": b"\x1b$\n" + b"a" * MEGABYTE,
    "a long line and then an escape": b"a,b\n" + b"a" * MEGABYTE + b"\x1b$B",
    "a long line in an old encoding": b"a" * MEGABYTE + b"\xe9",
    "nothing but escapes": b"\x1b$B\x1b(B" * (MEGABYTE // 6),
    "empty lines": b"a" + b"\n" * MEGABYTE,
    "empty lines after an escape": b"\x1b$" + b"\r" * MEGABYTE,
    "delimiters": b"a,b;c|d\te\n" + b",;|\t" * (MEGABYTE // 4),
    "quotes": b'"' * MEGABYTE,
    "escaped quotes": b"a,b\n" + b'\\"' * (MEGABYTE // 2),
    "a quote left open above many short lines": b'a,b\n"' + b"a\n" * (MEGABYTE // 2),
    "deep JSON": b'{"a":' + b"[" * MEGABYTE,
}


def read(data: bytes) -> None:
    with contextlib.suppress(TableError):
        read_table(data, "hostile.csv")


@pytest.fixture
def longest_wait():
    """Seconds of the processor for which this process kept another of its threads from running, at the most."""
    waits, done = [0.0], threading.Event()

    def watch():
        while not done.is_set():
            began = time.process_time()
            time.sleep(0.01)
            waits.append(time.process_time() - began)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield lambda: max(waits)
    done.set()
    watcher.join()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("data", [*SMALL.values(), *LARGE.values()], ids=[*SMALL, *(f"{name} (1 MB)" for name in LARGE)])
def test_a_hostile_file_is_answered_soon_and_others_go_on(data, longest_wait):
    began = time.process_time()
    read(data)
    assert time.process_time() - began < 12  # beside the measuring of coverage; most take under 0.1 s, half a million rows 2 s
    assert longest_wait() < 1


def test_the_telling_bytes_are_found_wherever_they_stand():
    text = "これは日本語の文章です。文字コードを見分けます。"
    for codec in ("cp932", "euc_jp", "iso2022_jp"):
        written = text.encode(codec)
        assert find_encoding(b"a" * 900_000 + written) == codec
        assert find_encoding(b"plain\r\n" * 100_000 + b"a" * 300_000 + b"," + written + b"\r\n") == codec


def test_rows_that_do_not_fit_end_the_reading():
    data = b"a,b\n1,2\n" + b"a\n" * (2 * MAX_ROWS)
    assert read_table(data, "ragged.csv", delimiter=",").skipped == MAX_ROWS + 1
