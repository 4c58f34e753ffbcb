"""Who computes when: one request alone on all cores, or sentences and batches of long work side by side, a core each; and for how long.

What gains from all cores has them alone. A sentence or a batch of long work has one, beside others: two on a core each are done sooner than one
after the other on both. Long work asks for its turn batch by batch, and whoever asks for something short goes before all of it: a visitor with
one sentence waits for the batches that run at this moment, never for anybody's table. Whoever waits can be told their place; a page's computing
has an end (`time_limit`).
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from components.errors import ModelError

TOLD_AFTER = 1.0  # seconds of waiting before the first word of it, and between two
WEIGHT = 0.2  # of the newest turn in the mean length of turns
MOST_IN_FRONT = 8  # short turns one after the other while long work waits: then a batch of it is let in

Tell = Callable[[int, float], None]


class OutOfTime(ModelError):
    """What a page computes took longer than the host allows at a stretch."""


class _Here(threading.local):
    """What holds for this thread."""

    deadline: float | None = None
    seconds: float = 0.0
    tell: Tell | None = None


class _Asked(threading.Event):
    """Somebody's wish for a turn, set once it is given. beside: with others, on one core."""

    def __init__(self, beside: bool) -> None:
        super().__init__()
        self.beside = beside


class Turns:
    """A lock that is given in the order in which threads ask for it, to short work before long. A thread that has it alone may ask again.

    seats: how many turns there may be side by side.
    """

    def __init__(self, seats: int = 1) -> None:
        self.seats = seats
        self._lock = threading.Lock()
        self._short: deque[_Asked] = deque()
        self._long: deque[_Asked] = deque()
        self._owner: int | None = None
        self._depth = 0
        self._beside = 0  # turns side by side now
        self._in_front = 0  # short turns since long work was last let in
        self._begun = 0.0
        self._mean: float | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for this thread's turn and holds it alone inside. Raises OutOfTime."""
        check_time()
        self._take()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def turn_if_free(self) -> Iterator[bool]:
        """This thread's turn alone, if nobody has one or waits for one at this moment: whether it has it. Raises OutOfTime."""
        check_time()
        with self._lock:
            me = threading.get_ident()
            free = self._owner == me or not self.taken
            if free:
                self._begun = self._begun if self._depth else time.monotonic()
                self._owner = me
                self._depth += 1
        try:
            yield free
        finally:
            if free:
                self._leave()

    @contextmanager
    def seat(self, *, short: bool = False) -> Iterator[None]:
        """Waits for a turn beside at most `seats` - 1 others and holds it inside; a thread that has its turn alone goes on in it. short: before
        all long work. Raises OutOfTime."""
        check_time()
        if self._owner == threading.get_ident():
            yield
            return
        self._sit_down(short)
        begun = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._beside -= 1
                self._took((time.monotonic() - begun) / self.seats)
                self._pass_on()

    def give_way(self) -> None:
        """Inside a turn: lets those who wait now go first. Nothing where nobody waits, or the turn was taken more than once. Raises OutOfTime."""
        check_time()
        with self._lock:
            wanted = self._owner == threading.get_ident() and self._depth == 1 and bool(self.waiting)
        if wanted:
            self._leave()
            self._take()

    @property
    def waiting(self) -> int:
        """How many threads wait."""
        return len(self._short) + len(self._long)

    @property
    def taken(self) -> bool:
        """Whether anybody has a turn now, or waits for one."""
        return self._owner is not None or self._beside > 0 or self.waiting > 0

    @property
    def mean(self) -> float:
        """How long a turn takes, in seconds: the mean of those so far, the newest counting most; 0 before the first."""
        return self._mean or 0.0

    def _take(self) -> None:
        me = threading.get_ident()
        with self._lock:
            if self._owner == me or (self._owner is None and not self._beside):
                self._begun = self._begun if self._depth else time.monotonic()
                self._owner = me
                self._depth += 1
                return
            called = _Asked(beside=False)
            self._short.append(called)
        try:
            self._wait(called)
        except BaseException:  # an interrupt while waiting: the turn goes on to the next, if it was given just now
            with self._lock:
                if called in self._short:
                    self._short.remove(called)
                else:
                    self._owner = None
                self._pass_on()
            raise
        with self._lock:
            self._owner, self._depth, self._begun = me, 1, time.monotonic()

    def _sit_down(self, short: bool) -> None:
        queue = self._short if short else self._long
        with self._lock:
            if self._owner is None and self._beside < self.seats and not self.waiting:
                self._beside += 1
                return
            called = _Asked(beside=True)
            queue.append(called)
        try:
            self._wait(called)
        except BaseException:
            with self._lock:
                if called in queue:
                    queue.remove(called)
                else:
                    self._beside -= 1
                self._pass_on()
            raise

    def _wait(self, called: _Asked) -> None:
        """Until it is called; meanwhile the thread is told its place (1: the next) and about how many seconds that is, at last 0 and 0."""
        told = False
        while not called.wait(TOLD_AFTER):
            check_time()
            with self._lock:
                line = [*self._short, *self._long]
                place = line.index(called) + 1 if called in line else 0
            if place and _HERE.tell:
                told = True
                _HERE.tell(place, place * self.mean)
        if told and _HERE.tell:
            _HERE.tell(0, 0.0)

    def _leave(self) -> None:
        with self._lock:
            if self._owner != threading.get_ident():
                return  # it gave way and never got its turn back
            self._depth -= 1
            if self._depth:
                return
            self._took(time.monotonic() - self._begun)
            self._owner = None
            self._pass_on()

    def _took(self, seconds: float) -> None:
        self._mean = seconds if self._mean is None else self._mean + WEIGHT * (seconds - self._mean)

    def _pass_on(self) -> None:
        """Under the lock: gives what is free to those whose turn it is."""
        while self._owner is None and self.waiting:
            if self._long and (not self._short or self._in_front >= MOST_IN_FRONT):
                if self._beside >= self.seats:
                    return
                self._beside += 1
                self._in_front = 0
                self._long.popleft().set()
            elif self._short[0].beside:
                if self._beside >= self.seats:
                    return
                self._beside += 1
                self._in_front += bool(self._long)
                self._short.popleft().set()
            elif self._beside:
                return
            else:
                self._owner = -1  # given, and not taken yet: nobody else may step in between
                self._in_front += 1
                self._short.popleft().set()


TURNS = Turns()
_HERE = _Here()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Inside, in this thread, what is computed ends after `seconds`, waiting counted: no further turn is given then, and OutOfTime is raised."""
    before = _HERE.deadline, _HERE.seconds
    _HERE.deadline, _HERE.seconds = time.monotonic() + seconds, seconds
    try:
        yield
    finally:
        _HERE.deadline, _HERE.seconds = before


@contextmanager
def told(tell: Tell) -> Iterator[None]:
    """Inside, in this thread, `tell(place, seconds)` is called while it waits for its turn, and `tell(0, 0)` when it has it."""
    before, _HERE.tell = _HERE.tell, tell
    try:
        yield
    finally:
        _HERE.tell = before


def is_out_of_time() -> bool:
    """Whether the time of this thread's computing is over; False where it has no limit."""
    return _HERE.deadline is not None and time.monotonic() > _HERE.deadline


def check_time() -> None:
    """Between the steps of what takes long: raises OutOfTime once its time is over."""
    if is_out_of_time():
        raise OutOfTime("models.out_of_time", seconds=round(_HERE.seconds))
