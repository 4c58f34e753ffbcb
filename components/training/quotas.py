"""How many runs a visitor, an address of the network and all of them together may have, and how much of the disk."""

import shutil
import sqlite3
from pathlib import Path

from components.errors import TrainingError
from components.training.database import LEAST_FREE
from components.training.settings import Limits


def check_quota(database: sqlite3.Connection, home: Path, limits: Limits, visitor: str, network: str, hidden: bool) -> None:
    """Raises TrainingError where no room is left for one more run: of the visitor (a digest), of their network, of the queue, on the disk."""
    sums = "select count(*), coalesce(sum(bytes), 0), coalesce(sum(state = 'queued'), 0) from runs where visitor = ? and hidden = ?"
    runs, size, waiting = database.execute(sums, (visitor, int(hidden))).fetchone()
    queue = "select count(*), coalesce(sum(network <> '' and network = ?), 0) from runs where state = 'queued'"
    queued, from_there = database.execute(queue, (network,)).fetchone()
    if runs >= limits.runs and not hidden:
        raise TrainingError("training.quota-runs", limit=limits.runs)
    if waiting >= limits.waiting:
        raise TrainingError("training.quota-waiting", limit=limits.waiting)
    if queued >= limits.queue or from_there >= limits.network_waiting:
        raise TrainingError("training.queue-full", queued=queued)
    if size >= limits.bytes:
        raise TrainingError("training.quota-bytes", limit=round(limits.bytes / 1e6), used=round(size / 1e6))
    if shutil.disk_usage(home).free < LEAST_FREE:
        raise TrainingError("training.disk-full")
