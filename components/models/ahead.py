"""A language's default models, loaded before anybody asks for them: in a thread of its own, one after the other, each while nobody computes.

The thread has no lower priority with the system: what holds the lock of a build, or Python's own, must not be kept waiting by what others compute.
It goes last by asking last.
"""

import logging
import threading
import time

import psutil

from components.errors import ModelError
from components.models.bundled import models_for
from components.models.cards import card
from components.models.loading import LOAD_LOCK, held_bytes, load
from components.models.turns import TURNS
from components.settings import cache_bytes, loads_ahead

log = logging.getLogger("himotoku")

PAUSE = 2.0  # seconds in which nobody computed and no model was built, before each build
LOOK = 0.25  # seconds between two looks
# Bytes a parameter: its float32, and at most as much again for weights of its own that an adapter was added into.
BYTES_A_PARAMETER = 8
LEFT_FREE = 500_000_000  # bytes of the machine's memory that stay for what people ask for

_lock = threading.Lock()
_begun: set[str] = set()


def load_ahead(language: str) -> None:
    """Begins to load the default models of `language`, once a process; returns at once. Nothing where the host does not want it
    (`settings.loads_ahead`). What would push a loaded model out, or leave the machine without memory, is not loaded."""
    with _lock:
        if language in _begun or not loads_ahead():
            return
        _begun.add(language)
    threading.Thread(target=_load_all, args=(language,), name=f"ahead-{language}", daemon=True).start()


def _load_all(language: str) -> None:
    for id in models_for(language).tasks.values():
        _until_quiet()
        if not fits(id):
            return
        try:
            load(id)
        except (ModelError, OSError) as problem:  # whoever asks for it is told
            log.info("%s was not loaded ahead: %s", id, problem)


def fits(id: str) -> bool:
    """Whether bundled model `id` has room beside those that are loaded."""
    entry = card(id)
    need = BYTES_A_PARAMETER * entry.parameters if entry else 0
    return held_bytes() + need <= cache_bytes() and psutil.virtual_memory().available - need >= LEFT_FREE


def _until_quiet() -> None:
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < PAUSE:
        time.sleep(LOOK)
        if TURNS.taken or not _nobody_builds():
            quiet_since = time.monotonic()


def _nobody_builds() -> bool:
    free = LOAD_LOCK.acquire(blocking=False)
    if free:
        LOAD_LOCK.release()
    return free
