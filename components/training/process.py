"""Is that process still the one that was started, and how much time has passed? Neither is read off the clock on the wall, which people and
networks set: a process is told by the moment of its start since the machine's own, and times are measured from there as well.
"""

import os
import time
from functools import cache
from pathlib import Path

import psutil

READY = "worker.ready"  # a file in the store's folder: pid of the worker that has its imports behind it
_START_FIELD = 19  # of what follows the name in /proc/<pid>/stat: proc(5), starttime, field 22


def own_birth(pid: int) -> float:
    """When process `pid` was started, in seconds since the machine was (elsewhere than on Linux since the epoch); 0 if it is gone."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        if stat.exists():
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            return int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
        return psutil.Process(pid).create_time()
    except (OSError, psutil.Error):
        return 0.0


def is_alive(pid: int | None, born: float | None) -> bool:
    """Whether `pid` runs and was started at `born` (as `own_birth` gives it); a dead process that nobody has collected doesn't count."""
    if not pid:
        return False
    try:
        return abs(own_birth(pid) - (born or 0)) < 1 and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def ticks() -> float:
    """Seconds of a clock that nobody sets, the same for all processes until the machine is started anew."""
    return time.monotonic()


@cache
def boot() -> str:
    """Which start of the machine this is: `ticks` of another one can't be compared. "" where the system doesn't tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
