"""Which questions of the pages a visitor has understood: a row a visitor and question, with no word of theirs.

Kept under the digest of the visitor's key, as runs are, until `days` after their last answer.
"""

import time
from collections.abc import Mapping

from components.training.database import Database
from components.training.runs import digest

MOST_QUESTIONS = 200  # of one visitor; the pages have some sixty
MOST_ROWS = 200_000  # of all visitors together, some 40 MB; beyond it those leave that were longest away


class Understood:
    """The visitors' rows in the database of runs."""

    def __init__(self, database: Database, days: int):
        self.database, self.days = database, days

    def of(self, visitor: str) -> dict[str, bool]:
        """Question id -> whether it was answered rightly at the first try."""
        with self.database.connection() as database:
            rows = database.execute("select question, first from understood where visitor = ?", (digest(visitor),)).fetchall()
        return {row["question"]: bool(row["first"]) for row in rows}

    def add(self, visitor: str, questions: Mapping[str, bool]) -> None:
        """Keep that the visitor understood these; of one that is kept already nothing changes. Raises TrainingError where the disk is full."""
        now, whose = time.time(), digest(visitor)
        with self.database.connection(write=True) as database:
            for question, first in list(questions.items())[:MOST_QUESTIONS]:
                database.execute("insert or ignore into understood values (?, ?, ?, ?)", (whose, question[:60], int(first), now))
            database.execute("update understood set at = ? where visitor = ?", (now, whose))
            database.execute("delete from understood where at < ?", (now - self.days * 86_400,))
            (rows,) = database.execute("select count(*) from understood").fetchone()
            if rows > MOST_ROWS:
                database.execute(
                    "delete from understood where at <= (select at from understood order by at limit 1 offset ?)", (rows - MOST_ROWS - 1,)
                )

    def forget(self, visitor: str) -> None:
        """Remove all that is kept of the visitor."""
        with self.database.connection(write=True) as database:
            database.execute("delete from understood where visitor = ?", (digest(visitor),))
