"""What is asked about the attention on the screen, and about all heads together."""

import numpy as np

from components.transformer.head_kind import KINDS
from components.ui.state.language import t
from components.ui.widgets.check import Question, choose

from .kinds import grouped, measured
from .page import AttentionReading
from .views import Shown, part_columns

CLEAR = 0.1  # of all attention: how much less a wrong answer collects


def questions(shown: Shown | None, reading: AttentionReading | None) -> list[Question | None]:
    if shown is None or reading is None:
        return []
    return [_collects(shown, reading), _kinds(reading)]


def _collects(shown: Shown, reading: AttentionReading) -> Question | None:
    """Which word gets most from all words together."""
    sums, total = np.asarray(shown.part.values).sum(axis=0), float(np.asarray(shown.part.values).sum())
    best: dict[str, float] = {}
    for unit, value in zip(part_columns(shown), sums, strict=True):
        label = reading.units.labels[unit]
        best[label] = max(float(value) / max(total, 1e-12), best.get(label, 0.0))
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    if len(ranked) < 2 or ranked[0][1] - ranked[1][1] < CLEAR * ranked[0][1]:
        return None
    (label, share), (other, less) = ranked[:2]
    values = {"name": shown.source.name, "percent": round(100 * share), "less": round(100 * less)}
    return choose(
        "bert_attention-collects",
        label,
        [one for one, _ in ranked[1:]],
        seed=reading.text,
        quoted={"word": label, "other": other},
        values=values,
    )


def _kinds(reading: AttentionReading) -> Question | None:
    """What most heads do on this text."""
    groups = grouped(measured(reading.key, reading, reading.whole_words)[0])
    counts = {kind: len(groups.get(kind, ())) for kind in KINDS}
    ranked = sorted(counts, key=lambda kind: -counts[kind])
    if counts[ranked[0]] == counts[ranked[1]]:
        return None
    values = {"heads": sum(counts.values()), "n": counts[ranked[0]]}
    return choose(
        "bert_attention-kinds",
        t(f"head_kind.{ranked[0]}"),
        [t(f"head_kind.{kind}") for kind in ranked[1:]],
        seed=reading.text,
        values=values,
    )
