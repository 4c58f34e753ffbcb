"""The runs of a store for whoever may read its folder: the person at the machine, who needs no key."""

import sqlite3
from contextlib import closing

from components.settings import home
from components.training.runs import Run, run_from_row


def kept_runs() -> list[Run]:
    """Every judged run with a model under HIMOTOKU_HOME, the newest first; [] where there is no store, and none is made."""
    file = home() / "runs.sqlite"
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=20)) as database:
        database.row_factory = sqlite3.Row
        found = database.execute("select * from runs where not hidden and state in ('done', 'stopped') order by created desc").fetchall()
    runs = [run_from_row(dict(row), home() / "runs" / row["id"], 0, True) for row in found]
    return [run for run in runs if (run.model_dir / "config.json").exists()]
