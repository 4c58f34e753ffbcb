"""What needs no fine-tuning, and wrong labels: the frozen encoder with 8 rows a class, and how many of the flipped labels are found and what mending buys.

    python -m benchmarks.cheap [--seeds 3] [--flipped 0.08] [--tuned] [--data <folder>] [--entities]

Sets: 20 intents with 50 rows each, the app's sample; with `--data` (or HIMOTOKU_DATA) also 20 of the 77 intents of
banking77/banking_data (PolyAI-LDN/task-specific-datasets @ 57ec275), drawn by the seed, judged on the rows of its own test file.

Few rows: 8 rows a class, drawn by the seed; accuracy on all others (banking77: on the test file) of logistic regression on the frozen encoder, of
TF-IDF and logistic regression, and of the largest class. Labels: the labels of so many rows become another of the classes, drawn by the seed, test rows
among them; then `label_errors.check_labels`. Found: the share of the flipped labels among the rows that are looked at that stand in the first tenth
of the list. Then the suspects get the suspected label, as with a click on each, and both are judged on the same test rows, whose own flipped labels
stay: the regression and with `--tuned` also all weights, 3 epochs.

Entities (`--entities`, instead of all that): the app's samples in both languages. So many of the pieces get another type or, every second time, are
taken out, drawn by the seed; then `entity_errors.check_entities`. Found: the share of these pieces, in the rows that are looked at, that overlap one in the
first tenth of the list, which ranks all marked pieces and those that may be missing. Right: the change has exactly what stood there before.

Prints the processor and, for each set and seed, these numbers, and one line of JSON last.
"""

import argparse
import csv
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.plans import sample
from benchmarks.training import processor
from components.evaluation.paired import Paired
from components.settings import variable
from components.tables.annotated import read_annotated
from components.tables.span_cells import Marked, read_written, write_spans
from components.training.baselines import majority_probabilities, tfidf_probabilities
from components.training.entity_errors import check_entities
from components.training.findings import apply_fixes
from components.training.label_errors import check_labels
from components.training.quick_head import QuickHead, encoded
from components.training.relabelled import relabelling, remembered, task_frame
from components.training.samples_list import SAMPLES
from components.training.settings import Settings
from components.training.task_tables import Columns
from components.training.task_tables.entities import prepare
from components.training.tasks.classification import Classification
from components.training.tasks.marked_rows import MarkedRows

CLASSES, A_CLASS = 20, 8
BACKBONE = "embed-en"


def banking(folder: Path, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and test rows of 20 intents: columns text, label."""
    tables = []
    for name in ("train", "test"):
        with (folder / "banking77" / "banking_data" / f"{name}.csv").open(encoding="utf-8") as file:
            rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
        tables.append(pd.DataFrame(rows, columns=["text", "label"], dtype="str"))
    names = np.random.default_rng(seed).choice(sorted(tables[0]["label"].unique()), CLASSES, replace=False)
    train, test = (table[table["label"].isin(names)].reset_index(drop=True) for table in tables)
    return train, test


def few_rows(table: pd.DataFrame, apart: pd.DataFrame | None, seed: int) -> dict[str, float]:
    """Accuracy by method from 8 rows a class; judged on `apart`, else on the rows that are left."""
    drawn = table.groupby("label").sample(A_CLASS, random_state=seed)
    judged = table.drop(drawn.index) if apart is None else apart
    names = sorted(table["label"].unique())
    number = {name: place for place, name in enumerate(names)}
    learned, true = (part["label"].map(number).to_numpy() for part in (drawn, judged))
    texts, asked = drawn["text"].tolist(), judged["text"].tolist()
    head = QuickHead.fit(encoded(BACKBONE, texts), learned, len(names), seed)
    said = {
        "frozen": head.probabilities(encoded(BACKBONE, asked)),
        "tfidf": tfidf_probabilities(texts, learned, asked, len(names), seed=seed),
        "majority": majority_probabilities(learned, len(names), len(asked)),
    }
    return {name: float((probabilities.argmax(axis=1) == true).mean()) for name, probabilities in said.items()}


def flipped(table: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    """`table` with another label in so many of its rows."""
    random, names = np.random.default_rng(seed), sorted(table["label"].unique())
    labels = table["label"].copy()
    for row in random.choice(table.index, round(share * len(table)), replace=False):
        labels[row] = random.choice([name for name in names if name != table["label"][row]])
    return table.assign(label=labels)


def regression(task: Classification) -> np.ndarray:
    """Which test rows are right (n,)."""
    probabilities = task.quick_head().probabilities(task.vectors(task.parts.test))
    return np.asarray(probabilities.argmax(axis=1) == task.classes[task.parts.test])


def tuned(task: Classification) -> np.ndarray:
    from components.training.trainer import train
    from components.training.tuning import merged

    with tempfile.TemporaryDirectory() as folder:
        model = merged(train(task, Path(folder), lambda *_: None, lambda _: False).model)
    return np.asarray(task.logits(model, task.parts.test).argmax(axis=1) == task.classes[task.parts.test])


def label_errors(
    table: pd.DataFrame, share: float, seed: int, judge: dict[str, Callable[[Classification], np.ndarray]]
) -> dict[str, float]:
    """What is found of the flipped labels, and the accuracies before and after mending."""
    wrong, settings = flipped(table, share, seed), Settings(language="en", seed=seed)
    found = check_labels(wrong, settings)
    errors = {row for row in found.ranked if wrong["label"][row] != table["label"][row]}
    listed = {suspect.row: (suspect.given, suspect.suspected) for suspect in found.suspects}
    fix = relabelling("label", listed)
    fixes = [fix] if fix else []
    told = {
        "errors": len(errors),
        "found": len(errors & set(found.ranked[: len(found.ranked) // 10])) / len(errors),
        "listed": len(listed),
        "precision": len(errors & set(listed)) / max(len(listed), 1),
        "right": sum(table["label"][row] == listed[row][1] for row in errors & set(listed)) / max(len(errors & set(listed)), 1),
    }
    for name, right_of in judge.items():
        before = right_of(Classification(settings, task_frame(wrong, settings, {})))
        after = right_of(Classification(settings, task_frame(apply_fixes(wrong, fixes), settings, remembered(fixes))))
        difference = Paired.of(after, before).difference
        told |= {f"{name}_before": float(before.mean()), f"{name}_after": float(after.mean())}
        told |= {f"{name}_low": difference.low, f"{name}_high": difference.high, "test": len(before)}
    return told


def marked_sample(language: str) -> pd.DataFrame:
    """The app's sample of entities: columns text, label, the pieces as they are learned from."""
    chosen = next(sample for sample in SAMPLES if sample.id == f"entities-{language}")
    annotated = read_annotated(chosen.path.read_bytes(), chosen.path.name)
    assert annotated is not None and chosen.label is not None, chosen.id
    frame, _ = prepare(annotated.table.frame, Columns(chosen.text, chosen.label))
    return frame.rename(columns={chosen.text: "text", chosen.label: "label"})


def spoilt(table: pd.DataFrame, share: float, seed: int) -> tuple[pd.DataFrame, list[tuple[int, Marked]]]:
    """`table` with so many of its pieces of another type or taken out, and those pieces as they were, each with its row."""
    random, rows = np.random.default_rng(seed), [read_written(cell) or [] for cell in table["label"]]
    pieces = [(row, piece) for row, marked in enumerate(rows) for piece in marked]
    names = sorted({name for _, (_, _, name) in pieces})
    chosen = [pieces[place] for place in random.choice(len(pieces), round(share * len(pieces)), replace=False)]
    for row, piece in chosen:
        rows[row] = [one for one in rows[row] if one != piece]
        if random.random() < 0.5:
            rows[row].append((piece[0], piece[1], str(random.choice([name for name in names if name != piece[2]]))))
    return table.assign(label=[write_spans(row) for row in rows]), [(int(table.index[row]), piece) for row, piece in chosen]


def entity_errors(table: pd.DataFrame, language: str, share: float, seed: int) -> dict[str, float]:
    """What is found of the pieces that were changed."""
    wrong, errors = spoilt(table, share, seed)
    settings = Settings(language=language, task="entities", seed=seed)
    begun = time.perf_counter()
    found = check_entities(wrong, settings)
    seconds = time.perf_counter() - begun
    task = MarkedRows(settings, task_frame(wrong, settings, {}))
    looked_at = set(task.rows[np.concatenate([task.parts.train, task.parts.validation])].tolist())
    errors = [(row, piece) for row, piece in errors if row in looked_at]

    def at(row: int, place: tuple[int, int]) -> list[tuple[int, Marked]]:
        return [error for error in errors if error[0] == row and error[1][0] < place[1] and place[0] < error[1][1]]

    first = list(zip(found.ranked, found.places, strict=True))[: len(found.ranked) // 10]
    hits = [suspect for suspect in found.suspects if at(suspect.row, suspect.place)]
    right = [suspect for suspect in hits if suspect.is_changed(table["label"][suspect.row])]
    return {
        "errors": len(errors),
        "pieces": len(found.ranked),
        "found": len({error for place in first for error in at(*place)}) / len(errors),
        "listed": len(found.suspects),
        "precision": len(hits) / max(len(found.suspects), 1),
        "recall": len({error for suspect in hits for error in at(suspect.row, suspect.place)}) / len(errors),
        "right": len(right) / max(len(hits), 1),
        "seconds": seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--flipped", type=float, default=0.08)
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--entities", action="store_true")
    parser.add_argument("--data", type=Path, default=variable("DATA"))
    options = parser.parse_args()
    os.environ.setdefault("HIMOTOKU_HOME", tempfile.mkdtemp())
    print(processor())
    judge: dict[str, Callable[[Classification], np.ndarray]] = {"regression": regression} | ({"tuned": tuned} if options.tuned else {})
    lines: list[dict[str, float | str]] = []
    if options.entities:
        for language in ("en", "ja"):
            marked = marked_sample(language)
            for seed in range(options.seeds):
                lines.append({"set": f"entities-{language}", "seed": seed, **entity_errors(marked, language, options.flipped, seed)})
                print(lines[-1], flush=True)
        print(json.dumps(lines))
        return
    for seed in range(options.seeds):
        sets: dict[str, tuple[pd.DataFrame, pd.DataFrame | None]] = {"intents": (sample("intents-en"), None)}
        if options.data:
            sets["banking77"] = banking(Path(options.data), seed)
        for name, (table, apart) in sets.items():
            few = few_rows(table, apart, seed)
            found = label_errors(table, options.flipped, seed, judge)
            lines.append({"set": name, "seed": seed, **few, **found})
            print(
                "  ".join(f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}" for key, value in lines[-1].items()),
                flush=True,
            )
    print(json.dumps(lines))


if __name__ == "__main__":
    main()
