"""Labels that are probably wrong: rows whose label a model that never saw them finds improbable.

Northcutt, Jiang & Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", by the authors' own cleanlab. The model is logistic
regression on the frozen encoder, fitted as often as there are folds; near duplicates are in one fold, for each would tell the other's label.
The rows that a model is judged on are never looked at.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.models.turns import check_time
from components.training.quick_head import QuickHead
from components.training.relabelled import task_frame
from components.training.settings import Settings
from components.training.suspects import FOLDS, LEAST_ROWS, MOST_ROWS, MOST_SUSPECTS, LabelCheck, Progress, Suspect

# A strong penalty, for the labels that are learned from are wrong too (`benchmarks.cheap`).
STRENGTH = 0.01


def check_labels(
    frame: pd.DataFrame, settings: Settings, mended: Mapping[str, str] | None = None, progress: Progress | None = None
) -> LabelCheck:
    """The suspects among the training and validation rows of `frame`, which a training with `settings` would have.

    mended: what `relabelled.remembered` gives. progress is called with the share that is done (0..1). Raises TrainingError where there are too few rows
    or a training couldn't begin, ModelError where the backbone can't be run, OutOfTime (`time_limit`).
    """
    from components.training.tasks.classification import Classification

    tell = progress or (lambda _: None)
    task = Classification(settings, task_frame(frame, settings, mended or {}))
    rows = np.sort(np.concatenate([task.parts.train, task.parts.validation]))
    looked_at = len(rows)
    if looked_at > MOST_ROWS:
        rows = np.sort(np.random.default_rng(settings.seed).choice(rows, MOST_ROWS, replace=False))
    done = 0

    def encoded(count: int) -> None:
        nonlocal done
        done += count
        tell(0.8 * done / len(rows))

    groups = np.arange(len(task.texts)) if task.groups is None else task.groups
    rows = _learnable(rows, task.classes, groups)
    if len(rows) < LEAST_ROWS:
        raise TrainingError("training.too-few-to-check", least=LEAST_ROWS)
    vectors = task.vectors(rows, encoded)
    # Numbered from 0 without a gap, as cleanlab wants them.
    found, classes = np.unique(task.classes[rows], return_inverse=True)
    probabilities = out_of_fold(vectors, classes, groups[rows], len(found), settings.seed, lambda share: tell(0.8 + 0.2 * share))
    order, issues = doubtful(classes, probabilities)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    suspects = []
    for place in issues[:MOST_SUSPECTS]:
        wanted = int(probabilities[place].argmax())
        fellows = np.flatnonzero(classes == wanted)
        like = fellows[int((unit[fellows] @ unit[place]).argmax())]
        row, text, other = task.rows[rows[place]], task.texts[rows[place]], task.texts[rows[like]]
        given, suspected = (task.labels[found[number]] for number in (classes[place], wanted))
        suspects.append(Suspect(int(row), text, given, suspected, float(probabilities[place, wanted]), other))
    ranked = tuple(int(task.rows[rows[place]]) for place in order)
    return LabelCheck(tuple(suspects), ranked, len(task.parts.test), looked_at - len(rows))


def _learnable(rows: np.ndarray, classes: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Those of `rows` whose class stands in two groups or more: of another class no model has seen a row that it hasn't to judge."""
    pairs = np.unique(np.stack([classes[rows], groups[rows]]), axis=1)
    several = np.flatnonzero(np.bincount(pairs[0]) >= 2)
    return rows[np.isin(classes[rows], several)]


def out_of_fold(
    vectors: np.ndarray, classes: np.ndarray, groups: np.ndarray, n_classes: int, seed: int = 0, progress: Progress | None = None
) -> np.ndarray:
    """For each row the probabilities by a head that learned from the other folds: vectors (n, d), classes and groups (n,) -> (n, n_classes).
    Raises OutOfTime between the folds."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = min(FOLDS, len(np.unique(groups)))
    out = np.zeros((len(classes), n_classes))
    dealt = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(vectors, classes, groups)
    for number, (learned, judged) in enumerate(dealt, start=1):
        check_time()
        head = QuickHead.fit(vectors[learned], classes[learned], n_classes, seed, STRENGTH)
        out[judged] = head.probabilities(vectors[judged])
        if progress:
            progress(number / folds)
    return out


def doubtful(classes: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(all rows, those whose label is probably wrong), both with the most doubtful first, from out-of-fold probabilities (n, classes)."""
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    quality = get_label_quality_scores(classes, probabilities, method="normalized_margin")
    order = np.argsort(quality, kind="stable")
    wrong = find_label_issues(classes, probabilities, n_jobs=1) & (probabilities.argmax(axis=1) != classes)
    return order, order[wrong[order]]
