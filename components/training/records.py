"""Runs outlive their rows and their workers: a run's folder says what the database knows of it, a lost row comes back from there, and a run whose
worker is gone is marked as interrupted."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd

from components.errors import TrainingError
from components.training.database import Database
from components.training.process import boot, is_alive, ticks
from components.training.runs import STATES, Run, run_from_row

STALE = 15.0  # seconds without a heartbeat after which a worker is looked for
# What a run's folder says of it, so that a lost database loses no run: the columns that are not of the moment.
RECORD = "run.json"
RECORDED = (
    "id", "visitor", "owner", "read_key", "name", "hidden", "state", "reason", "settings", "data", "created", "started", "ended", "seconds",
    "estimate", "result",
)  # fmt: skip


def note(runs: Database, folder: Path) -> None:
    """Write what the database knows of a run into its folder, which bears its id. A full disk must not stop what was done."""
    with runs.connection() as database:
        row = database.execute(f"select {', '.join(RECORDED)} from runs where id = ?", (folder.name,)).fetchone()
    if row is None or not folder.is_dir():
        return
    with contextlib.suppress(OSError):
        made = folder / f"{RECORD}.new"
        made.touch(mode=0o600)
        made.write_text(json.dumps(dict(row)), encoding="utf-8")
        made.replace(folder / RECORD)


def restore(runs: Database, folder: Path) -> list[str]:
    """Put runs of `folder` whose row is missing back from what their folders say of themselves; one that waited or ran is interrupted."""
    with runs.connection() as database:
        known = {row["id"] for row in database.execute("select id from runs")}
    back = []
    for record in sorted(folder.glob(f"*/{RECORD}")):
        if record.parent.name in known or (row := read_record(record)) is None:
            continue
        if row["state"] in ("queued", "running"):
            row |= {"state": "interrupted", "reason": json.dumps(["training.reason-killed", {}])}
        with runs.connection(write=True) as database, contextlib.suppress(sqlite3.IntegrityError):
            names = ", ".join(RECORDED)
            marks = ", ".join("?" for _ in RECORDED)
            values = tuple(row[name] for name in RECORDED)
            database.execute(
                f"insert into runs ({names}, queued, bytes) values ({marks}, ?, ?)",
                (*values, row["created"], folder_bytes(record.parent)),
            )
            back.append(row["id"])
    return back


def interrupt_lost(runs: Database) -> list[str]:
    """Mark runs whose worker is gone as interrupted; their ids. Cheap: looks for a process only when a heartbeat is late."""
    lost = []
    with runs.connection() as database:
        late = database.execute(
            "select id, pid, born, coalesce(beat, 0) as beat from runs where state = 'running' and (boot <> ? or coalesce(beat, 0) < ?)",
            (boot(), ticks() - STALE),
        ).fetchall()
    for row in late:
        if not is_alive(row["pid"], row["born"]):
            with runs.connection(write=True, needed=True) as database:
                database.execute(
                    "update runs set state = 'interrupted', reason = '[\"training.reason-killed\", {}]', ended = heartbeat, pid = null, "
                    "seconds = seconds + max(coalesce(beat - begun, 0), 0) where id = ? and state = 'running' and coalesce(beat, 0) = ?",
                    (row["id"], row["beat"]),
                )
            lost.append(row["id"])
    return lost


def read_record(file: Path) -> dict[str, Any] | None:
    """What a run's folder says of it, column -> value; None where it doesn't say it whole, or says it of another run."""
    try:
        row = json.loads(file.read_text(encoding="utf-8"))
        run_from_row({**row, "progress": "{}", "bytes": 0, "stopping": 0}, file.parent, 0, True)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, TrainingError):
        return None
    whole = row.keys() == set(RECORDED) and row["id"] == file.parent.name and row["state"] in STATES
    return row if whole else None


def read_rows(run: Run, kind: str) -> pd.DataFrame:
    """What `RunStore.rows` gives, out of the run's folder."""
    if kind not in ("data", "parts", "predictions"):
        raise ValueError(f"unknown kind {kind!r}: expected 'data', 'parts' or 'predictions'")
    try:
        return pd.read_parquet(run.folder / f"{kind}.parquet").set_index("row")
    except FileNotFoundError as error:
        raise TrainingError("training.rows-gone" if run.state == "done" else "training.not-finished") from error


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
