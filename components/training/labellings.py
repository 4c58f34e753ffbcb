"""Where labellings live: names, classes and answers in the database of runs, the texts and their vectors in a folder each, under HIMOTOKU_HOME.

A labelling is its visitor's alone: it is found by the visitor's key, which is kept as its digest, and nobody else lists or reads it. Every answer is
written when it is given. The folder says once in a while what the database knows, so that a lost database loses at most the last few answers.
"""

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import pandas as pd

from components.errors import TrainingError
from components.training.database import LEAST_FREE, Database, make_private
from components.training.labelling import SKIPPED, Answer
from components.training.labelling_facts import (
    LONGEST_TEXT,
    MOST_AT_ONCE,
    MOST_BYTES,
    MOST_CHARACTERS,
    MOST_LABELLINGS,
    MOST_ROWS,
    NOTED_EACH,
    Change,
    Labelling,
    apply_changes,
    checked_classes,
    count_answers,
    cut_name,
)
from components.training.records import folder_bytes
from components.training.runs import digest

RECORD = "labelling.json"


class Labellings:
    """The visitors' labellings. Threads and processes can share them."""

    def __init__(self, database: Database, days: int):
        self.database, self.days = database, days
        self.folder = database.home / "labellings"

    def create(
        self,
        visitor: str,
        name: str,
        texts: pd.Series,
        classes: Sequence[str],
        language: str,
        backbone: str,
        given: Mapping[int, int] = {},
    ) -> Labelling:
        """A labelling of `texts`, whose index names the file's rows; given: row's place -> class's number, where the file has labels already.
        Raises TrainingError where there is too much of anything, or too little."""
        names = checked_classes(classes)
        if len(texts) < 2:
            raise TrainingError("label.too_few_texts")
        characters = int(texts.str.len().sum())
        for key, found, most in (("label.too_many_rows", len(texts), MOST_ROWS), ("label.too_long", characters, MOST_CHARACTERS)):
            if found > most:
                raise TrainingError(key, found=f"{found:,}", most=f"{most:,}")
        self.clean()
        id, now = secrets.token_hex(8), time.time()
        folder = self.folder / id
        with self.database.connection() as database:
            self._check_quota(database, visitor)
        try:
            folder.mkdir(mode=0o700)
            frame = pd.DataFrame({"row": texts.index.to_numpy(), "text": texts.str.slice(0, LONGEST_TEXT).to_numpy()})
            frame.to_parquet(folder / "texts.parquet", index=False)
            make_private(folder)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise TrainingError("training.disk-full") from error
        facts = json.dumps({"rows": len(frame), "language": language, "backbone": backbone})
        try:
            with self.database.connection(write=True) as database:
                self._check_quota(database, visitor)
                database.execute(
                    "insert into labellings values (?, ?, ?, ?, ?, ?, ?, ?)",
                    (id, digest(visitor), cut_name(name), json.dumps(names), facts, now, now, folder_bytes(folder)),
                )
                changes = [Change(row, number) for row, number in given.items()]
                apply_changes(database, id, changes, len(frame), names)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._note(id)
        return self.get(id, visitor)

    def get(self, id: str, visitor: str) -> Labelling:
        """Raises TrainingError where it isn't there or isn't this visitor's, in the same words."""
        with self.database.connection() as database:
            return self._labelling(database, self._row(database, id, visitor))

    def of(self, visitor: str) -> list[Labelling]:
        """The visitor's labellings, the one worked on last first."""
        with self.database.connection() as database:
            rows = database.execute("select * from labellings where visitor = ? order by touched desc, rowid desc", (digest(visitor),))
            return [self._labelling(database, row) for row in rows.fetchall()]

    def rename(self, id: str, visitor: str, name: str) -> None:
        self._update(id, visitor, name=cut_name(name))

    def delete(self, id: str, visitor: str) -> None:
        self.get(id, visitor)
        self._remove(id)

    def add_class(self, id: str, visitor: str, name: str) -> None:
        """Raises TrainingError for no name, one that is there, or one class too many."""
        classes = list(self.get(id, visitor).classes)
        place = classes.index("") if "" in classes else len(classes)
        self._update(id, visitor, classes=json.dumps(checked_classes([*classes[:place], name, *classes[place + 1 :]], place)))

    def rename_class(self, id: str, visitor: str, number: int, name: str) -> None:
        """The labels stay, under the new name. Raises TrainingError as `add_class` does."""
        classes = list(self.get(id, visitor).classes)
        classes[number] = name
        self._update(id, visitor, classes=json.dumps(checked_classes(classes, number)))

    def remove_class(self, id: str, visitor: str, number: int) -> None:
        """Raises TrainingError for a class that has labels."""
        classes = list(self.get(id, visitor).classes)
        if any(answer.given == number for answer in self.answers(id, visitor)):
            raise TrainingError("label.class_has_labels", name=classes[number])
        classes[number] = ""
        self._update(id, visitor, classes=json.dumps(classes))

    def change(self, id: str, visitor: str, changes: Sequence[Change]) -> None:
        """Applies what a person did, in order; doing it twice gives the same. A row or a class that isn't there is passed over. Raises
        TrainingError where the disk is full."""
        with self.database.connection(write=True, needed=True) as database:
            row = self._row(database, id, visitor)
            before = count_answers(database, id)
            apply_changes(database, id, changes[:MOST_AT_ONCE], json.loads(row["facts"])["rows"], json.loads(row["classes"]))
            database.execute("update labellings set touched = ? where id = ?", (time.time(), id))
            after = count_answers(database, id)
        if after // NOTED_EACH != before // NOTED_EACH:
            self._note(id)

    def answers(self, id: str, visitor: str) -> list[Answer]:
        """In the order in which they were given."""
        with self.database.connection() as database:
            self._row(database, id, visitor)
            rows = database.execute("select row, given, random, guess from labels where labelling = ? order by number", (id,)).fetchall()
        return [Answer(row["row"], row["given"], bool(row["random"]), row["guess"]) for row in rows]

    def texts(self, id: str, visitor: str) -> pd.DataFrame:
        """Columns row (its name in the file) and text. Raises TrainingError where the file is gone."""
        try:
            return pd.read_parquet(self.get(id, visitor).folder / "texts.parquet")
        except FileNotFoundError as error:
            raise TrainingError("label.missing") from error

    def clean(self, now: float | None = None) -> list[str]:
        """Removes what nobody has worked on for `days`, and folders that belong to nothing and say of nothing."""
        now = now or time.time()
        self.restore()
        with self.database.connection() as database:
            rows = database.execute("select id, touched from labellings").fetchall()
        old = [row["id"] for row in rows if row["touched"] < now - self.days * 86_400]
        for id in old:
            self._remove(id)
        known = {row["id"] for row in rows}
        for folder in self.folder.iterdir():
            with suppress(OSError):  # another process was as quick
                if folder.name not in known and folder.stat().st_mtime < now - 3600:  # a folder is made a moment before its row
                    shutil.rmtree(folder, ignore_errors=True)
        return old

    def restore(self) -> list[str]:
        """Puts labellings whose row is missing back from what their folders say."""
        with self.database.connection() as database:
            known = {row["id"] for row in database.execute("select id from labellings")}
        back = []
        for record in sorted(self.folder.glob(f"*/{RECORD}")):
            if record.parent.name in known:
                continue
            with suppress(OSError, ValueError, KeyError, TypeError, sqlite3.Error):
                said = json.loads(record.read_text(encoding="utf-8"))
                with self.database.connection(write=True) as database:
                    own = said["labelling"]
                    values = [str(own[name]) for name in ("id", "visitor", "name", "classes", "facts")]
                    times = [float(own["created"]), float(own["touched"]), folder_bytes(record.parent)]
                    if own["id"] != record.parent.name:
                        continue
                    database.execute("insert into labellings values (?, ?, ?, ?, ?, ?, ?, ?)", (*values, *times))
                    changes = [Change(**answer) for answer in said["answers"]]
                    apply_changes(database, own["id"], changes, json.loads(own["facts"])["rows"], json.loads(own["classes"]))
                back.append(record.parent.name)
        return back

    def _check_quota(self, database: sqlite3.Connection, visitor: str) -> None:
        sums = "select count(*), coalesce(sum(bytes), 0) from labellings where visitor = ?"
        count, size = database.execute(sums, (digest(visitor),)).fetchone()
        if count >= MOST_LABELLINGS:
            raise TrainingError("label.quota", limit=MOST_LABELLINGS)
        if size >= MOST_BYTES:
            raise TrainingError("label.quota_bytes", used=round(size / 1e6), limit=round(MOST_BYTES / 1e6))
        if shutil.disk_usage(self.database.home).free < LEAST_FREE:
            raise TrainingError("training.disk-full")

    def _row(self, database: sqlite3.Connection, id: str, visitor: str) -> sqlite3.Row:
        row: sqlite3.Row | None = database.execute(
            "select * from labellings where id = ? and visitor = ?", (id, digest(visitor))
        ).fetchone()
        if row is None:
            raise TrainingError("label.missing")
        return row

    def _update(self, id: str, visitor: str, **changes: str) -> None:
        with self.database.connection(write=True) as database:
            self._row(database, id, visitor)
            names = ", ".join(f"{name} = ?" for name in changes)
            database.execute(f"update labellings set {names}, touched = ? where id = ?", (*changes.values(), time.time(), id))
        self._note(id)

    def _remove(self, id: str) -> None:
        with self.database.connection(write=True, needed=True) as database:
            database.execute("delete from labellings where id = ?", (id,))
        shutil.rmtree(self.folder / id, ignore_errors=True)

    def _note(self, id: str) -> None:
        """Writes what the database knows into the folder, and the folder's size into the database. A full disk must not stop what was done."""
        with self.database.connection() as database:
            row = database.execute("select * from labellings where id = ?", (id,)).fetchone()
            rows = database.execute("select row, given, random, guess from labels where labelling = ? order by number", (id,)).fetchall()
        if row is None:
            return
        answers = [asdict(Change(one["row"], one["given"], bool(one["random"]), one["guess"])) for one in rows]
        own = {name: row[name] for name in ("id", "visitor", "name", "classes", "facts", "created", "touched")}
        folder = self.folder / id
        with suppress(OSError, TrainingError):
            made = folder / f"{RECORD}.new"
            made.touch(mode=0o600)
            made.write_text(json.dumps({"labelling": own, "answers": answers}), encoding="utf-8")
            made.replace(folder / RECORD)
            with self.database.connection(write=True) as database:
                database.execute("update labellings set bytes = ? where id = ?", (folder_bytes(folder), id))

    def _labelling(self, database: sqlite3.Connection, row: sqlite3.Row) -> Labelling:
        facts: dict[str, Any] = json.loads(row["facts"])
        counts = database.execute("select count(*), coalesce(sum(given = ?), 0) from labels where labelling = ?", (SKIPPED, row["id"]))
        answered, skipped = counts.fetchone()
        return Labelling(
            row["id"], row["name"], tuple(json.loads(row["classes"])), facts["language"], facts["backbone"], facts["rows"],
            answered - skipped, skipped, row["created"], row["touched"], row["bytes"], self.folder / row["id"],
        )  # fmt: skip
