"""Pairs and questions trained side by side: the Trainers as they come, in float32, and this app's way, from the same start on the same rows.

    python -m benchmarks.pair_tasks [--tasks pairs,questions-ja,questions-en] [--rows 400] [--epochs 2] [--seeds 3] [--top]

Reads the samples of the fine-tuning page (JSTS, JaQuAD, SQuADShifts) and takes the first rows of each. Prints for each task and recipe the processor
seconds of the training loop, how often ours goes into it, and the measure that counts on the test rows as mean over the seeds. Processor time, so
that a machine that others use as well gives the same answer; the recipes take turns.
"""

import argparse
import collections
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers

from benchmarks.plain_trainer import train_plainly
from benchmarks.training import processor
from components.models.precision import faster_in_bfloat16
from components.tables.annotated import read_annotated
from components.training import read_table
from components.training.samples_list import SAMPLES, SampleTable
from components.training.settings import Settings
from components.training.task_tables import Columns, task_table
from components.training.tasks import make_task
from components.training.trainer import train
from components.training.tuning import merged

SETS = {"pairs": "pairs-ja", "questions-ja": "questions-ja", "questions-en": "questions-en"}
PADDED = 384  # tokens to which the usual recipe for questions pads every window


@dataclass(frozen=True)
class Outcome:
    seconds: float
    score: float


def task_of(sample: SampleTable, settings: Settings, rows: int) -> Any:
    data = sample.path.read_bytes()
    annotated = read_annotated(data, sample.path.name)
    frame = (annotated.table if annotated else read_table(data, sample.path.name)).frame.head(rows)
    frame, _ = task_table(sample.task).prepare(frame, Columns(sample.text, sample.label, sample.second))
    return make_task(settings, frame.assign(row=range(len(frame))))


def judged(task: Any, model: Any) -> float:
    with tempfile.TemporaryDirectory() as folder:
        result = task.finish(model, Path(folder) / "model")
    return float(result.measures[result.main].value)


def ours(sample: SampleTable, settings: Settings, rows: int) -> Outcome:
    """This app's training; its evaluations after each epoch are part of the time."""
    task = task_of(sample, settings, rows)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        outcome = train(task, Path(folder), lambda kind, content: None, lambda progress: False)
        seconds = time.process_time() - begun
    return Outcome(seconds, judged(task, merged(outcome.model)))


def plain(sample: SampleTable, settings: Settings, rows: int, padded: int | None = None) -> Outcome:
    """The Trainer as it comes: float32, dropout 0.1, random batches, padded to their longest or to `padded` tokens, our learning rate."""
    task = task_of(sample, replace(settings, precision="float32", hidden_dropout=0.1, attention_dropout=0.1), rows)
    model = task.load_model()

    def collate(features: list[Any]) -> Any:
        batch = task.collate(features)
        for name in ("input_ids", "attention_mask", "token_type_ids") if padded else ():
            if name in batch:
                value = task.tokenizer.pad_token_id if name == "input_ids" else 0
                batch[name] = torch.nn.functional.pad(batch[name], (0, padded - batch[name].shape[1]), value=value)
        return batch

    seconds = train_plainly(task, model, settings, collate, time.process_time)
    return Outcome(seconds, judged(task, model))


def recipes(sample: SampleTable, top: bool) -> dict[str, Callable[[SampleTable, Settings, int], Outcome]]:
    chosen: dict[str, Callable[[SampleTable, Settings, int], Outcome]] = {"ours": ours, "Trainer, float32, padded to the longest": plain}
    if sample.task == "questions":
        chosen[f"Trainer, float32, padded to {PADDED}"] = lambda sample, settings, rows: plain(sample, settings, rows, PADDED)
    if top:
        chosen["ours, top layers"] = lambda sample, settings, rows: ours(sample, replace(settings, tune="top", learning_rate=0.0), rows)
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", default=",".join(SETS))
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--top", action="store_true", help="the last two layers alone as well")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    print(f"{processor()}; bfloat16 in hardware: {'yes' if faster_in_bfloat16() else 'no'}; load {os.getloadavg()[0]:.1f}", flush=True)
    for name in options.tasks.split(","):
        sample = next(sample for sample in SAMPLES if sample.id == SETS[name])
        columns = {"text": sample.text, "label": sample.label, "second": sample.second}
        measured: dict[str, list[Outcome]] = collections.defaultdict(list)
        for seed in range(options.seeds):
            settings = Settings(**columns, language=sample.language, task=sample.task, epochs=options.epochs, seed=seed)
            for recipe, run in recipes(sample, options.top).items():
                measured[recipe].append(run(sample, settings, options.rows))
        print(f"\n{sample.id}: the first {options.rows} rows, {options.epochs} epochs, {options.seeds} seeds")
        for recipe, outcomes in measured.items():
            seconds, score = (float(np.mean([getattr(one, field) for one in outcomes])) for field in ("seconds", "score"))
            ratio = seconds / float(np.mean([one.seconds for one in measured["ours"]]))
            spread = float(np.std([one.score for one in outcomes]))
            print(f"  {recipe:42} {seconds:8.1f} s  score {score:.4f} (sd {spread:.4f})  ours is {ratio:5.2f} x as fast", flush=True)


if __name__ == "__main__":
    main()
