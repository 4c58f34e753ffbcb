"""Every plan (head, top, lora, all) against logistic regression on the frozen vectors, on the same rows.

    python -m benchmarks.plans [--seeds 3] [--rows 800] [--sets topics_ja topics_en ...] [--plans head top lora all] [--data <folder>]

Logistic regression reads the mean of the backbone's last states, standardised; its C is chosen on the validation rows, by which a plan
chooses its epoch. Sets: the app's samples (7 topics in both languages, 20 intents), the exercise's 60 reviews, and texts as long as a
page, five sentences of one topic joined; with `--data` (or HIMOTOKU_DATA) also all 77 intents of banking77/banking_data/train.csv
(PolyAI-LDN/task-specific-datasets @ 57ec275). A plan loses to the regression where, over all seeds, the rows that only the regression has
right outnumber those that only the plan has right by more than chance: exact one-sided sign test (McNemar 1947), p below 0.01.

Prints the processor, for each set and plan the medians over the seeds of macro F1 on the test rows, and one line of JSON last. Exits with 1
where a plan loses.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.training import processor
from components.settings import variable
from components.training.backbones import backbone_folder
from components.training.length_batches import by_length
from components.training.samples_list import SAMPLES
from components.training.settings import TUNES, Settings, suggested_epochs
from components.training.tasks.classification import Classification
from components.training.trainer import train
from components.training.tuning import merged

ROOT = Path(__file__).resolve().parent.parent
STRENGTHS = (0.01, 0.1, 1.0)  # C of the regression
JOINED = 5
CHANCE = 0.01


@dataclass(frozen=True)
class Comparison:
    """Medians over `seeds` of macro F1 on `rows` test rows a seed; `only_plan`, `only_regression`: rows that one alone has right, over all
    seeds; `p`: how likely so many more for the regression are where both are equally good."""

    data: str
    plan: str
    seeds: int
    rows: int
    plan_f1: float
    regression_f1: float
    only_plan: int
    only_regression: int
    p: float
    seconds: float

    @property
    def loses(self) -> bool:
        return self.p < CHANCE


def sample(name: str) -> pd.DataFrame:
    """A bundled sample: columns text, label."""
    found = next(sample for sample in SAMPLES if sample.id == name)
    table = pd.read_csv(found.path, dtype="str")
    return pd.DataFrame({"text": table[found.text], "label": table[found.label]})


def reviews(language: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "content" / "exercises" / f"reviews_{language}.csv", dtype="str")


def joined(frame: pd.DataFrame) -> pd.DataFrame:
    """Five texts of one label in a row as one long text."""
    place = frame.groupby("label").cumcount() // JOINED
    return frame.groupby([frame["label"], place])["text"].agg(" ".join).reset_index("label").reset_index(drop=True)[["text", "label"]]


def banking77(folder: Path) -> pd.DataFrame:
    with (folder / "banking77" / "banking_data" / "train.csv").open(encoding="utf-8") as file:
        return pd.DataFrame([(row["text"], row["category"]) for row in csv.DictReader(file)], columns=["text", "label"], dtype="str")


def sets(folder: Path | None) -> dict[str, tuple[str, Callable[[], pd.DataFrame]]]:
    """Name -> language, table."""
    found: dict[str, tuple[str, Callable[[], pd.DataFrame]]] = {"intents_en": ("en", lambda: sample("intents-en"))}
    for language in ("ja", "en"):
        found[f"topics_{language}"] = (language, lambda language=language: sample(f"topics-{language}"))
        found[f"long_topics_{language}"] = (language, lambda language=language: joined(sample(f"topics-{language}")))
        found[f"reviews_{language}"] = (language, lambda language=language: reviews(language))
    if folder and (folder / "banking77").exists():
        found["banking77_en"] = ("en", lambda: banking77(folder))
    return found


def task_of(frame: pd.DataFrame, rows: int, settings: Settings) -> Classification:
    """The app's own task, with its split, on `rows` rows of `frame` that the seed chooses."""
    chosen = frame.sample(min(rows, len(frame)), random_state=settings.seed).reset_index(drop=True)
    return Classification(settings, chosen.assign(row=range(len(chosen))))


def frozen_vectors(task: Classification) -> np.ndarray:
    """Mean of the last states of the backbone, padding left out: (n, d), float32."""
    from transformers import AutoModel

    model = AutoModel.from_pretrained(backbone_folder(task.settings.backbone), dtype=torch.float32).eval()
    out = np.zeros((len(task.features), model.config.hidden_size), dtype=np.float32)
    with torch.inference_mode():
        for rows in by_length(task.features, 32):
            batch = task.collate([task.features[row] for row in rows])
            weights = batch["attention_mask"].unsqueeze(-1).float()
            out[rows] = ((model(**batch).last_hidden_state * weights).sum(1) / weights.sum(1)).numpy()
    return out


def regression(task: Classification) -> np.ndarray:
    """What logistic regression on the frozen vectors says of the test rows: class numbers."""
    vectors, true, parts = frozen_vectors(task), task.classes, task.parts
    fitted = [
        make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1_000)).fit(vectors[task.trained], true[task.trained])
        for strength in STRENGTHS
    ]
    best = max(fitted, key=lambda model: f1_score(true[parts.validation], model.predict(vectors[parts.validation]), average="macro"))
    return best.predict(vectors[parts.test])


def plan(task: Classification) -> np.ndarray:
    """What the app's training with the task's settings says of the test rows: class numbers."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = train(task, Path(folder), lambda kind, content: None, lambda progress: False)
    return task.logits(merged(outcome.model), task.parts.test).argmax(axis=1)


def compare(name: str, frame: pd.DataFrame, language: str, tune: str, seeds: int, rows: int, backbone: str = "") -> Comparison:
    """`tune` against the regression on `seeds` splits of `rows` rows."""
    scores: list[tuple[float, float]] = []
    only = np.zeros(2, dtype=int)
    begun = time.perf_counter()
    for seed in range(seeds):
        epochs = suggested_epochs(min(rows, len(frame)))
        task = task_of(frame, rows, Settings(language=language, tune=tune, seed=seed, epochs=epochs, backbone=backbone))
        true = task.classes[task.parts.test]
        said = plan(task), regression(task)
        right = [answers == true for answers in said]
        only += [(right[0] & ~right[1]).sum(), (right[1] & ~right[0]).sum()]
        scores.append(tuple(f1_score(true, answers, average="macro", zero_division=0) for answers in said))
    medians = np.median(scores, axis=0)
    differing = int(only.sum())
    p = float(binomtest(int(only[1]), differing, alternative="greater").pvalue) if differing else 1.0
    counts = (int(only[0]), int(only[1]))
    seconds = time.perf_counter() - begun
    return Comparison(name, tune, seeds, len(true), float(medians[0]), float(medians[1]), *counts, p, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get(variable("DATA")), type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=800)
    parser.add_argument("--sets", nargs="+", help="names of sets; all by default")
    parser.add_argument("--plans", nargs="+", default=TUNES, choices=TUNES)
    parser.add_argument("--backbone", default="", help="by default the bundled one of the set's language")
    options = parser.parse_args()
    print(f"{processor()}; load {os.getloadavg()[0]:.1f}", flush=True)
    known = sets(options.data)
    found: list[Comparison] = []
    for name in options.sets or known:
        language, table = known[name]
        frame = table()
        labels = frame["label"].nunique()
        print(f"\n{name}: {min(options.rows, len(frame))} rows, {labels} classes, {options.seeds} seeds", flush=True)
        for tune in options.plans:
            found.append(compare(name, frame, language, tune, options.seeds, options.rows, options.backbone))
            report(found[-1])
    print(json.dumps([asdict(comparison) for comparison in found]))
    return int(any(comparison.loses for comparison in found))


def report(made: Comparison) -> None:
    print(
        f"  {made.plan:5} macro F1 {made.plan_f1:.3f}, regression {made.regression_f1:.3f} (medians, {made.rows} test rows a seed); "
        f"right alone: {made.only_plan} and {made.only_regression}, p {made.p:.3f}{'  LOSES' if made.loses else ''}  ({made.seconds:.0f} s)",
        flush=True,
    )


if __name__ == "__main__":
    if "OMP_WAIT_POLICY" not in os.environ:  # as in the app's own worker; torch reads it when it is loaded, so once more from the start
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.plans", *sys.argv[1:]])
    sys.exit(main())
