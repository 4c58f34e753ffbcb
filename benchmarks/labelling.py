"""Labelling with a model that chooses: how many labels to which accuracy, against texts at random, and what it costs.

    python -m benchmarks.labelling [--labels 200] [--seeds 3] [--whole .../banking77.tar.xz] [--write]

A person who knows every class labels a sample, ten texts at a time, as the page asks them: by margin with one in four at random, or all at random.
300 rows are kept aside, and a model of all labels given so far is judged on them; beside it stands what the page would show, from the rows held
back. By default the bundled sample of 20 intents; `--whole` takes 5,000 rows of all 77 intents from an archive of Banking77. `--write` keeps the means, for the page to draw.
"""

import argparse
import hashlib
import json
import tarfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from components.models.bundled import models_for
from components.training.labelling import REFIT, Answer
from components.training.labelling_desk import Desk
from components.training.labelling_gain import FILE, Gain
from components.training.quick_head import QuickHead, encoded
from components.training.samples_list import SAMPLES

SAMPLE = next(sample for sample in SAMPLES if sample.id == "intents-en")
JUDGED = 300
WHOLE_ROWS = 5_000


@dataclass(frozen=True, eq=False)
class Texts:
    """texts; their classes (n,) and vectors (n, d)."""

    texts: Sequence[str]
    classes: np.ndarray
    vectors: np.ndarray

    def part(self, rows: np.ndarray) -> "Texts":
        return Texts([self.texts[row] for row in rows], self.classes[rows], self.vectors[rows])


@dataclass(frozen=True)
class Checkpoint:
    """After `labels` labels: the accuracy on judged rows of a model of all of them, and what the page shows (None: nothing yet)."""

    labels: int
    accuracy: float
    shown: float | None
    scored: int


def label(pool: Texts, judges: Texts, labels: int, seed: int, by_margin: bool = True, every: int = 20) -> Iterator[Checkpoint]:
    """A person labels `labels` of the texts in `pool`."""
    count = int(max(pool.classes.max(), judges.classes.max())) + 1
    desk, answers = Desk(pool.texts, seed), list[Answer]()
    if by_margin:
        desk.read(pool.vectors[desk.order])
    while len(answers) < labels:
        for one in desk.questions(answers, min(REFIT, labels - len(answers))):
            answers.append(Answer(one.row, int(pool.classes[one.row]), one.random, one.guess))
        desk.learn(answers, count)
        if len(answers) % every == 0 or len(answers) == labels:
            rows = [answer.row for answer in answers]
            whole = QuickHead.fit(pool.vectors[rows], pool.classes[rows], count)
            right = whole.probabilities(judges.vectors).argmax(axis=1) == judges.classes
            score = desk.score
            yield Checkpoint(len(answers), float(right.mean()), score and score.interval.value, score.rows if score else 0)


def split(texts: Texts, seed: int, judged: int = JUDGED) -> tuple[Texts, Texts]:
    """What is labelled, and the rows to judge on."""
    rows = np.random.default_rng(100 + seed).permutation(len(texts.texts))
    return texts.part(rows[judged:]), texts.part(rows[:judged])


def sample_digest() -> str:
    """Of the sample's file."""
    return hashlib.sha256(SAMPLE.path.read_bytes()).hexdigest()[:16]


def bundled_intents(rows: int | None = None) -> Texts:
    """The sample of 20 intents, or its first `rows` rows, encoded."""
    frame = pd.read_csv(SAMPLE.path, dtype=str, nrows=rows)
    return _encoded(frame["text"].tolist(), frame["intent"].tolist())


def whole_banking(archive: Path) -> Texts:
    """5,000 rows of all intents, out of the archive of Banking77's repository."""
    with tarfile.open(archive) as packed:
        names = [name for name in packed.getnames() if name.endswith(("train.csv", "test.csv"))]
        frame = pd.concat([pd.read_csv(packed.extractfile(name), dtype=str) for name in names])  # type: ignore[arg-type]
    frame = frame.sample(WHOLE_ROWS, random_state=0)
    return _encoded(frame["text"].tolist(), frame["category"].tolist())


def _encoded(texts: list[str], names: list[str]) -> Texts:
    classes = np.unique(names, return_inverse=True)[1]
    return Texts(texts, classes, encoded(models_for("en").backbone, texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--whole", type=Path, help="Banking77's archive")
    parser.add_argument("--write", action="store_true", help=f"keep the means of the sample in {FILE.name}")
    options = parser.parse_args()
    begin, used = time.perf_counter(), time.process_time()
    texts = whole_banking(options.whole) if options.whole else bundled_intents()
    spent = f"{time.perf_counter() - begin:.1f} s, {time.process_time() - used:.1f} s of the processors"
    print(f"{len(texts.texts):,} texts, {texts.classes.max() + 1} classes, encoded in {spent}")
    means: dict[bool, list[float]] = {}
    for by_margin in (True, False):
        runs, seconds = [], []
        for seed in range(options.seeds):
            used = time.process_time()
            runs.append(list(label(*split(texts, seed), options.labels, seed, by_margin)))
            seconds.append(time.process_time() - used)
        print(f"\n{'by margin, one in four at random' if by_margin else 'at random'} ({np.mean(seconds):.1f} s of the processors a person)")
        print("labels   accuracy of each seed, mean" + (" (shown on the page, of so many rows)" if by_margin else ""))
        means[by_margin] = [round(float(np.mean([one.accuracy for one in after])), 4) for after in zip(*runs, strict=True)]
        for checkpoints in zip(*runs, strict=True):
            each = " ".join(f"{one.accuracy:.3f}" for one in checkpoints)
            shown = " ".join("   –  " if one.shown is None else f"{one.shown:.3f}" for one in checkpoints)
            beside = f"   ({shown}, {checkpoints[0].scored})" if by_margin else ""
            print(f"{checkpoints[0].labels:6}   {each}   {np.mean([one.accuracy for one in checkpoints]):.3f}{beside}")
    if options.write and not options.whole:
        labels = [one.labels for one in runs[0]]
        measured = Gain(tuple(labels), tuple(means[True]), tuple(means[False]), options.seeds, JUDGED, sample_digest())
        FILE.write_text(json.dumps(asdict(measured), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
