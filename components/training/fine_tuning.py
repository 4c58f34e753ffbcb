"""`fine_tune`: the whole way from a table to a judged model in one call that blocks, for scripts."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from components.errors import TrainingError
from components.text.language import main_language
from components.text.tokens import readable
from components.training.label_findings import unwrapping
from components.training.runs import Progress, Run, new_key
from components.training.settings import Settings
from components.training.splits import check_groups
from components.training.store import RunStore


def fine_tune(
    frame: pd.DataFrame,
    text: str = "text",
    label: str | None = "label",
    language: str | None = None,
    task: str = "classification",
    epochs: int = 3,
    seed: int = 0,
    store: RunStore | None = None,
    name: str = "fine_tune",
    progress: Callable[[Progress], None] | None = None,
    **settings: Any,
) -> Run:
    """Train on `frame` in this process and wait until the model is judged. Returns the Run: id, model_dir, scores, result.

    `language`: "ja" or "en", which decides the backbone; by default the one that most texts are written in.
    `name`: of the run. `progress` is called at each stage and after each step.
    `settings`: any other field of Settings (backbone, tune, batch_size ...). The run is kept in the store like one from the page, and
    waits for its turn when another trains. Afterwards `components.models.load(f"run:{run.id}")` answers with it.
    Raises TrainingError for what a user can mend: unknown columns, one class only, a backbone that isn't there or of another language.
    """
    from components.training.worker import train_run

    if task == "domain_adaptation":
        label = None
    frame, (text_column, label, group) = _prepared(frame, (text, label, settings.pop("group", None)))
    text = text_column or text
    columns = [name for name in (text, label, group) if name is not None and name in frame.columns]
    frame = frame.assign(**{name: frame[name].map(_read).astype("str").fillna("") for name in columns})
    if label is not None and label in columns and (lists := unwrapping(frame, label)):
        frame = lists.apply(frame)
    if language is None:
        language = main_language(frame[text] if text in columns else ())
    chosen = Settings(text=text, label=label, language=language, task=task, epochs=epochs, seed=seed, group=group, **settings)
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
