"""`load(id, task)`: files found, model built once, kept in memory within a bound.

One lock for the whole process stands round every build: `from_pretrained` sets torch's default dtype for the process while it
works, so two builds side by side give models of the wrong precision. Asking for what is already loaded does not wait for it.
"""

import importlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from components.models import files as model_files
from components.models.hub import quiet_libraries
from components.models.tasks import ModelTask, task_of
from components.settings import cache_bytes

Progress = Callable[[str], None]
# What it is ready for, its folder, and its files' stamp.
CacheKey = tuple[str, str, model_files.Stamp]

Built = TypeVar("Built")
LOAD_LOCK = threading.RLock()
_CACHE_LOCK = threading.Lock()
_cache: "OrderedDict[CacheKey, Any]" = OrderedDict()


def load(id: str | os.PathLike[str], task: str | None = None, progress: Progress | None = None) -> Any:
    """The model `id` ready for `task`: an object of the task's module, the same one at the next call.

    id: a catalogue id, a Hub id, a folder, or "run:<id>" (see `files`); task: a name of `tasks.TASKS`, needed only where the id
    doesn't tell it. `progress` is called with a message key before each slow step of a first load, and not at all later.
    Raises ModelError (what a user can mend) or ValueError (an unknown task).
    """
    files = model_files.find(id, progress)
    chosen = task_of(files, task)
    return remember((chosen.name, str(files.folder), files.stamp()), lambda: _build(files, chosen, progress))


def remember(key: CacheKey, build: Callable[[], Built]) -> Built:
    """The value for `key`, built under the load lock if it isn't in memory; drops the longest unused beyond `settings.cache_bytes`."""
    with _CACHE_LOCK:
        if key in _cache:
            _cache.move_to_end(key)
            loaded_before: Built = _cache[key]
            return loaded_before
    with LOAD_LOCK:
        with _CACHE_LOCK:
            if key in _cache:
                loaded_meanwhile: Built = _cache[key]
                return loaded_meanwhile
        value = build()
        with _CACHE_LOCK:
            _cache[key] = value
            _make_room(key)
        return value


def _make_room(newest: CacheKey) -> None:
    """Drops the longest unused models until the rest fit. A backbone whose tensors a model in memory shares stays: dropping it would
    free nothing, and a second copy would be loaded for the next model. Sizes are asked anew: a model may have grown by copies of its weights."""
    while _held() > cache_bytes():
        shared = {key for value in _cache.values() for key in (getattr(value, "shares", None), *getattr(value, "also_shares", ()))}
        oldest = next((key for key in _cache if key not in shared and key != newest), None)
        if oldest is None:
            return
        del _cache[oldest]


def _held() -> int:
    return sum(int(getattr(value, "own_bytes", 0)) for value in _cache.values())


def held_bytes() -> int:
    """What the models in memory hold together, as they are counted against `settings.cache_bytes`."""
    with _CACHE_LOCK:
        return _held()


def loaded() -> list[CacheKey]:
    """The keys of what is in memory now, longest unused first: (task, folder, stamp)."""
    with _CACHE_LOCK:
        return list(_cache)


def forget() -> None:
    """Empties the memory of loaded models (tests; a host that wants its memory back)."""
    with _CACHE_LOCK:
        _cache.clear()


def _build(files: model_files.ModelFiles, task: ModelTask, progress: Progress | None) -> Any:
    quiet_libraries()
    if progress:
        progress("models.stage_libraries")
    module = importlib.import_module(task.module)
    if progress:
        progress("models.stage_weights")
    return module.build(files, task)
