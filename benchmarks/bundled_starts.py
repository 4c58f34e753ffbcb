"""Tasks whose training goes on from a bundled model, beside the Trainer as it comes, on the same rows.

    python -m benchmarks.bundled_starts [--tasks entities-ja,entities-en,pairs-ja,questions-ja,questions-en] [--rows 400] [--epochs 1,2] [--plain-epochs 3] [--seeds 3]

Reads the samples of the fine-tuning page, of whose rows the bundled models have learned nothing (stockmark, Wikigold, JSTS, JaQuAD, SQuADShifts), and takes the
first rows of each. The Trainer begins with the backbone and a new head, in float32 with dropout 0.1, random batches padded to their longest, our learning rate
and `--plain-epochs`; and once more from our start with our epochs. Prints for each task and recipe the processor seconds of the training loop, how
often ours goes into it, and the measure that counts on the test rows as mean over the seeds. Processor time, so that a machine that others use as
well gives the same answer; the recipes take turns.
"""

import argparse
import collections
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

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

SETS = ("entities-ja", "entities-en", "pairs-ja", "questions-ja", "questions-en")
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


def plain(sample: SampleTable, settings: Settings, rows: int, padded: int | None = None, bare: bool = True) -> Outcome:
    """The Trainer as it comes, batches padded to their longest or to `padded` tokens. bare: from the backbone, else from our start."""
    task = task_of(sample, replace(settings, precision="float32", hidden_dropout=0.1, attention_dropout=0.1), rows)
    model = from_backbone(task) if bare else task.load_model()

    def collate(features: list[Any]) -> Any:
        batch = task.collate(features)
        for name in ("input_ids", "attention_mask", "token_type_ids") if padded else ():
            if name in batch:
                value = task.tokenizer.pad_token_id if name == "input_ids" else 0
                batch[name] = torch.nn.functional.pad(batch[name], (0, padded - batch[name].shape[1]), value=value)
        return batch

    seconds = train_plainly(task, model, settings, collate, time.process_time)
    return Outcome(seconds, judged(task, model))


def from_backbone(task: Any) -> Any:
    """The task's model as it is where no bundled model knows the task."""
    with mock.patch.object(sys.modules[type(task).__module__], "bundled_start", return_value=None):
        return task.load_model()


def recipes(sample: SampleTable, epochs: list[int], plain_epochs: int) -> dict[str, Callable[[SampleTable, Settings, int], Outcome]]:
    def ours_of(number: int) -> Callable[[SampleTable, Settings, int], Outcome]:
        return lambda sample, settings, rows: ours(sample, replace(settings, epochs=number), rows)

    def plain_of(number: int, padded: int | None, bare: bool) -> Callable[[SampleTable, Settings, int], Outcome]:
        return lambda sample, settings, rows: plain(sample, replace(settings, epochs=number), rows, padded, bare)

    chosen = {f"ours, {number} epochs": ours_of(number) for number in epochs}
    chosen[f"Trainer, from the backbone, {plain_epochs} epochs"] = plain_of(plain_epochs, None, True)
    if sample.task == "questions":
        chosen[f"the same, padded to {PADDED}"] = plain_of(plain_epochs, PADDED, True)
    chosen[f"Trainer, from our start, {epochs[0]} epochs"] = plain_of(epochs[0], None, False)
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", default=",".join(SETS))
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--epochs", type=lambda text: [int(one) for one in text.split(",")], default=[1, 2])
    parser.add_argument("--plain-epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    print(f"{processor()}; bfloat16 in hardware: {'yes' if faster_in_bfloat16() else 'no'}; load {os.getloadavg()[0]:.1f}", flush=True)
    for name in options.tasks.split(","):
        sample = next(sample for sample in SAMPLES if sample.id == name)
        columns = {"text": sample.text, "label": sample.label, "second": sample.second}
        measured: dict[str, list[Outcome]] = collections.defaultdict(list)
        ours(sample, Settings(**columns, language=sample.language, task=sample.task, epochs=1), 60)  # in which the libraries are loaded
        for seed in range(options.seeds):
            settings = Settings(**columns, language=sample.language, task=sample.task, seed=seed)
            for recipe, run in recipes(sample, options.epochs, options.plain_epochs).items():
                measured[recipe].append(run(sample, settings, options.rows))
        print(f"\n{sample.id}: the first {options.rows} rows, {options.seeds} seeds")
        for recipe, outcomes in measured.items():
            seconds, score = (float(np.mean([getattr(one, field) for one in outcomes])) for field in ("seconds", "score"))
            ratio = seconds / float(np.mean([one.seconds for one in next(iter(measured.values()))]))
            spread = float(np.std([one.score for one in outcomes]))
            print(f"  {recipe:42} {seconds:8.1f} s  score {score:.4f} (sd {spread:.4f})  {ratio:5.2f} x the first", flush=True)


if __name__ == "__main__":
    main()
