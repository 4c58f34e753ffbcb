"""`fine_tune`: the whole way from a table to a judged model in one call that blocks, for scripts."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from components.errors import TrainingError
from components.text.language import main_language
from components.text.tokens import readable
from components.training.label_sets import with_made_column
from components.training.runs import Progress, Run, new_key
from components.training.settings import Settings
from components.training.splits import check_groups
from components.training.store import RunStore
from components.training.task_tables import Columns, first_fixes, task_table


def fine_tune(
    frame: pd.DataFrame,
    text: str = "text",
    label: str | Sequence[str] | None = "label",
    language: str | None = None,
    task: str = "classification",
    epochs: int = 3,
    seed: int = 0,
    store: RunStore | None = None,
    name: str = "fine_tune",
    progress: Callable[[Progress], None] | None = None,
    second: str | None = None,
    start: str | None = None,
    **settings: Any,
) -> Run:
    """Train on `frame` in this process and wait until the model is judged. Returns the Run: id, model_dir, scores, result.

    `label`: the column; for several labels also the names of columns of yes and no, one a label.
    `task`: one of `settings.TASKS`; `second`: the column of the other text of a pair, or of the question about a passage; `start`: where an answer
    begins in its passage. `language`: "ja" or "en", which decides the backbone; by default the one that most texts are written in.
    `name`: of the run. `progress` is called at each stage and after each step.
    `settings`: any other field of Settings (backbone, tune, batch_size ...). The run is kept in the store like one from the page, and
    waits for its turn when another trains. Afterwards `components.models.load(f"run:{run.id}")` answers with it.
    Raises TrainingError for what a user can mend: unknown columns, one class only, a backbone that isn't there or of another language.
    """
    from components.training.worker import train_run

    if task == "domain_adaptation":
        label = None
    if label is not None and not isinstance(label, str | int):
        frame, label = _one_column(frame, list(label))
    frame, (text_column, label, group, second, start) = _prepared(frame, (text, label, settings.pop("group", None), second, start))
    text = text_column or text
    columns = [name for name in (text, label, group, second, start) if name is not None and name in frame.columns]
    frame = frame.assign(**{name: frame[name].map(_read).astype("str").fillna("") for name in columns})
    if all(name in columns for name in (text, label, second, start) if name):
        frame, named = task_table(task).prepare(frame, Columns(text, label, second, start))
        for fix in first_fixes(task, frame, named):
            frame = fix.apply(frame)
        text, label, second, start = named.text, named.label, named.second, named.start
    if language is None:
        language = main_language(frame[text] if text in columns else ())
    columns_of: dict[str, Any] = {"text": text, "label": label, "second": second, "start": start, "group": group}
    chosen = Settings(**columns_of, language=language, task=task, epochs=epochs, seed=seed, **settings)
    check_groups(frame, chosen)
    store = store or RunStore()
    run, owner = store.create(new_key(), chosen, frame, name=name)
    while (claimed := store.claim(os.getpid(), run.id)) is None:
        time.sleep(0.5)
    train_run(store, claimed, progress)
    run = store.get(run.id, owner)
    if run.state not in ("done", "stopped"):
        raise TrainingError(run.reason.key, **run.reason.values)
    return run


def _one_column(frame: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, str | None]:
    """The frame with a column made of the columns `names`, and its name. Raises TrainingError where one isn't there."""
    missing = next((name for name in names if name not in frame.columns), None)
    if missing is not None:
        raise TrainingError("training.column-missing", column=missing)
    cells = frame[names].map(_read).astype("str").fillna("")
    whole, made = with_made_column(cells, names)
    return frame.assign(**{str(made): whole[made]}), made


def _prepared(frame: pd.DataFrame, columns: Sequence[str | int | None]) -> tuple[pd.DataFrame, list[str | None]]:
    """The frame with names of columns as text and rows named by whole numbers (their own, or their places from 0), and `columns` as text.

    Raises TrainingError where one of `columns` stands twice.
    """
    frame = frame.set_axis(frame.columns.map(str), axis=1)
    names = [None if column is None else str(column) for column in columns]
    double = next((name for name in names if name is not None and list(frame.columns).count(name) > 1), None)
    if double is not None:
        raise TrainingError("training.column-twice", column=double)
    if not pd.api.types.is_integer_dtype(frame.index) or not frame.index.is_unique:
        frame = frame.reset_index(drop=True)
    return frame, names


def _read(value: object) -> object:
    return readable(value) if isinstance(value, str) else value
