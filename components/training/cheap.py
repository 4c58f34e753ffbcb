"""How far one comes without fine-tuning: the methods that tune nothing, on the split of a fine-tuning, before it starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.evaluation.judgements import Scores
from components.training.relabelled import task_frame
from components.training.settings import Settings

MOST_ROWS = 20_000  # of a table; with more, it is computed beside the training


@dataclass(frozen=True)
class Cheap:
    """`scores`: by the baseline's name, on `test` rows that nothing was chosen by, from `train` rows."""

    scores: Mapping[str, Scores]
    train: int
    test: int


def cheap_scores(
    frame: pd.DataFrame, settings: Settings, mended: Mapping[str, str] | None = None, progress: Callable[[float], None] | None = None
) -> Cheap:
    """The baselines on the very rows that a classifier trained with `settings` would be judged on.

    mended: what `relabelled.remembered` gives. progress is called with the share that is done (0..1). Raises TrainingError where a training couldn't
    begin, OutOfTime (`time_limit`).
    """
    from components.training.tasks.classification import Classification

    task = Classification(settings, task_frame(frame, settings, mended or {}))
    rows = np.concatenate([task.trained, task.parts.test])
    done = 0

    def encoded(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(min(done / len(rows), 1.0))

    scores, _ = task.judged(task.baselines(encoded))
    return Cheap(scores, len(task.trained), len(task.parts.test))
