"""Making a run's ONNX files: a job in the queue, in the process that trains, within its memory and its time."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.models.files import read_json
from components.training.database import make_private
from components.training.portable import Judged, Portable, has_onnx, portable
from components.training.portable.network import LogitsOf, load_network, same_tokens, together, torch_logits, write_onnx, write_small
from components.training.portable.plain_tokenizer import save_plain, words_code
from components.training.portable.report import EXACT, FOLDER, SMALL, OnnxReport, stamp, write_report
from components.training.records import folder_bytes
from components.training.results import Ending, Reason
from components.training.runs import Progress, Run
from components.training.settings import Settings
from components.training.store import RunStore

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PURPOSE = "onnx"
MOST_ROWS = 1_000  # judged rows that are asked; more are sampled
COMPARED = 200  # of them, whose logits are compared with PyTorch's
CLOSE = 1e-3  # the largest difference that is let through
TOKENS_A_BATCH, LOGITS_A_BATCH = 2_048, 2**26
STEPS = ("export", "compare", "quantise", "judge")


class Pulse(Protocol):
    """What tells the store how far the job is, and whether to stop."""

    def set(self, *, stage: str, part: int = 0, parts: int = 0) -> None: ...

    def step(self, progress: Progress) -> bool: ...


class Stopped(Exception):
    """The job was asked to stop."""


def request_onnx(store: RunStore, visitor: str, run: Run, key: str, network: str = "") -> Run:
    """Queue the making of the ONNX files of a judged `run`. Raises TrainingError where its task has none, its rows are gone, a quota is full or
    the key does not open it."""
    if not has_onnx(run.settings.task) or run.result is None:
        raise TrainingError("training.onnx-none")
    rows, parts = store.rows(run.id, key), store.rows(run.id, key, "parts")["part"]
    judged = rows.loc[parts.index[parts == "test"]]
    if len(judged) > MOST_ROWS:
        judged = judged.sample(MOST_ROWS, random_state=run.settings.seed)
    data = {"purpose": PURPOSE, "of": run.id}
    made, _ = store.create(visitor, run.settings, judged.sort_index(), run.name, data, hidden=True, network=network)
    return made


def make_onnx(store: RunStore, job: Run, frame: pd.DataFrame, pulse: Pulse) -> Ending:
    """In the worker: writes the ONNX files of the run that `job` is of into that run's folder, whole or not at all."""
    folder = store.home / "runs" / str(job.data["of"])
    if not (folder / "model" / "config.json").exists():
        return Ending("failed", Reason("training.not-finished"))
    part = folder / f"{FOLDER}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    try:
        write_report(part, _make(job.settings, folder / "model", frame, part, pulse))
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        part.rename(folder / FOLDER)
    except Stopped:
        return Ending("stopped", Reason("training.reason-onnx-stopped"))
    finally:
        shutil.rmtree(part, ignore_errors=True)
    make_private(folder)
    store.database.update(folder.name, bytes=folder_bytes(folder))
    return Ending("done")


def _make(settings: Settings, model: Path, frame: pd.DataFrame, out: Path, pulse: Pulse) -> OnnxReport:
    begun = time.monotonic()

    def at(step: str) -> None:
        pulse.set(stage=step, part=STEPS.index(step) + 1, parts=len(STEPS))
        if pulse.step(Progress()):
            raise Stopped

    at("export")
    task = portable(settings.task, read_json(model / "settings.json", model.parent.name))
    length = int(task.kept.get("max_length", settings.max_length))
    network, tokenizer = load_network(model, task.auto_class)
    labels = [str(network.config.id2label[number]) for number in range(network.config.num_labels)]
    judged = task.judged(settings, frame, tokenizer, labels)
    whole, outputs = task.whole(network, model), task.outputs
    save_plain(tokenizer, out, length)
    if not same_tokens(out, tokenizer, judged.texts[:COMPARED], length):
        raise TrainingError("training.onnx-tokenizer")
    write_onnx(whole, out / EXACT, outputs, each_token=judged.at is not None, typed=judged.types is not None)
    at("compare")
    few, exact = _first(judged, COMPARED), _session(out / EXACT, outputs)
    tokens = min(TOKENS_A_BATCH, LOGITS_A_BATCH // network.config.vocab_size) if judged.at is not None else TOKENS_A_BATCH
    theirs, ours = _asked(few, torch_logits(whole, outputs), tokens), _asked(few, exact, tokens)
    difference = float(np.abs(theirs - ours).max()) if theirs.size else 0.0
    if not difference <= CLOSE:
        raise TrainingError("training.onnx-differs", difference=f"{difference:.2g}")
    at("quantise")
    write_small(out / EXACT, out / SMALL)
    at("judge")
    answers, small = (_answers(task, judged, one, tokens, at) for one in (exact, _session(out / SMALL, outputs)))
    return OnnxReport(
        measure=task.measure,
        rows=judged.rows,
        answers=len(judged.wanted),
        exact=task.score(judged, answers),
        small=task.score(judged, small),
        changed=task.changed(answers, small),
        difference=difference,
        compared=few.rows,
        exact_bytes=(out / EXACT).stat().st_size,
        small_bytes=(out / SMALL).stat().st_size,
        seconds=time.monotonic() - begun,
        weights=stamp(model),
        words=words_code(tokenizer) if _is_japanese(tokenizer) else "",
    )


def _is_japanese(tokenizer: Any) -> bool:
    from components.text.japanese import is_japanese_tokenizer

    return is_japanese_tokenizer(tokenizer)


def _session(path: Path, outputs: Sequence[str]) -> LogitsOf:
    import onnxruntime
    import torch

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3
    session: InferenceSession = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        return together([np.asarray(one) for one in session.run(list(outputs), dict(inputs))])

    return run


def _first(judged: Judged, count: int) -> Judged:
    at = judged.at[:count] if judged.at is not None else None
    types = judged.types[:count] if judged.types is not None else None
    of = judged.of[:count] if judged.of is not None else None
    return Judged(judged.texts[:count], judged.ids[:count], at, judged.wanted, types, of)


def _batches(judged: Judged, tokens: int) -> list[list[int]]:
    """Row numbers in batches of like length, at most so many tokens each, or one row."""
    batches: list[list[int]] = []
    for row in sorted(range(len(judged.ids)), key=lambda row: -len(judged.ids[row])):
        if not batches or (len(batches[-1]) + 1) * len(judged.ids[batches[-1][0]]) > tokens:
            batches.append([])
        batches[-1].append(row)
    return batches


def _each(
    judged: Judged, network: LogitsOf, use: Callable[[int, np.ndarray], None], tokens: int, at: Callable[[str], None] | None = None
) -> None:
    """use(row, its logits (answers, classes)), batch by batch: what is made of a vocabulary's logits is kept, they are not."""
    for rows in _batches(judged, tokens):
        if at:
            at("judge")
        longest = len(judged.ids[rows[0]])
        ids, mask, types = (np.zeros((len(rows), longest), np.int64) for _ in range(3))
        for place, row in enumerate(rows):
            ids[place, : len(judged.ids[row])], mask[place, : len(judged.ids[row])] = judged.ids[row], 1
            if judged.types is not None:
                types[place, : len(judged.types[row])] = judged.types[row]
        inputs = {"input_ids": ids, "attention_mask": mask} | ({"token_type_ids": types} if judged.types is not None else {})
        logits = network(inputs)
        for place, row in enumerate(rows):
            use(row, logits[place][None] if judged.at is None else logits[place][list(judged.at[row])])


def _asked(judged: Judged, network: LogitsOf, tokens: int) -> np.ndarray:
    """The logits of every answer, row by row."""
    found: dict[int, np.ndarray] = {}
    _each(judged, network, found.__setitem__, tokens)
    return np.concatenate([found[row] for row in range(len(judged.ids))])


def _answers(task: Portable, judged: Judged, network: LogitsOf, tokens: int, at: Callable[[str], None]) -> np.ndarray:
    """(answers,), row by row."""
    found: dict[int, np.ndarray] = {}
    _each(judged, network, lambda row, logits: found.__setitem__(row, task.answers(logits)), tokens, at)
    return np.concatenate([found[row] for row in range(len(judged.ids))])
