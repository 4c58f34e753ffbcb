"""Is that process still the one that was started? A number alone is given again after a restart."""

import psutil

READY = "worker.ready"  # a file in the store's folder: pid of the worker that has its imports behind it


def own_birth(pid: int) -> float:
    """When process `pid` was started, 0 if it is gone."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def is_alive(pid: int | None, born: float | None) -> bool:
    """Whether `pid` runs and was started at `born` (seconds since the epoch); a dead process that nobody has collected doesn't count."""
    if not pid:
        return False
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - (born or 0)) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
