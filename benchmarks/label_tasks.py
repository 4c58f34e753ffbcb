"""Training of several labels and of a number side by side: this app's way, and the Trainer as it comes in float32, on the same rows.

    python -m benchmarks.label_tasks --data <folder> [--seeds 3] [--rows 1000] [--only labels numbers] [--thresholds]

`--data` holds goemotions/data/original/{labels.txt,train.tsv} (monologg/GoEmotions-pytorch @ b75f9d3); the numbers are the samples' (components/training/samples/tone_*.csv).
Recipes take turns seed by seed. Times are of the training alone, by the clock and by the processor, which other work on the machine disturbs less. --thresholds:
micro F1 for other smallest numbers of rows that get a label its own threshold.
"""

import argparse
import json
import os
import sys
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
from components.evaluation.label_sets import SetScores, chosen_thresholds
from components.evaluation.numbers import spearman
from components.training.samples_list import FOLDER
from components.training.settings import Settings
from components.training.tasks import make_task
from components.training.tasks.number import Number
from components.training.tasks.several_labels import SeveralLabels
from components.training.trainer import train
from components.training.tuning import merged

EPOCHS = 5
LEAST = (1, 5, 10, 20, 1_000_000)


@dataclass(frozen=True)
class Outcome:
    """`scores`: by name; seconds of the training by the clock and by the processor."""

    scores: dict[str, float]
    clock: float
    processor: float


def emotions(folder: Path, rows: int) -> pd.DataFrame:
    """Comments of the training part, all 28 labels."""
    names = (folder / "labels.txt").read_text(encoding="utf-8").split()
    lines = [line.split("\t")[:2] for line in (folder / "train.tsv").read_text(encoding="utf-8").splitlines()]
    chosen = [lines[place] for place in np.random.default_rng(7).permutation(len(lines))[:rows]]
    labels = [json.dumps([names[int(number)] for number in numbers.split(",")]) for _, numbers in chosen]
    return pd.DataFrame({"row": range(len(chosen)), "text": [text for text, _ in chosen], "label": labels}, dtype="str").astype(
        {"row": int}
    )


def numbers(language: str) -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / f"tone_{language}.csv", dtype=str).set_axis(["text", "label"], axis=1)
    return frame.reset_index(names="row")


def judged(task: SeveralLabels | Number, model: transformers.PreTrainedModel) -> dict[str, float]:
    test, validation = task.parts.test, task.parts.validation
    if isinstance(task, Number):
        found = task.numbers(model, test)
        return {"spearman": spearman(task.values[test], found), "mae": float(np.abs(found - task.values[test]).mean())}
    chosen_by, of_test = task.probabilities(model, validation), task.probabilities(model, test)
    scores = {}
    for least in LEAST:
        found = of_test >= chosen_thresholds(task.wanted[validation], chosen_by, least)
        scores[f"micro_f1 {least}"] = SetScores(task.wanted[test], found).measures()["micro_f1"].value
    found = of_test >= chosen_thresholds(task.wanted[validation], chosen_by)
    return {name: score.value for name, score in SetScores(task.wanted[test], found).measures().items()} | scores


def timed(work: Callable[[], object]) -> tuple[float, float]:
    clock, processor_time = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor_time


def ours(frame: pd.DataFrame, settings: Settings) -> Outcome:
    task = make_task(settings, frame)
    assert isinstance(task, SeveralLabels | Number)
    with tempfile.TemporaryDirectory() as folder:
        done = []
        taken = timed(lambda: done.append(train(task, Path(folder), lambda kind, content: None, lambda progress: False)))
    return Outcome(judged(task, merged(done[0].model)), *taken)


def plain(frame: pd.DataFrame, settings: Settings) -> Outcome:
    """The Trainer as it comes: float32, dropout 0.1, padding to the longest of a random batch, the last epoch's model, our learning rate."""
    task = make_task(replace(settings, precision="float32", hidden_dropout=0.1, attention_dropout=0.1), frame)
    assert isinstance(task, SeveralLabels | Number)
    model = task.load_model()
    taken = timed(lambda: train_plainly(task, model, settings, task.collate, time.process_time))
    return Outcome(judged(task, model), *taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_400)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--only", nargs="+", default=["labels", "numbers"])
    parser.add_argument("--thresholds", action="store_true")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    print(f"{processor()}; load {os.getloadavg()[0]:.1f}", flush=True)
    sets = {}
    if "labels" in options.only:
        sets["GoEmotions, 28 labels"] = (emotions(options.data / "goemotions" / "data" / "original", options.rows), "several_labels", "en")
    if "numbers" in options.only:
        sets |= {f"tone {language}": (numbers(language), "number", language) for language in ("en", "ja")}
    for name, (frame, task, language) in sets.items():
        print(f"\n{name}: {len(frame)} rows, {options.epochs} epochs")
        recipes = {"ours": ours, "Trainer, float32": plain}
        measured: dict[str, list[Outcome]] = {recipe: [] for recipe in recipes}
        ours(
            frame.head(200), Settings(task=task, language=language, epochs=1)
        )  # of no account: libraries are loaded and make their kernels
        for seed in range(options.seeds):
            for recipe, run in recipes.items():
                measured[recipe].append(run(frame, Settings(task=task, language=language, epochs=options.epochs, seed=seed)))
        for recipe, outcomes in measured.items():
            means = {score: np.mean([one.scores[score] for one in outcomes]) for score in outcomes[0].scores}
            spread = {score: np.std([one.scores[score] for one in outcomes]) for score in outcomes[0].scores}
            told = "  ".join(
                f"{score} {mean:.3f} (sd {spread[score]:.3f})" for score, mean in means.items() if options.thresholds or " " not in score
            )
            clock, busy = (np.mean([getattr(one, field) for one in outcomes]) for field in ("clock", "processor"))
            faster = [
                np.mean([getattr(one, field) for one in measured["Trainer, float32"]]) / value
                for field, value in (("clock", clock), ("processor", busy))
            ]
            print(f"  {recipe:18} {told}  {clock:6.1f} s, processor {busy:6.1f} s ({faster[0]:.2f} x, {faster[1]:.2f} x)", flush=True)


if __name__ == "__main__":
    if "OMP_WAIT_POLICY" not in os.environ:  # as in the app's own worker; torch reads it when it is loaded, so once more from the start
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.label_tasks", *sys.argv[1:]])
    main()
