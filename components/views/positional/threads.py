"""Two texts of the same words, one over the other, with a thread from each word to where it stands in the other order.

Own front-end code (threads.js and .css beside this file), because the words themselves are the figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from components.ui.widgets.escaped import printable

MOST = 7  # characters of a word that are drawn
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_order_threads",
    html="<div class='all' data-words></div>",
    css=(_HERE / "threads.css").read_text(encoding="utf-8"),
    js=(_HERE / "threads.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, eq=False)
class Drawing:
    """One reading of both texts. partners[i]: where token i of the first text stands in the second, None where it does not; cosines (n_a, n_b)."""

    title: str
    note: str
    alt: str
    partners: Sequence[int | None]
    cosines: np.ndarray


def numbers(drawing: Drawing) -> tuple[dict[int, str], list[int]]:
    """What stands under the words of the second text: the cosine with the partner, in three digits, and the places with the lowest, none where all
    are the same."""
    written = {j: f"{float(drawing.cosines[i, j]):.3f}" for i, j in enumerate(drawing.partners) if j is not None}
    lowest = min(written.values(), key=float, default="")
    framed = [place for place, number in written.items() if number == lowest] if len(set(written.values())) > 1 else []
    return written, framed


def show_threads(first: Sequence[str], second: Sequence[str], drawings: Sequence[Drawing], *, key: str) -> None:
    """first (n_a,), second (n_b,): tokens."""
    sent = []
    for drawing in drawings:
        written, framed = numbers(drawing)
        sent.append(
            {
                "title": drawing.title,
                "note": drawing.note,
                "alt": drawing.alt,
                "partners": list(drawing.partners),
                "numbers": [written.get(place, "") for place in range(len(second))],
                "lowest": framed,
            }
        )
    _COMPONENT(key=key, data={"first": _words(first), "second": _words(second), "drawings": sent}, height="content")


def _words(tokens: Sequence[str]) -> list[tuple[str, bool]]:
    """Each token as it is drawn, and whether it is one of the tokenizer's own."""
    return [
        (printable(token if len(token) <= MOST else token[: MOST - 1] + "…"), token.startswith("[") and token.endswith("]"))
        for token in tokens
    ]
