"""What the figure says in one sentence: where the chosen word looks."""

from collections.abc import Callable, Sequence

import numpy as np

from components.text.clip import clip
from components.ui.state.language import t
from components.ui.widgets.token_line import where_it_looks
from components.ui.widgets.verdict import said

MOST = 16  # characters of a word in a sentence


def finding(weights: np.ndarray, row: int, queries: Sequence[str], keys: Sequence[str], *, crossed: bool) -> str:
    """The sentence as HTML for the chosen row of the weights (n_q, n_k). crossed: the keys are other words than the queries, so that none looks
    at itself."""
    return _worded(weights, row, queries, keys, crossed, lambda key, quoted, values: said(key, quoted=quoted, **values))


def finding_text(weights: np.ndarray, row: int, queries: Sequence[str], keys: Sequence[str], *, crossed: bool) -> str:
    """The same as plain text, for those who don't see the figure."""
    return _worded(weights, row, queries, keys, crossed, lambda key, quoted, values: t(key, **quoted, **values))


def _worded(
    weights: np.ndarray,
    row: int,
    queries: Sequence[str],
    keys: Sequence[str],
    crossed: bool,
    say: Callable[[str, dict[str, str], dict[str, object]], str],
) -> str:
    look = where_it_looks(weights[row], -1 if crossed else row)
    kind = "strong" if look.kind == "tie" and keys[look.target] == keys[look.other] else look.kind
    quoted = {"query": clip(queries[row], MOST)}
    if kind in ("strong", "tie", "spread"):
        quoted["key"] = clip(keys[look.target], MOST)
    if kind == "tie":
        quoted["other"] = clip(keys[look.other], MOST)
    return say(f"attention.finding_{kind}", quoted, {} if kind == "nothing" else {"percent": round(100 * look.weight)})
