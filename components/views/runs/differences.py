"""Two judged runs side by side: which is better on the rows that both were judged on, and what was set differently, in sentences."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.evaluation.intervals import Interval
from components.evaluation.paired import Paired
from components.training.judged import JudgedResult
from components.training.results import AdaptationResult, ClassificationResult
from components.training.runs import Run
from components.training.settings import Settings
from components.training.starting_weights import begun_on
from components.ui.state.language import t
from components.ui.state.runs import duration
from components.ui.widgets.verdict import said

from .judged.verdict import measure_name, written

# Settings that a reader knows by their names on the page, in the order in which they are told.
TOLD = (
    "tune",
    "epochs",
    "learning_rate",
    "batch_size",
    "max_length",
    "seed",
    "test",
    "validation",
    "patience",
    "precision",
    "group",
    "probe",
)


@dataclass(frozen=True)
class Compared:
    """HTML from `said`: the verdict and what it stands on; the differences, a sentence each; what is the same, in words."""

    finding: str
    grounds: str
    differences: tuple[str, ...]
    same: tuple[str, ...]


def paired_rows(first: pd.DataFrame, second: pd.DataFrame) -> Paired | None:
    """Of two runs' predictions (text, label, predicted) by row; None unless both were judged on the same rows: the same texts with the same
    labels, for another file has rows of the same numbers."""
    if set(first.index) != set(second.index):
        return None
    second = second.reindex(first.index)
    if not all((first[name] == second[name]).all() for name in ("text", "label")):
        return None
    return Paired.of((first["predicted"] == first["label"]).to_numpy(), (second["predicted"] == second["label"]).to_numpy())


def compared(first: Run, second: Run, paired: Paired | None, gain: Interval | None = None) -> Compared:
    """A is the first, B the second; paired: how both did on the same rows, None where they weren't judged on the same. gain: by how much more B
    scores than A there, of a task whose answers are more than a class a row."""
    differences, same = _differences(first, second)
    verdict = _verdict(first, second, paired) if gain is None else _gain_verdict(first, second, gain)
    return Compared(*verdict, differences, same)


def _gain_verdict(first: Run, second: Run, gain: Interval) -> tuple[str, str]:
    assert isinstance(second.result, JudgedResult), "a gain is of judged measures"
    main = second.result.main
    values: dict[str, Any] = {"measure": measure_name(main), "low": written(main, gain.low), "high": written(main, gain.high)}
    grounds = said("runs.pair_gain", rows=f"{second.result.rows.test:,}", **values)
    if gain.low <= 0 <= gain.high:
        return said("runs.pair_chance"), grounds
    better, letter = (second, "B") if gain.value > 0 else (first, "A")
    return said("runs.pair_better", quoted={"name": better.name}, letter=letter), grounds


def _verdict(first: Run, second: Run, paired: Paired | None) -> tuple[str, str]:
    names = {"a": first.name, "b": second.name}
    if paired is None:
        kinds = {type(run.result) for run in (first, second)}
        if kinds == {AdaptationResult} and first.data.get("digest") == second.data.get("digest"):
            after = {
                place: f"{run.scores.get('perplexity_after', float('nan')):.2f}" for place, run in zip("ab", (first, second), strict=True)
            }
            return said("runs.pair_adapted"), said("runs.pair_perplexity", quoted=after)
        return said("runs.pair_apart"), said("runs.pair_apart_why")
    values: dict[str, Any] = {"rows": f"{paired.rows:,}", "only_a": f"{paired.first_only:,}", "only_b": f"{paired.second_only:,}"}
    grounds = said("runs.pair_rows", **values)
    verdict = paired.verdict
    if verdict in ("first", "second"):
        better = names["a" if verdict == "first" else "b"]
        letter = "A" if verdict == "first" else "B"
        return said("runs.pair_better", quoted={"name": better}, letter=letter), grounds + said("runs.pair_hardly_chance")
    return said(f"runs.pair_{verdict}"), grounds


def _differences(first: Run, second: Run) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The settings that differ, a sentence each, and the names of those that don't."""
    told, same = [], []
    if first.data.get("digest") == second.data.get("digest"):
        same.append(t("runs.data"))
    else:
        told.append(_told(t("runs.data"), *(_data_words(run) for run in (first, second))))
    if _same_weights(first, second):
        same.append(t("runs.weights"))
    else:
        told.append(_told(t("runs.weights"), *(_backbone_words(run, other) for run, other in ((first, second), (second, first)))))
    for name in TOLD:
        values = [getattr(run.settings, name) for run in (first, second)]
        if values[0] != values[1]:
            told.append(_told(t(_label(name)), *(_value_words(name, value) for value in values)))
        elif name in ("tune", "epochs", "learning_rate"):
            same.append(t(_label(name)))
    times = [duration(run.seconds) for run in (first, second)]
    if times[0] != times[1]:
        told.append(_told(t("runs.cost_time"), *times))
    return tuple(told), tuple(same)


def _told(name: str, first: str, second: str) -> str:
    return said("runs.pair_difference", quoted={"a": first, "b": second}, name=name)


def _label(name: str) -> str:
    return {"tune": "tune.how_much", "seed": "common.seed"}.get(name, f"tune.{name}")


def _value_words(name: str, value: Any) -> str:
    if name == "tune":
        return t(f"tune.how_{value}")
    if name == "precision":
        return t(f"tune.precision_{value}") if value in ("auto", "float32") else str(value)
    if name in ("test", "validation"):
        return f"{value:.0%}"
    return str(value) if value not in (None, "") else "–"


def _data_words(run: Run) -> str:
    rows = t("runs.n_rows", n=f"{run.data.get('rows', 0):,}")
    classes = t("tune.station_classes", n=len(run.result.labels)) if isinstance(run.result, ClassificationResult) else ""
    return f"{run.data.get('name', run.name)} · {rows}" + (f" · {classes}" if classes else "")


def _same_weights(first: Run, second: Run) -> bool:
    """Whether both began on the same backbone, and on the same making of it where that is known of both."""
    known = [begun_on(run) for run in (first, second)]
    shared = known[0].keys() & known[1].keys()
    return first.settings.backbone == second.settings.backbone and all(known[0][id] == known[1][id] for id in shared)


def _backbone_words(run: Run, other: Run) -> str:
    """The model by its name on the page; where both began on the same one, which making of it."""
    name = backbone_name(run.settings)
    if run.settings.backbone != other.settings.backbone:
        return name
    return t("runs.making", name=name, when=pd.Timestamp(run.created, unit="s").strftime("%Y-%m-%d"))


def backbone_name(settings: Settings) -> str:
    """A bundled backbone in words, any other model by its id."""
    from components.models.bundled import BY_BACKBONE

    known = BY_BACKBONE.get(settings.backbone)
    return t(f"tune.backbone_{known.language}") if known else settings.backbone
