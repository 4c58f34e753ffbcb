"""A learning curve over data size: the same split, settings and number of steps on a quarter and a half of the training rows.

It tells whether more rows like these would help (Perlich, Provost & Simonoff 2003, "Tree Induction vs. Logistic Regression: A
Learning-Curve Analysis"). One job in the queue trains all of its points; its parent run is the point of all rows.
"""

import json
import shutil
from dataclasses import replace

import pandas as pd

from components.errors import TrainingError
from components.training.runs import Run
from components.training.settings import Settings
from components.training.store import RunStore

SHARES = (0.25, 0.5)
LEAST_ROWS = 40  # rows to learn from, of which a quarter is taken
SCORES = ("accuracy", "macro_f1")


def request_curve(store: RunStore, visitor: str, run: Run, key: str) -> Run:
    """Queue the learning curve of a judged classification `run`; when it is done, `curve_points` has it.

    Raises TrainingError where the run has too few rows, a quota is full, or the key does not open it.
    """
    if run.settings.task != "classification" or run.result.get("rows", {}).get("train", 0) < LEAST_ROWS:
        raise TrainingError("training.curve-too-few-rows", least=LEAST_ROWS)
    data = {"purpose": "curve", "of": run.id}
    made, _ = store.create(visitor, run.settings, store.rows(run.id, key), run.name, data, hidden=True)
    return made


def part_settings(settings: Settings, share: float) -> Settings:
    """`settings` on `share` of the training rows with as many steps: else fewer rows would also mean less training."""
    return replace(settings, train_share=settings.train_share * share, epochs=min(round(settings.epochs / share), 100))


def curve_points(run: Run) -> list[dict]:
    """The points of a run's learning curve, by rows: rows, and for "model" and "tfidf" the scores with their intervals. [] before it is
    made."""
    made = run.result.get("curve")
    if not made:
        return []
    return [*made, _point(run.result)]


def train_curve(store: RunStore, job: Run, frame: pd.DataFrame, pulse) -> tuple[str, str, dict, dict]:
    """In the worker: trains the points that `job` still lacks and gives its end (state, reason, values, result). A job that was stopped
    goes on where it was."""
    from components.training.tasks import make_task
    from components.training.trainer import train
    from components.training.tuning import merged

    points = []
    for number, share in enumerate(SHARES, start=1):
        folder = job.folder / f"share-{share}"
        kept = folder / "point.json"
        if not kept.exists():
            folder.mkdir(exist_ok=True)
            pulse.set(stage="train", part=number, parts=len(SHARES))
            task = make_task(part_settings(job.settings, share), frame)
            outcome = train(task, folder, lambda *_: None, pulse.step)
            if outcome.end == "stopped":
                return "stopped", "training.reason-curve-stopped", {}, {}
            pulse.set(stage="judge")
            point = _point(task.finish(merged(outcome.model), folder / "model"))
            for path in folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            kept.write_text(json.dumps(point), encoding="utf-8")
        points.append(json.loads(kept.read_text(encoding="utf-8")))
    store.add_result(job.data["of"], "curve", points)
    return "done", "", {}, {}


def _point(result: dict) -> dict:
    judged = {"model": result["judgement"], "tfidf": result["baselines"]["tfidf"]}
    return {"rows": result["rows"]["train"]} | {name: {score: found[score] for score in SCORES} for name, found in judged.items()}
