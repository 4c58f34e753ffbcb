"""A learning curve over data size: the same split, settings and number of steps on a quarter and a half of the training rows.

It tells whether more rows like these would help (Perlich, Provost & Simonoff 2003, "Tree Induction vs. Logistic Regression: A
Learning-Curve Analysis"). One job in the queue trains all of its points; its parent run is the point of all rows.
"""

import json
import shutil
from dataclasses import replace
from typing import Protocol

import pandas as pd

from components.errors import TrainingError
from components.training.relabelled import RELABELLED
from components.training.results import ClassificationResult, CurvePoint, Ending, PointScores, Reason
from components.training.runs import Progress, Run
from components.training.settings import Settings
from components.training.starting_weights import WEIGHTS, begun_on, replaced_beneath
from components.training.store import RunStore

SHARES = (0.25, 0.5)
LEAST_ROWS = 40  # rows to learn from, of which a quarter is taken


class Pulse(Protocol):
    """What tells the store how far a training is."""

    def set(self, *, stage: str, part: int = 0, parts: int = 0) -> None: ...

    def step(self, progress: Progress) -> bool:
        """After each step: True if the training should stop."""


def request_curve(store: RunStore, visitor: str, run: Run, key: str) -> Run:
    """Queue the learning curve of a judged classification `run`; when it is done, `curve_points` has it.

    Raises TrainingError where the run has too few rows, a quota is full, the key does not open it, or the backbone is another one by now:
    a curve whose last point stands on other weights than the first says nothing of the rows.
    """
    if not isinstance(run.result, ClassificationResult) or run.result.rows.train < LEAST_ROWS:
        raise TrainingError("training.curve-too-few-rows", least=LEAST_ROWS)
    if replaced := replaced_beneath(run):
        raise TrainingError("training.weights-replaced", id=replaced)
    data = {"purpose": "curve", "of": run.id, WEIGHTS: begun_on(run), RELABELLED: run.data.get(RELABELLED, {})}
    made, _ = store.create(visitor, run.settings, store.rows(run.id, key), run.name, data, hidden=True)
    return made


def part_settings(settings: Settings, share: float) -> Settings:
    """`settings` on `share` of the training rows with as many steps: else fewer rows would also mean less training."""
    return replace(settings, train_share=settings.train_share * share, epochs=min(round(settings.epochs / share), 100))


def curve_points(run: Run) -> tuple[CurvePoint, ...]:
    """The points of a run's learning curve, by rows, its own the last. () before it is made."""
    result = run.result
    return (*result.curve, _point(result)) if isinstance(result, ClassificationResult) and result.curve else ()


def train_curve(store: RunStore, job: Run, frame: pd.DataFrame, pulse: Pulse) -> Ending:
    """In the worker: trains the points that `job` still lacks. A job that was stopped goes on where it was."""
    from components.training.tasks import make_task
    from components.training.trainer import train
    from components.training.tuning import merged

    points = []
    for number, share in enumerate(SHARES, start=1):
        folder = job.folder / f"share-{share}"
        stored = folder / "point.json"
        if not stored.exists():
            folder.mkdir(exist_ok=True)
            pulse.set(stage="train", part=number, parts=len(SHARES))
            task = make_task(part_settings(job.settings, share), frame)
            outcome = train(task, folder, lambda *_: None, pulse.step)
            if outcome.end == "stopped":
                return Ending("stopped", Reason("training.reason-curve-stopped"))
            pulse.set(stage="judge")
            result = task.finish(merged(outcome.model), folder / "model")
            assert isinstance(result, ClassificationResult)
            for path in folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            stored.write_text(json.dumps(_point(result).to_json()), encoding="utf-8")
        points.append(CurvePoint.from_json(json.loads(stored.read_text(encoding="utf-8"))))
    store.add_curve(job.data["of"], points)
    return Ending("done")


def _point(result: ClassificationResult) -> CurvePoint:
    return CurvePoint(result.rows.train, PointScores.of(result.judgement), PointScores.of(result.baselines["tfidf"]))
