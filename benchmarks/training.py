"""Fine-tuning side by side: the chapter's own recipe, the Trainer as it comes, full float32, and this app's way, on the same rows.

    python -m benchmarks.training --data <folder> [--seeds 3] [--chapter-seeds 1] [--rows 1000]
        [--sets banking77,sib200,polarity] [--variants] [--only "ours*" "Trainer*"]

`--data` (or HIMOTOKU_DATA) holds the upstream files: banking77/banking_data/{train,test}.csv (PolyAI-LDN/task-specific-datasets
@ 57ec275), sib200/data/annotated/{jpn_Jpan,eng_Latn}/*.tsv (dadelani/sib-200 @ 593cea8), and sentence_polarity/rt-polarity.{pos,neg} (nltk_data
@ 5db857e). Prints the processor, and for each set and recipe: rows a second while training, its ratio to the others, accuracy and macro F1 on
held-out rows as mean over the seeds, the share of what the processor's matrix products alone could do in float32, and the seconds from the click to a judged model through a warm worker process.
"""

import argparse
import collections
import csv
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import transformers
from sklearn.metrics import accuracy_score, f1_score

from benchmarks.inference import ceiling, forward_flops
from benchmarks.plain_trainer import train_plainly
from components.models.precision import faster_in_bfloat16
from components.settings import variable
from components.training.launcher import LocalLauncher
from components.training.settings import Settings
from components.training.splits import Split
from components.training.store import RunStore
from components.training.tasks.classification import Classification
from components.training.trainer import train
from components.training.tuning import merged

TEST_ROWS = 1_000
EPOCHS = 3


@dataclass(frozen=True)
class Data:
    name: str
    language: str
    train: list[tuple[str, str]]
    test: list[tuple[str, str]]


@dataclass(frozen=True)
class Outcome:
    """flops_per_second: what forward and backward need for all weights and no padding, three times the forward pass; 0 where fewer are trained."""

    rows_per_second: float
    flops_per_second: float
    accuracy: float
    macro_f1: float


def banking77(folder: Path, rows: int) -> Data:
    """The 20 intents with the most training rows; as published, train and test apart."""
    parts = [
        [(row["text"], row["category"]) for row in csv.DictReader((folder / f"{part}.csv").open(encoding="utf-8"))]
        for part in ("train", "test")
    ]
    kept = {label for label, _ in collections.Counter(label for _, label in parts[0]).most_common(20)}
    return _cut("banking77, 20 intents", "en", *[[row for row in part if row[1] in kept] for part in parts], rows)


def sib200(folder: Path, language: str, rows: int) -> Data:
    script = {"ja": "jpn_Jpan", "en": "eng_Latn"}[language]
    parts = []
    for names in (("train", "dev"), ("test",)):
        rows_read: list[tuple[str, str]] = []
        for name in names:
            with (folder / script / f"{name}.tsv").open(encoding="utf-8") as file:
                rows_read += [(row["text"], row["category"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
        parts.append(rows_read)
    return _cut(f"sib200 {language}", language, *parts, rows)


def polarity(folder: Path, rows: int) -> Data:
    lines = []
    for label in ("pos", "neg"):
        text = (folder / f"rt-polarity.{label}").read_text(encoding="latin-1")
        lines += [(line.strip(), label) for line in text.splitlines() if line.strip()]
    order = np.random.default_rng(77).permutation(len(lines))
    half = len(lines) // 2
    return _cut("sentence polarity", "en", [lines[i] for i in order[:half]], [lines[i] for i in order[half:]], rows)


def _cut(name: str, language: str, train_rows: list, test_rows: list, rows: int) -> Data:
    random = np.random.default_rng(7)
    known = {text for text, _ in train_rows}
    test_rows = [row for row in test_rows if row[0] not in known]
    return Data(
        name,
        language,
        [train_rows[i] for i in random.permutation(len(train_rows))[:rows]],
        [test_rows[i] for i in random.permutation(len(test_rows))[:TEST_ROWS]],
    )


def task_of(data: Data, settings: Settings) -> Classification:
    """A classification task on the set's own split: a tenth of its training rows chooses the epoch, as in the app."""
    rows = data.train + data.test
    frame = pd.DataFrame({"row": range(len(rows)), "text": [text for text, _ in rows], "label": [label for _, label in rows]})
    task = Classification(settings, frame.astype({"text": "str", "label": "str"}))
    count = len(data.train)
    shuffled = np.random.default_rng(settings.seed).permutation(count)
    task.parts = Split(np.sort(shuffled[count // 10 :]), np.sort(shuffled[: count // 10]), np.arange(count, len(rows)))
    task.train = [task.features[row] | {"label": int(task.classes[row])} for row in task.parts.train]
    task.trained_rows = task.parts.train
    return task


def judged(task: Classification, model, seconds: float, epochs: int = EPOCHS) -> Outcome:
    logits = task.logits(model, task.parts.test)
    true, predicted = task.classes[task.parts.test], logits.argmax(axis=1)
    lengths = np.array([len(task.features[row]["input_ids"]) for row in task.parts.train])
    flops = 3 * epochs * forward_flops(model.config, lengths) if task.settings.tune == "all" else 0.0
    return Outcome(
        len(task.train) * epochs / seconds, flops / seconds, accuracy_score(true, predicted), f1_score(true, predicted, average="macro")
    )


def ours(data: Data, settings: Settings) -> Outcome:
    """This app's training; `settings` says with what precision and dropout. Evaluations and checkpoints are part of the time."""
    task = task_of(data, settings)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        outcome = train(task, Path(folder), lambda kind, content: None, lambda progress: False)
        seconds = time.perf_counter() - begun
    return judged(task, merged(outcome.model), seconds, len(outcome.history) or EPOCHS)


def chapter(data: Data, settings: Settings) -> Outcome:
    """Exercise 5 of the chapter: float32, every text padded to 128 tokens, all weights, AdamW at 2e-5 without a schedule, its own loop."""
    return _plain_loop(data, replace(settings, hidden_dropout=0.1, attention_dropout=0.1), 2e-5)


def chapter_our_rate(data: Data, settings: Settings) -> Outcome:
    """The same with our learning rate: what the chapter's recipe could score."""
    return _plain_loop(data, replace(settings, hidden_dropout=0.1, attention_dropout=0.1), settings.learning_rate)


def _plain_loop(data: Data, settings: Settings, rate: float) -> Outcome:
    task = task_of(data, replace(settings, precision="float32"))
    model = task.load_model()
    texts = [task.texts[row] for row in task.parts.train]
    encoded = task.tokenizer(texts, max_length=128, padding="max_length", truncation=True, return_tensors="pt")
    labels = torch.tensor(task.classes[task.parts.train])
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    model.train()
    begun = time.perf_counter()
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(texts)).split(settings.batch_size):
            optimizer.zero_grad()
            model(input_ids=encoded["input_ids"][rows], attention_mask=encoded["attention_mask"][rows], labels=labels[rows]).loss.backward()
            optimizer.step()
    return judged(task, model, time.perf_counter() - begun)


def plain_trainer(data: Data, settings: Settings) -> Outcome:
    """The Trainer as it comes: float32, dropout 0.1 everywhere, padding to the longest of a random batch, our learning rate."""
    task = task_of(data, replace(settings, precision="float32", hidden_dropout=0.1, attention_dropout=0.1))
    model = task.load_model()
    seconds = train_plainly(task, model, replace(settings, epochs=EPOCHS), task.collate, time.perf_counter)
    return judged(task, model, seconds)


def recipes(variants: bool) -> dict[str, Callable[[Data, Settings], Outcome]]:
    def with_settings(**changes: object) -> Callable[[Data, Settings], Outcome]:
        return lambda data, settings: ours(data, replace(settings, **changes))

    chosen = {
        "ours": ours,
        "ours, float32 (without bf16)": with_settings(precision="float32"),
        "Trainer, float32, dynamic padding": plain_trainer,
        "chapter's exercise 5": chapter,
        "chapter's exercise 5, our rate": chapter_our_rate,
    }
    if variants:
        chosen |= {
            "ours, hidden dropout 0.1": with_settings(hidden_dropout=0.1),
            "ours, hidden and attention dropout 0.1": with_settings(hidden_dropout=0.1, attention_dropout=0.1),
            "ours, head": with_settings(tune="head", learning_rate=0.0),
            "ours, top layers": with_settings(tune="top", learning_rate=0.0),
            "ours, LoRA": with_settings(tune="lora", learning_rate=0.0),
        }
    return chosen


def warm_up(data: Data) -> None:
    """A training of no account, in which the libraries are loaded and make their kernels."""
    ours(replace(data, train=data.train[:200], test=data.test[:50]), Settings(language=data.language, epochs=1))


def click_to_model(data: Data) -> tuple[float, float]:
    """Seconds from queueing a run to a judged, loadable model through a warm worker process, and its accuracy."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        launcher = LocalLauncher(store)
        launcher.ensure()
        while not launcher.is_warm():
            time.sleep(0.2)
        rows = data.train
        frame = pd.DataFrame({"text": [text for text, _ in rows], "label": [label for _, label in rows]}, dtype="str")
        begun = time.perf_counter()
        run, key = store.create("benchmark", Settings(language=data.language, epochs=EPOCHS), frame)
        while (run := store.get(run.id, key)).state in ("queued", "running"):
            time.sleep(0.1)
        seconds = time.perf_counter() - begun
        launcher.close()
        if run.state != "done":
            raise RuntimeError(f"the run ended as {run.state}: {run.reason}")
        return seconds, run.scores["accuracy"]


def processor() -> str:
    names = (
        [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        if Path("/proc/cpuinfo").exists()
        else []
    )
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, torch {torch.__version__} on {torch.get_num_threads()} threads"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get(variable("DATA"), "data"), type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--chapter-seeds", type=int, default=1, help="of the chapter's recipe, which takes minutes a seed")
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--sets", default="banking77,sib200,polarity")
    parser.add_argument("--only", nargs="+", default=["*"], help="names of recipes, or patterns of them")
    parser.add_argument("--variants", action="store_true", help="dropout and how much is trained")
    parser.add_argument("--no-click", action="store_true", help="leave the worker process out")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    print(f"{processor()}; bfloat16 in hardware: {'yes' if faster_in_bfloat16() else 'no'}; load {os.getloadavg()[0]:.1f}", flush=True)
    top = ceiling()
    print(f"a block's products: {top['float32'] / 1e9:.0f} GFLOP/s in float32, {top['bfloat16'] / 1e9:.0f} in bfloat16", flush=True)
    for data in sets(options.data, options.sets.split(","), options.rows):
        print(f"\n{data.name}: {len(data.train)} rows to train on, {len(data.test)} to judge on, {EPOCHS} epochs")
        chosen = {name: recipe for name, recipe in recipes(options.variants).items() if any(fnmatch(name, only) for only in options.only)}
        measured: dict[str, list[Outcome]] = {name: [] for name in chosen}
        warm_up(data)
        for seed in range(options.seeds):  # by turns, so that a slower minute of the machine meets them all
            for name, recipe in chosen.items():
                if seed < options.chapter_seeds or not name.startswith("chapter"):
                    measured[name].append(recipe(data, Settings(language=data.language, epochs=EPOCHS, seed=seed)))
        for name, outcomes in measured.items():
            report(name, outcomes, measured.get("ours"), top["float32"])
        if not options.no_click:
            seconds, accuracy = click_to_model(data)
            print(f"  from the click to a judged model: {seconds:.1f} s, accuracy {accuracy:.3f} on its own fifth of the rows", flush=True)


def report(name: str, outcomes: list[Outcome], reference: list[Outcome] | None, top: float) -> None:
    rate, flops, accuracy, macro_f1 = (
        np.mean([getattr(outcome, field) for outcome in outcomes])
        for field in ("rows_per_second", "flops_per_second", "accuracy", "macro_f1")
    )
    spread = np.std([outcome.accuracy for outcome in outcomes])
    faster = f"ours is {np.mean([outcome.rows_per_second for outcome in reference]) / rate:5.2f} x as fast" if reference else ""
    print(
        f"  {name:38} {rate:7.1f} rows/s {f'{flops / top:5.0%}' if flops else '':5}  accuracy {accuracy:.4f} (sd {spread:.4f}, {len(outcomes)} seeds)  macro F1 {macro_f1:.4f}  {faster}",
        flush=True,
    )


def sets(folder: Path, names: list[str], rows: int) -> list[Data]:
    from components.models.files import is_bundled_folder

    found = []
    if "banking77" in names:
        found.append(banking77(folder / "banking77" / "banking_data", rows))
    if "sib200" in names:
        # Japanese where its backbone is here; the English one would learn from unknown words.
        found.append(sib200(folder / "sib200" / "data" / "annotated", "ja" if is_bundled_folder("backbone-ja") else "en", rows))
    if "polarity" in names:
        places = [folder / "sentence_polarity", folder / "nltk_cc" / "sentence_polarity"]
        found.append(polarity(next((place for place in places if place.exists()), places[0]), rows))
    return found


if __name__ == "__main__":
    if "OMP_WAIT_POLICY" not in os.environ:  # as in the app's own worker; torch reads it when it is loaded, so once more from the start
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.training", *sys.argv[1:]])
    main()
