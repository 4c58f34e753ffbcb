"""Where runs live: one SQLite file (WAL) for what changes, one folder a run for data and weights, under HIMOTOKU_HOME.

Who may do what: a run is found by the visitor's key, by its own owner key, or (reading only) by its read key, which "share" gives away.
Without one of them nobody lists or reads it. Owner and visitor keys are kept as SHA-256 only.
"""

import hashlib
import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from components.errors import TrainingError
from components.settings import home
from components.training.database import Database, make_private
from components.training.process import boot, own_birth, ticks
from components.training.quotas import check_quota
from components.training.records import folder_bytes, interrupt_lost, note, read_rows, restore
from components.training.results import CurvePoint, Ending
from components.training.runs import RESUMABLE, STATES, Estimate, Event, Progress, Run, digest, new_key, run_from_row
from components.training.settings import Limits, Settings

ROW = "row"  # the column of a run's files that names the table's rows
OF = "json_extract(data, '$.of')"
# Measuring takes some seconds and a visitor waits for it: it goes before those that wait, and has no place among them.
FIRST = "coalesce(json_extract(data, '$.purpose'), '') = 'measure'"


class RunStore:
    """`home`, `limits`; `database`: what changes of a run, and what was measured. Threads and processes can share a store."""

    def __init__(self, folder: Path | None = None, limits: Limits | None = None):
        self.home = Path(folder) if folder else home()
        self.limits = limits or Limits.from_environment()
        self.database = Database(self.home)

    # What a visitor does

    def create(
        self,
        visitor: str,
        settings: Settings,
        frame: pd.DataFrame,
        name: str = "",
        data: Mapping[str, Any] | None = None,
        hidden: bool = False,
        estimate: Estimate | None = None,
        network: str = "",
    ) -> tuple[Run, str]:
        """Queue a run on `frame`; gives the run and its owner key, which is not kept. `data`: what to remember of the file (name,
        encoding). `network`: the address that the visitor comes from, kept as its digest.

        Raises TrainingError when the visitor's quota, the queue or the disk is full, or a column is missing.
        """
        columns = list(settings.columns)
        for column in columns:
            if column not in frame.columns:
                raise TrainingError("training.column-missing", column=column)
            if column == ROW:
                raise TrainingError("training.column-reserved", column=column)
        whose = (digest(visitor), digest(network) if network else "", hidden)
        with self.database.connection() as database:
            check_quota(database, self.home, self.limits, *whose)  # before the rows are written; again when the run is
        id, owner = secrets.token_hex(8), new_key()
        folder = self.home / "runs" / id
        try:
            folder.mkdir(mode=0o700, parents=True)
            used = frame[columns].reset_index(names="row")
            used.to_parquet(folder / "data.parquet", index=False)
            make_private(folder)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise TrainingError("training.disk-full") from error
        facts = {"rows": len(frame), "columns": columns, "digest": hashlib.sha256((folder / "data.parquet").read_bytes()).hexdigest()[:16]}
        now = time.time()
        try:
            with self.database.connection(write=True) as database:
                check_quota(database, self.home, self.limits, *whose)
                database.execute(
                    "insert into runs (id, visitor, owner, read_key, name, hidden, state, reason, settings, data, created, queued, estimate, "
                    "bytes, network) values (?, ?, ?, ?, ?, ?, 'queued', '[\"\", {}]', ?, ?, ?, ?, ?, ?, ?)",
                    (id, whose[0], digest(owner), new_key(), (name or "run")[:100], int(hidden), json.dumps(settings.to_json()),
                     json.dumps({**facts, **(data or {})}), now, now, json.dumps(asdict(estimate) if estimate else {}), folder_bytes(folder), whose[1]),
                )  # fmt: skip
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._note(id)
        return self.get(id, owner), owner

    def get(self, id: str, key: str) -> Run:
        """The run, for whoever holds one of its keys. Raises TrainingError otherwise, the same whether it exists or not."""
        self.recover()
        with self.database.connection() as database:
            row = database.execute("select * from runs where id = ?", (id,)).fetchone()
            if row is None or not key or not (self._owns(row, key) or secrets.compare_digest(row["read_key"].encode(), key.encode())):
                raise TrainingError("training.run-missing")
            return self._run(database, row, owned=self._owns(row, key))

    def runs(self, visitor: str) -> list[Run]:
        """The visitor's runs, the newest first."""
        self.recover()
        with self.database.connection() as database:
            rows = database.execute(
                "select * from runs where visitor = ? and not hidden order by created desc, rowid desc", (digest(visitor),)
            )
            return [self._run(database, row, owned=True) for row in rows.fetchall()]

    def last_seconds(self, sample: str) -> float | None:
        """How long the last training of all weights on the sample of this id took here, whoever asked for it; None where there was none."""
        with self.database.connection() as database:
            row = database.execute(
                "select seconds from runs where state = 'done' and not hidden and json_extract(data, '$.sample') = ? "
                "and json_extract(settings, '$.tune') = 'all' and json_extract(data, '$.from') is null order by ended desc limit 1",
                (sample,),
            ).fetchone()
        return float(row["seconds"]) if row else None

    def derived(self, id: str, key: str) -> list[Run]:
        """The hidden runs that were made for the run `id` and say so in their data ("of"), the newest first."""
        self.get(id, key)
        with self.database.connection() as database:
            rows = database.execute(f"select * from runs where hidden and {OF} = ? order by created desc, rowid desc", (id,)).fetchall()
            return [self._run(database, row, owned=self._owns(row, key)) for row in rows]

    def rename(self, id: str, key: str, name: str) -> None:
        self._owned(id, key)
        self.database.update(id, name=name.strip()[:100] or "run")
        self._note(id)

    def delete(self, id: str, key: str) -> None:
        """Remove the run, what was made for it, and all their files. Raises TrainingError while it is running."""
        if self._owned(id, key).state == "running":
            raise TrainingError("training.run-busy")
        for made in self.derived(id, key):
            self.database.update(made.id, stopping=1)  # one that trains is removed by the cleaner, after it has stopped
            self._remove(made.id)
        self._remove(id)

    def stop(self, id: str, key: str) -> None:
        """Ask a running run to stop, keeping the best so far; a waiting one leaves the queue."""
        self._owned(id, key)
        with self.database.connection(write=True) as database:
            database.execute("update runs set stopping = 1 where id = ? and state = 'running'", (id,))
            database.execute(
                "update runs set state = 'interrupted', reason = '[\"training.reason-unqueued\", {}]' where id = ? and state = 'queued'",
                (id,),
            )

    def resume(self, id: str, key: str) -> None:
        """Queue a stopped or interrupted run again; it goes on from its last checkpoint. Raises TrainingError for another state."""
        run = self._owned(id, key)
        if run.state not in RESUMABLE:
            raise TrainingError("training.run-not-resumable")
        self.database.update(id, state="queued", queued=time.time(), stopping=0, reason=json.dumps(["", {}]))

    def events(self, id: str, key: str, after: int = 0) -> list[Event]:
        """What has happened since event `after`."""
        self.get(id, key)
        with self.database.connection() as database:
            rows = database.execute("select * from events where run = ? and number > ? order by number", (id, after)).fetchall()
        return [Event(row["number"], row["at"], row["kind"], json.loads(row["content"])) for row in rows]

    def rows(self, id: str, key: str, kind: str = "data") -> pd.DataFrame:
        """The run's rows by their names in the table: "data" (the columns used), "parts" (part: train, validation, test) or "predictions"
        (of the test rows: label, predicted, confidence). Raises TrainingError where the run has none (yet), or they are gone."""
        return read_rows(self.get(id, key), kind)

    # What a worker does

    def claim(self, pid: int, id: str | None = None) -> Run | None:
        """Take the run that has waited longest (or `id`), unless another is running: one at a time. None if there is nothing to do."""
        self.recover()
        with self.database.connection() as database:  # a warm worker asks three times a second: no write lock for nothing
            if not database.execute("select 1 from runs where state = 'queued'").fetchone():
                return None
        now = time.time()
        with self.database.connection(write=True) as database:
            if database.execute("select 1 from runs where state = 'running'").fetchone():
                return None
            row = database.execute(
                f"select * from runs where state = 'queued' and (? is null or id = ?) order by {FIRST} desc, queued limit 1", (id, id)
            ).fetchone()
            if row is None:
                return None
            database.execute(
                "update runs set state = 'running', started = ?, ended = null, pid = ?, born = ?, heartbeat = ?, stopping = 0, begun = ?, beat = ?, "
                "boot = ? where id = ?",
                (now, pid, own_birth(pid), now, ticks(), ticks(), boot(), row["id"]),
            )
            return self._run(database, database.execute("select * from runs where id = ?", (row["id"],)).fetchone(), owned=True)

    def heartbeat(self, id: str, progress: Progress | None = None) -> bool:
        """Say that the run is alive; True if it should stop."""
        changes: dict[str, object] = {"heartbeat": time.time(), "beat": ticks()} | (
            {"progress": json.dumps(asdict(progress))} if progress else {}
        )
        self.database.update(id, **changes)
        with self.database.connection() as database:
            row = database.execute("select stopping from runs where id = ?", (id,)).fetchone()
        return bool(row and row["stopping"])

    def is_busy(self, pid: int | None = None) -> bool:
        """Whether a run is trained now: by process `pid`, or by any."""
        with self.database.connection() as database:
            wanted = "select 1 from runs where state = 'running' and (? is null or pid = ?)"
            return database.execute(wanted, (pid, pid)).fetchone() is not None

    def add_event(self, id: str, kind: str, content: Mapping[str, Any]) -> None:
        with self.database.connection(write=True) as database:
            database.execute(
                "insert into events (run, at, kind, content) values (?, ?, ?, ?)", (id, time.time(), kind, json.dumps(content))
            )

    def finish(self, id: str, ending: Ending) -> None:
        """End a run that is running. Raises ValueError for an unknown state."""
        if ending.state not in STATES:
            raise ValueError(f"unknown state {ending.state!r}: expected one of {STATES}")
        now = time.time()
        make_private(self.home / "runs" / id)
        size = folder_bytes(self.home / "runs" / id)
        reason = json.dumps([ending.reason.key, dict(ending.reason.values)])
        result = json.dumps(ending.result.to_json()) if ending.result else None
        with self.database.connection(write=True, needed=True) as database:
            database.execute(
                "update runs set state = ?, reason = ?, ended = ?, seconds = seconds + max(? - coalesce(begun, ?), 0), pid = null, stopping = 0, "
                "bytes = ?, result = coalesce(?, result) where id = ? and state = 'running'",
                (ending.state, reason, now, ticks(), ticks(), size, result, id),
            )
        self._note(id)

    def add_curve(self, id: str, points: Sequence[CurvePoint]) -> None:
        """Put a learning curve into the result of a run that has ended; nothing where the run is gone."""
        curve = json.dumps([point.to_json() for point in points])
        with self.database.connection(write=True) as database:
            database.execute("update runs set result = json_set(result, '$.curve', json(?)) where id = ?", (curve, id))
        self._note(id)

    def recover(self) -> None:
        """Mark runs whose worker is gone as interrupted. Cheap: looks for a process only when a heartbeat is late."""
        for id in interrupt_lost(self.database):
            self._note(id)

    def clean(self, now: float | None = None) -> list[str]:
        """Delete runs older than the age limit, hidden ones after an hour or with the run that they were made for, and folders that
        belong to no run and say of none. Never one that waits or runs.
        """
        now = now or time.time()
        self.database.keep_reserve()
        self.restore()
        with self.database.connection() as database:
            old = database.execute(
                "select id from runs where state not in ('running', 'queued') and (coalesce(ended, created) < case when hidden then ? else ? end "
                f"or {OF} is not null and {OF} not in (select id from runs))",
                (now - 3600, now - self.limits.days * 86_400),
            ).fetchall()
            known = {row["id"] for row in database.execute("select id from runs")}
        for row in old:
            self._remove(row["id"])
        for folder in (self.home / "runs").iterdir():
            # A folder is made a moment before its row.
            if folder.name not in known and folder.stat().st_mtime < now - 3600:
                shutil.rmtree(folder, ignore_errors=True)
        return [row["id"] for row in old]

    def restore(self) -> list[str]:
        """Put runs whose row is missing back from what their folders say of themselves; one that waited or ran is interrupted."""
        return restore(self.database, self.home / "runs")

    def _note(self, id: str) -> None:
        note(self.database, self.home / "runs" / id)

    def _owned(self, id: str, key: str) -> Run:
        run = self.get(id, key)
        if not run.owned:
            raise TrainingError("training.run-read-only")
        return run

    @staticmethod
    def _owns(row: sqlite3.Row, key: str) -> bool:
        return secrets.compare_digest(row["visitor"], digest(key)) or secrets.compare_digest(row["owner"], digest(key))

    def _remove(self, id: str) -> None:
        with self.database.connection(write=True, needed=True) as database:
            if database.execute("delete from runs where id = ? and state <> 'running'", (id,)).rowcount:
                shutil.rmtree(self.home / "runs" / id, ignore_errors=True)

    def _run(self, database: sqlite3.Connection, row: sqlite3.Row, owned: bool) -> Run:
        position = 0
        if row["state"] == "queued":
            earlier = f"select count(*) from runs where state = 'queued' and not {FIRST} and queued < ?"
            position = 1 + database.execute(earlier, (row["queued"],)).fetchone()[0]
        return run_from_row(dict(row), self.home / "runs" / row["id"], position, owned)
