"""What is asked about the heads on the screen and their layer's shapes."""

import numpy as np

from components.charts.heads import HeadColumn
from components.ui.widgets.check import Question, choose, count

from .layer import Layer

CLEAR = 0.1  # of the attention: how much less than in the right head a word gives in a wrong one


def questions(layer: Layer | None) -> list[Question | None]:
    if layer is None:
        return []
    _, h, queries, keys = layer.shapes["weights"]
    wrong = [f"{number:,}" for number in (queries * keys, h * (queries + keys), h * queries, layer.d_model * queries)]
    return [
        _head(layer),
        choose(
            "multi_head-weights", f"{h * queries * keys:,}", wrong, seed=(h, queries, keys),
            values={"heads": h, "n": queries, "keys": keys, "squares": f"{queries} × {keys}"},
        ),
        count("multi_head-width", layer.d_model // layer.num_heads, values={"d": layer.d_model, "heads": layer.num_heads}),
    ]  # fmt: skip


def _head(layer: Layer) -> Question | None:
    """In which head one word gives another the most: of the pair of words that tells the heads apart best."""
    if len(layer.heads) < 2:
        return None
    weights = np.stack([head.weights for head in layer.heads])  # (h, n_q, n_k)
    ordered = np.sort(weights, axis=0)
    lead = ordered[-1] - ordered[-2]
    names, keys = list(layer.queries.names), list(layer.keys.names)
    rows = np.array([names.count(name) == 1 and any(map(str.isalnum, name)) for name in names])
    columns = np.array([keys.count(name) == 1 and any(map(str.isalnum, name)) for name in keys])
    if layer.queries.special:
        rows &= ~np.array(layer.queries.special)
    if layer.keys.special:
        columns &= ~np.array(layer.keys.special)
    lead = np.where(rows[:, None] & columns[None, :], lead, 0)
    row, column = np.unravel_index(int(lead.argmax()), lead.shape)
    if lead[row, column] < CLEAR:
        return None
    best = int(weights[:, row, column].argmax())
    wrong = [head_name(head) for number, head in enumerate(layer.heads) if number != best]
    quoted = {"query": names[row], "key": keys[column]}
    shares = {"percent": round(100 * float(weights[best, row, column])), "next": round(100 * float(ordered[-2, row, column]))}
    return choose("multi_head-head", head_name(layer.heads[best]), wrong, seed=repr((names, keys)), quoted=quoted, values=shares)


def head_name(head: HeadColumn) -> str:
    """As over its column."""
    return f"{head.name} {head.number}".strip()
