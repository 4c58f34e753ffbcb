"""Training on named entities side by side: this app's way and the Trainer as it comes, on the same rows, by turns.

    python -m benchmarks.entities --data <folder> [--sets uner,stockmark] [--rows 1000] [--seeds 3] [--epochs 4] [--variants]

`--data` (or HIMOTOKU_DATA) holds the upstream files: uner_en_ewt/en_ewt-ud-dev.iob2 (UniversalNER/UNER_English-EWT @ 8ed072d) and
ner_wikipedia_ja/ner.json (stockmarkteam/ner-wikipedia-dataset @ 5e525c2). Prints the processor, and for each set and recipe: seconds of processor time
of the training (evaluations and checkpoints of ours among them), its ratio to ours, and strict F1 on held-out rows, mean over the seeds. All recipes
read entities off in the same way. `--variants`: other learning rates, and tags on the first token of each word alone.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import transformers

from benchmarks.plain_trainer import train_plainly
from benchmarks.training import processor
from components.evaluation.entity_rows import row_counts, span_f1
from components.models.ner import Decoding
from components.settings import variable
from components.tables.annotated import read_annotated
from components.training.settings import Settings
from components.training.splits import Split
from components.training.tasks.entities import Entities
from components.training.token_tags import IGNORED
from components.training.trainer import train
from components.training.tuning import merged

TEST_ROWS = 500
FILES = {"uner": ("en", "uner_en_ewt/en_ewt-ud-dev.iob2"), "stockmark": ("ja", "ner_wikipedia_ja/ner.json")}


@dataclass(frozen=True)
class Outcome:
    seconds: float
    f1: float


class FirstTokens(Entities):
    """Tags on the first token of each word alone (Devlin et al. 2019, section 5.3), each word's tag by itself."""

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        super().__init__(settings, frame)
        self.decoding = Decoding(self.decoding.tags, "words")

    def tags_of(self, row: int, window: tuple[int, int]) -> list[int]:
        words, start = self.aligned[row].words, window[0]
        tags = super().tags_of(row, window)
        return [IGNORED if place and words[start + place] == words[start + place - 1] else tag for place, tag in enumerate(tags)]


def rows_of(folder: Path, name: str, rows: int, test: int) -> tuple[str, pd.DataFrame]:
    """(language, rows): the first `rows` are trained on, the rest is judged."""
    language, path = FILES[name]
    annotated = read_annotated((folder / path).read_bytes(), path)
    assert annotated is not None, path
    frame = annotated.table.frame.drop_duplicates("text")
    order = np.random.default_rng(7).permutation(len(frame))[: rows + test]
    frame = frame.iloc[order].reset_index(drop=True)
    return language, frame.assign(row=frame.index)


def task_of(frame: pd.DataFrame, settings: Settings, rows: int, kind: type[Entities] = Entities) -> Entities:
    """The task on the set's own split: a tenth of its training rows chooses the epoch, as in the app."""
    task = kind(settings, frame)
    shuffled = np.random.default_rng(settings.seed).permutation(rows)
    task.parts = Split(np.sort(shuffled[rows // 10 :]), np.sort(shuffled[: rows // 10]), np.arange(rows, len(frame)))
    task.trained = task.parts.train
    task.train = [feature for row in task.trained for feature in task.features[row]]
    return task


def judged(task: Entities, model: transformers.PreTrainedModel, seconds: float) -> Outcome:
    found, _ = task.found(model, task.parts.test)
    return Outcome(seconds, float(span_f1(row_counts(task.gold(task.parts.test), found).sum(axis=0))))


def ours(frame: pd.DataFrame, settings: Settings, rows: int, kind: type[Entities] = Entities) -> Outcome:
    task = task_of(frame, settings, rows, kind)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        outcome = train(task, Path(folder), lambda kind, content: None, lambda progress: False)
        seconds = time.process_time() - begun
    return judged(task, merged(outcome.model), seconds)


def plain_trainer(frame: pd.DataFrame, settings: Settings, rows: int) -> Outcome:
    """The Trainer as it comes: float32, dropout 0.1 everywhere, padding to the longest of a random batch, our learning rate, the same rows as ours."""
    task = task_of(frame, replace(settings, precision="float32", hidden_dropout=0.1, attention_dropout=0.1), rows)
    model = task.load_model()
    seconds = train_plainly(task, model, settings, task.collate, time.process_time)
    return judged(task, model, seconds)


def recipes(variants: bool) -> dict[str, Callable[[pd.DataFrame, Settings, int], Outcome]]:
    chosen: dict[str, Callable[[pd.DataFrame, Settings, int], Outcome]] = {"ours": ours, "Trainer, float32, dynamic padding": plain_trainer}
    if variants:
        chosen["ours, first token of each word"] = lambda frame, settings, rows: ours(frame, settings, rows, FirstTokens)
        for rate in (1e-4, 5e-4):
            chosen[f"ours, learning rate {rate:.0e}"] = lambda frame, settings, rows, rate=rate: ours(
                frame, replace(settings, learning_rate=rate), rows
            )
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get(variable("DATA"), "data"), type=Path)
    parser.add_argument("--sets", default="uner,stockmark")
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--test", type=int, default=TEST_ROWS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--variants", action="store_true", help="other learning rates, tags on first tokens alone")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    print(f"{processor()}; load {os.getloadavg()[0]:.1f}", flush=True)
    for name in options.sets.split(","):
        language, frame = rows_of(options.data, name, options.rows, options.test)
        print(f"\n{name}: {options.rows} rows to train on, {len(frame) - options.rows} to judge on, {options.epochs} epochs", flush=True)
        measured: dict[str, list[Outcome]] = {}
        settings = Settings(task="entities", label="entities", language=language, epochs=options.epochs)
        ours(frame.head(options.rows // 5), replace(settings, epochs=1), options.rows // 5 - 20)  # in which the libraries are loaded
        for seed in range(options.seeds):  # by turns, so that a slower minute of the machine meets them all
            for recipe, run in recipes(options.variants).items():
                measured.setdefault(recipe, []).append(run(frame, replace(settings, seed=seed), options.rows))
                one = measured[recipe][-1]
                print(f"    {recipe:38} seed {seed}: {one.seconds:6.1f} s, F1 {one.f1:.4f}", flush=True)
        base = np.mean([one.seconds for one in measured["ours"]])
        for recipe, outcomes in measured.items():
            seconds, f1 = (np.mean([getattr(one, field) for one in outcomes]) for field in ("seconds", "f1"))
            print(
                f"  {recipe:38} {seconds:7.1f} s of processor time, {seconds / base:5.2f} x ours, F1 {f1:.4f} (sd {np.std([one.f1 for one in outcomes]):.4f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
