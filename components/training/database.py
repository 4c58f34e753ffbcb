"""The one SQLite file (WAL) of a store of runs: its tables, its connections, and what a full disk does to them."""

import json
import logging
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from components.errors import TrainingError

log = logging.getLogger("himotoku")

SCHEMA = """
create table if not exists runs (
    id text primary key, visitor text not null, owner text not null, read_key text not null, name text not null, hidden integer not null,
    state text not null, reason text not null, settings text not null, data text not null, created real not null, queued real not null,
    started real, ended real, seconds real not null default 0, pid integer, born real, heartbeat real,
    stopping integer not null default 0, progress text not null default '{}', estimate text not null default '{}',
    result text not null default '{}', bytes integer not null default 0
);
create index if not exists runs_visitor on runs (visitor, created);
create index if not exists runs_state on runs (state, queued);
create table if not exists events (
    number integer primary key, run text not null references runs (id) on delete cascade, at real not null, kind text not null, content
    text not null
);
create index if not exists events_run on events (run, number);
create table if not exists speeds (key text primary key, content text not null, at real not null);
create table if not exists understood (
    visitor text not null, question text not null, first integer not null, at real not null, primary key (visitor, question)
) without rowid;
create index if not exists understood_at on understood (at);
create table if not exists labellings (
    id text primary key, visitor text not null, name text not null, classes text not null, facts text not null, created real not null,
    touched real not null, bytes integer not null default 0
);
create index if not exists labellings_visitor on labellings (visitor, created);
create table if not exists labels (
    labelling text not null references labellings (id) on delete cascade, row integer not null, given integer not null,
    random integer not null, guess integer, number integer not null, primary key (labelling, row)
) without rowid;
"""
# Columns that came later: an older file gets them when it is opened. begun, beat: of the clock that nobody sets, in the machine's start `boot`.
LATER = {"begun": "real", "beat": "real", "boot": "text not null default ''", "network": "text not null default ''"}
LEAST_FREE = 500_000_000  # bytes of disk below which nothing new is begun
RESERVE = 4_000_000


class Database:
    """`home` / runs.sqlite. Every use opens its own connection, so that threads and processes can share it.

    A file of 4 MB is kept beside it and given up when the disk is full: without it the database could not even note that.
    """

    def __init__(self, home: Path):
        self.home = home
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("runs", "labellings"):
            (home / name).mkdir(exist_ok=True)
            (home / name).chmod(0o700)  # what visitors upload is nobody else's on this machine
        self._reserve = home / "reserve"
        self.keep_reserve()
        self._set_aside_if_broken()
        self.file.touch(mode=0o600)
        with suppress(PermissionError):  # another user's, who lets this one write
            self.file.chmod(0o600)
        with self.connection() as database:
            database.execute("pragma journal_mode = wal")
            database.executescript(SCHEMA)
            there = {row["name"] for row in database.execute("pragma table_info(runs)")}
            for name, kind in LATER.items():
                if name not in there:
                    with suppress(sqlite3.OperationalError):  # another process was as quick
                        database.execute(f"alter table runs add column {name} {kind}")

    @property
    def file(self) -> Path:
        return self.home / "runs.sqlite"

    def _set_aside_if_broken(self) -> None:
        """A file that can't be read makes room for a new one, which the run folders fill (`RunStore.restore`); it is kept, for whoever
        wants to look."""
        if not self.file.exists():
            return
        try:
            with closing(sqlite3.connect(self.file, timeout=20)) as database:
                whole = database.execute("pragma quick_check(1)").fetchone()[0] == "ok"
        except sqlite3.OperationalError:  # locked, or the disk's doing
            return
        except sqlite3.DatabaseError:
            whole = False
        if not whole:
            log.error("the database of runs is damaged: it is set aside, and the runs are read from their folders")
            for ending in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(f"{self.file}{ending}").replace(f"{self.file}.damaged{ending}")

    @contextmanager
    def connection(self, write: bool = False, needed: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection; `write`: one transaction round the block; `needed`: one that may use the reserve. Raises TrainingError when the
        disk is full."""
        try:
            if needed and self._is_full():
                self._reserve.unlink(missing_ok=True)
            with closing(sqlite3.connect(self.file, timeout=20, isolation_level=None)) as database:
                database.row_factory = sqlite3.Row
                database.execute("pragma foreign_keys = on")
                if not write:
                    yield database
                    return
                database.execute("begin immediate")
                try:
                    yield database
                except BaseException:
                    database.execute("rollback")
                    raise
                database.execute("commit")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL or self._is_full():
                raise TrainingError("training.disk-full") from error
            raise

    def update(self, id: str, **changes: object) -> None:
        """Set columns of the run `id`."""
        with self.connection(write=True) as database:
            names = ", ".join(f"{name} = ?" for name in changes)
            database.execute(f"update runs set {names} where id = ?", (*changes.values(), id))

    def keep_reserve(self) -> None:
        """Lay the reserve aside, where there is room."""
        if not self._reserve.exists() and shutil.disk_usage(self.home).free > LEAST_FREE:
            with suppress(OSError):
                self._reserve.write_bytes(bytes(RESERVE))

    def _is_full(self) -> bool:
        return shutil.disk_usage(self.home).free < RESERVE / 4

    def remember_speed(self, key: str, content: Mapping[str, Any]) -> None:
        """Keep what was measured of one kind of training."""
        with self.connection(write=True) as database:
            database.execute("insert or replace into speeds values (?, ?, ?)", (key, json.dumps(dict(content)), time.time()))

    def speed(self, key: str) -> dict[str, Any] | None:
        with self.connection() as database:
            row = database.execute("select content from speeds where key = ?", (key,)).fetchone()
        content: dict[str, Any] | None = json.loads(row["content"]) if row else None
        return content


def make_private(folder: Path) -> None:
    """Takes a run's files and folders out of the sight of the machine's other users."""
    for path in (folder, *folder.rglob("*")):
        with suppress(OSError):
            path.chmod(0o700 if path.is_dir() else 0o600)
