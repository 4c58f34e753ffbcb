"""Trains on every bundled sample as the page would, and keeps what came of it: components/training/samples/runs.json.

    python -m scripts.sample_runs [sample id ...]

Takes some minutes on two cores; tests/unit/training/test_sample_runs.py says when it has to be done again.
"""

import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

from components.training import fine_tune, read_table
from components.training.results import AdaptationResult, ClassificationResult
from components.training.runs import Run
from components.training.sample_runs import FILE, Check, SampleRun, file_fingerprint
from components.training.samples_list import SAMPLES, SampleTable
from components.training.settings import suggested_epochs
from components.training.starting_weights import fingerprints
from components.training.store import RunStore

POINTS = 60  # of the training loss


def train(sample: SampleTable, store: RunStore) -> Run:
    """A run with what stands in the page's controls at first."""
    frame = read_table(sample.path.read_bytes(), sample.path.name).frame
    frame = frame.set_axis(range(1, len(frame) + 1))
    epochs = suggested_epochs(len(frame))
    return fine_tune(frame, sample.text, sample.label, sample.language, sample.task, epochs=epochs, store=store, probe=sample.probe)


def measured(sample: SampleTable, run: Run, store: RunStore) -> SampleRun:
    result = run.result
    assert result is not None
    with store.database.connection() as database:
        events = database.execute("select kind, content from events where run = ? order by number", (run.id,)).fetchall()
    contents = [(event["kind"], json.loads(event["content"])) for event in events]
    losses = [(content["step"], round(content["loss"], 4)) for kind, content in contents if kind == "loss"]
    thinned = [losses[round(place * (len(losses) - 1) / (POINTS - 1))] for place in range(POINTS)] if len(losses) > POINTS else losses
    more: dict = {}
    if isinstance(result, ClassificationResult):
        counts = pd.read_csv(sample.path, dtype=str)[sample.label].value_counts()
        more = {"classes": tuple((str(name), int(rows)) for name, rows in counts.items()), "against": result.pairs["tfidf"]}
    elif isinstance(result, AdaptationResult):
        pairs = {name: (getattr(result.before, name), getattr(result.after, name)) for name in ("perplexity", "masked_accuracy")}
        more = {name: tuple(round(value, 4) for value in pair) for name, pair in pairs.items()}
    return SampleRun(
        sample=sample.id,
        file=file_fingerprint(sample),
        weights=fingerprints(run.settings),
        seconds=round(run.seconds, 1),
        size_bytes=sum(path.stat().st_size for path in run.model_dir.rglob("*") if path.is_file()),
        rows=result.rows,
        steps=max(step for step, _ in losses),
        losses=tuple(dict(thinned).items()),
        checks=tuple(Check(content["step"], round(content["loss"], 4)) for kind, content in contents if kind == "evaluation"),
        **more,
    )


def main(asked: list[str]) -> None:
    kept = {values["sample"]: values for values in json.loads(FILE.read_text(encoding="utf-8"))} if FILE.exists() else {}
    for sample in SAMPLES:
        if (asked and sample.id not in asked) or sample.task not in ("classification", "domain_adaptation"):
            continue
        with tempfile.TemporaryDirectory() as home:
            store = RunStore(Path(home))
            kept[sample.id] = measured(sample, train(sample, store), store).to_json()
        print(sample.id, kept[sample.id]["seconds"], "s", kept[sample.id]["against"] or kept[sample.id]["perplexity"], flush=True)
        listed = [kept[sample.id] for sample in SAMPLES if sample.id in kept]
        text = "[\n" + ",\n".join(json.dumps(values, ensure_ascii=False) for values in listed) + "\n]\n"
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
