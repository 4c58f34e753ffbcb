"""A labelling, what a person does to it, and how much of everything there may be: plain frozen data, and the rows of its answers."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.errors import TrainingError
from components.training.labelling import MOST_CLASSES, SKIPPED

MOST_LABELLINGS = 20  # of one visitor ...
MOST_BYTES = 300_000_000  # ... and their disk
MOST_ROWS = 20_000
MOST_CHARACTERS = 10_000_000  # of a labelling's texts together
LONGEST_TEXT, LONGEST_CLASS, LONGEST_NAME = 10_000, 60, 100  # characters
MOST_AT_ONCE = 1_000  # answers
NOTED_EACH = 20  # answers after which the folder says what the database knows


@dataclass(frozen=True)
class Labelling:
    """classes: a class's name at its number, "" for one that was taken away. rows: texts; labelled, skipped: of them. touched: when it was
    last worked on, in seconds since the epoch."""

    id: str
    name: str
    classes: tuple[str, ...]
    language: str
    backbone: str
    rows: int
    labelled: int
    skipped: int
    created: float
    touched: float
    size_bytes: int
    folder: Path

    @property
    def seed(self) -> int:
        """Of the order in which its texts are drawn."""
        return int(self.id[:8], 16)

    @property
    def named(self) -> dict[int, str]:
        """The classes there are, number -> name."""
        return {number: name for number, name in enumerate(self.classes) if name}


@dataclass(frozen=True)
class Change:
    """What a person did to a row: gave it a class or SKIPPED, or (given None) took the answer back. random, guess: as of an `Answer`."""

    row: int
    given: int | None
    random: bool = False
    guess: int | None = None


def checked_classes(classes: Iterable[str], changed: int | None = None) -> list[str]:
    """The names without spaces round them; an empty one was taken away, but for the one at `changed`. Raises TrainingError for names that can't
    be told apart, for fewer than two and for too many."""
    names = [" ".join(name.split())[:LONGEST_CLASS] for name in classes]
    there = [name for name in names if name]
    if changed is not None and not names[changed]:
        raise TrainingError("label.class_no_name")
    folded = [name.casefold() for name in there]
    if twice := next((name for name in there if folded.count(name.casefold()) > 1), None):
        raise TrainingError("label.class_twice", name=twice)
    if len(there) < 2:
        raise TrainingError("label.too_few_classes")
    if len(there) > MOST_CLASSES:
        raise TrainingError("label.too_many_classes", found=len(there), most=MOST_CLASSES)
    return names


def cut_name(name: str) -> str:
    return name.strip()[:LONGEST_NAME] or "labels"


def count_answers(database: sqlite3.Connection, id: str) -> int:
    return int(database.execute("select count(*) from labels where labelling = ?", (id,)).fetchone()[0])


def apply_changes(database: sqlite3.Connection, id: str, changes: Iterable[Change], rows: int, classes: Sequence[str]) -> None:
    (number,) = database.execute("select coalesce(max(number), 0) from labels where labelling = ?", (id,)).fetchone()
    for change in changes:
        if not 0 <= change.row < rows:
            continue
        if change.given is None:
            database.execute("delete from labels where labelling = ? and row = ?", (id, change.row))
        elif change.given == SKIPPED or (0 <= change.given < len(classes) and classes[change.given]):
            number += 1
            guess = change.guess if change.guess is not None and 0 <= change.guess < len(classes) else None
            values = (id, change.row, change.given, int(change.random), guess, number)
            database.execute("insert or replace into labels values (?, ?, ?, ?, ?, ?)", values)
