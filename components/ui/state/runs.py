"""The store of runs and who trains them, one of each for the process; the run that the address opens."""

import logging
import re
import sqlite3
from contextlib import suppress

import streamlit as st

from components.errors import ModelError, TrainingError
from components.models.files import RUN_ID, typed_id
from components.training.launcher import LocalLauncher
from components.training.runs import Run
from components.training.store import RunStore

from .language import t
from .visitor import known_key, network, visitor_key

log = logging.getLogger("himotoku")

ACTIVE = ("queued", "running")
FINISHED = ("done", "stopped")
# Names in the address, or their beginnings. (A number bound to the address takes itself out.)
OF_A_PLAN = ("key", "from", "run", "tune_sample", "tune_task", "tune_backbone", "tune_how", "tune_example")
# What the model of a run can do, by what the run was trained for.
MODEL_TASKS = {
    "classification": "classification",
    "several_labels": "several_labels",
    "number": "number",
    "pairs": "similarity",
    "pair_classes": "pair_classes",
    "questions": "qa",
    "entities": "ner",
    "domain_adaptation": "masked_lm",
}


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    """The one store, cleaned of what is too old when the server starts."""
    opened = RunStore()
    opened.clean()
    return opened


@st.cache_resource(show_spinner=False)
def launcher() -> LocalLauncher:
    return LocalLauncher(store())


def run_key() -> str:
    """The key that opens the run of the address: the link's own (`?key=`, reading only), else the visitor's."""
    return st.query_params.get("key") or visitor_key()


def opened_run() -> Run | None:
    """The run that the address names (`?run=`), None where it names none. Raises TrainingError where the key does not open it."""
    id = st.query_params.get("run")
    if not id:
        return None
    run = store().get(id, run_key())
    st.session_state[f"opened:{id}"] = run_key()  # its model may be used on the other pages, whose addresses have no key
    return run


def origin_run() -> Run | None:
    """The visitor's own run that is to be run again with a change (`?from=`). Raises TrainingError where it is gone or not theirs."""
    id = st.query_params.get("from")
    if not id:
        return None
    run = store().get(id, visitor_key())
    if not run.owned:
        raise TrainingError("training.run-read-only")
    return run


def run_again(id: str) -> None:
    """Puts a run into the address as the one to run again."""
    open_run(None)
    st.query_params["from"] = id


def train_again(run: Run) -> None:
    """Queues the kept rows of a run with its settings as a run of its own, and opens that. Raises TrainingError where the rows are gone or a
    quota is full."""
    facts = {
        name: run.data[name] for name in ("name", "encoding", "fixes", "sample", "account", "purpose", "relabelled") if name in run.data
    }
    rows = store().rows(run.id, run_key())
    made, _ = store().create(visitor_key(), run.settings, rows, next_name(run.name), facts | {"from": run.id}, network=network())
    launcher().ensure()
    open_run(made.id)


def next_name(name: str) -> str:
    """The name of a run that is made from the run `name`: counted on."""
    number = 1
    if counted := re.fullmatch(r"(.*?) \((\d+)\)", name):
        name, number = counted[1], int(counted[2])
    return f"{name} ({number + 1})"


def open_run(id: str | None) -> None:
    """Puts a run into the address, or takes it out; what stood there of another run or of a plan goes."""
    for name in [name for name in st.query_params if name.startswith(OF_A_PLAN)]:
        del st.query_params[name]
    if id:
        st.query_params["run"] = id


def own_runs(task: str) -> dict[str, str]:
    """The visitor's finished runs whose model does `task` (of `components.models.tasks`), "run:<id>" -> name, newest first.

    {} for a visitor without a key, who has none, and where the store can't be read: the pages of the other models need no runs.
    """
    key = known_key()
    if key is None:
        return {}
    try:
        own = store().runs(key)
    except (TrainingError, sqlite3.Error, OSError):
        log.exception("the visitor's runs can't be listed")
        return {}
    runs = [run for run in own if MODEL_TASKS[run.settings.task] == task and run.state in FINISHED and run.model_dir.exists()]
    return {f"run:{run.id}": t("picker.run", name=run.name) for run in runs}


def visitor_model(text: str) -> str:
    """The id of a model that a visitor typed or that stood in the address.

    A run's model answers only those whom its visitor's key, its owner's or its read key (`?key=`) lets in. Raises ModelError for no id, and,
    in the same words, for a run that is not there and for one that is not theirs.
    """
    id = typed_id(text)
    match = RUN_ID.fullmatch(id)
    if match is None:
        return id
    keys = [known_key(), st.query_params.get("key"), st.session_state.get(f"opened:{match[1]}")]
    for key in filter(None, keys):
        with suppress(TrainingError, sqlite3.Error, OSError):
            store().get(match[1], key)
            st.session_state[f"opened:{match[1]}"] = key  # the next page's address no longer has it
            return id
    raise ModelError("models.run_missing", id=id)


def state_of(run: Run) -> str:
    """The run's state in words, with its place where it waits."""
    if run.state == "queued":
        return t("runs.waiting", position=run.position)
    if run.state == "running" and run.stopping:
        return t("runs.stopping")
    return t(f"training.state-{run.state}")


def waiting_words(run: Run) -> str:
    """What a queued run waits for: its place behind those that wait and train, or only for the process to begin."""
    alone = run.position == 1 and not store().is_busy()
    return t("runs.starting") if alone else t("runs.waiting_for", position=run.position)


def duration(seconds: float | None) -> str:
    """12 s, 3 min 20 s."""
    if seconds is None:
        return "–"
    whole = max(round(seconds), 0)
    return t("runs.seconds", n=whole) if whole < 90 else t("runs.minutes", minutes=whole // 60, seconds=whole % 60)


def between(low: float | None, high: float | None) -> str:
    """A time that is not known better, in steps that don't pretend to more: 10–20 s, 2 min 0 s–3 min 30 s."""
    if low is None or high is None:
        return "–"
    step = 5 if high < 90 else 30
    first, last = int(low // step) * step, int(-(-high // step)) * step
    if last < 90:
        return t("runs.seconds", n=f"{first}–{last}")
    return f"{duration(first)} – {duration(last)}"


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e7 else f"{size / 1e6:.1f} MB"
