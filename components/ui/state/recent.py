"""Results that outlive a rerun of the page: the most recent ones, for a session or for the process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import streamlit as st

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class Recent(Generic[Key, Result]):
    """At most `maxsize` results under the keys that they were made from; the longest unused one leaves first. Safe for threads.

    Nothing is locked while a result is made: two threads that want the same one at once may both make it, and the first counts.
    """

    def __init__(self, maxsize: int) -> None:
        self.maxsize = maxsize
        self._results: OrderedDict[Key, Result] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Result]) -> Result:
        """The result under `key`, made where it isn't here."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        made = make()
        with self._lock:
            return self._put(key, self._results.get(key, made))

    def put(self, key: Key, result: Result) -> None:
        """Keeps `result` under `key`, in the place of what was there."""
        with self._lock:
            self._put(key, result)

    def peek(self, key: Key) -> Result | None:
        """The result under `key`, None where there is none."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def latest(self) -> tuple[Key, Result] | None:
        """The result used last and its key, None where there is none."""
        with self._lock:
            return next(reversed(self._results.items()), None)

    def __len__(self) -> int:
        return len(self._results)

    def _put(self, key: Key, result: Result) -> Result:
        self._results[key] = result
        self._results.move_to_end(key)
        while len(self._results) > self.maxsize:
            self._results.popitem(last=False)
        return result


def recent(name: str, maxsize: int) -> Recent:
    """The session's results of this name; none for a visitor who comes in."""
    if name not in st.session_state:
        st.session_state[name] = Recent(maxsize)
    return st.session_state[name]


def kept(name: str, key: Hashable, make: Callable[[], Result]) -> Result:
    """The session's one result of this name, made anew when `key`, which tells what it was made from, is another."""
    return recent(name, 1).get(key, make)
