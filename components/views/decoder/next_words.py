"""What could come next, as bars, under temperature, top-k, top-p and min-p: the four move in the browser, for the logits are there.

Own front-end code (next_words.js and .css beside this file): a rerun for every step of a slider would not be live. It builds text nodes, never HTML.
A word that is pressed, and a slider that is let go, are one run of the page each.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from components.models.causal_lm import Candidate
from components.transformer.sampling import Sampling
from components.ui.state.language import t
from components.ui.widgets.escaped import printable

SENT = 4096  # logits that the browser gets one by one; of the others how many there are at each height
BINS = 512
NAMED = 40  # words that can be shown
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_next_words",
    html="<div class='two'><div class='bars' data-words></div><div class='side'><div class='sliders'></div><p class='kept' aria-live='polite'></p></div></div>",
    css=(_HERE / "next_words.css").read_text(encoding="utf-8"),
    js=(_HERE / "next_words.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Slider:
    """least, most, step of one setting; off: the value at which it changes nothing."""

    least: float
    most: float
    step: float
    off: float


SLIDERS = {
    "temperature": Slider(0, 2, 0.05, 1),
    "top_k": Slider(0, 100, 1, 0),
    "top_p": Slider(0.05, 1, 0.01, 1),
    "min_p": Slider(0, 0.5, 0.01, 0),
}


def packed(logits: np.ndarray) -> dict[str, object]:
    """logits (V,) as the browser gets them: the SENT highest, falling, float32 in base64; of the rest [height, count], in BINS steps."""
    ordered = np.sort(logits.astype(np.float32))[::-1]
    top, rest = ordered[:SENT], ordered[SENT:]
    counts, edges = np.histogram(rest, BINS) if rest.size else (np.zeros(0, int), np.zeros(1))
    bins = [[round(float((low + high) / 2), 4), int(n)] for low, high, n in zip(edges, edges[1:], counts, strict=False) if n]
    return {"logits": base64.b64encode(np.ascontiguousarray(top).tobytes()).decode(), "rest": bins, "vocabulary": len(ordered)}


def next_words(
    logits: np.ndarray,
    words: Sequence[tuple[Candidate, bool]],
    sampling: Sampling,
    *,
    key: str,
    on_settings: Callable[[dict[str, float]], None],
    on_word: Callable[[int], None],
) -> None:
    """Draws the bars. logits (V,). words: the likeliest, at most NAMED, and whether each can be added to the text. on_settings(the four) and on_word(id) are called before the
    next run."""

    def settings() -> None:
        found = st.session_state[key].settings
        if isinstance(found, dict):
            on_settings({name: float(found[name]) for name in SLIDERS if isinstance(found.get(name), int | float)})

    def word() -> None:
        id = st.session_state[key].word
        if isinstance(id, int) and any(id == own.id for own, addable in words if addable):
            on_word(id)

    _COMPONENT(
        key=key,
        data={
            **packed(logits),
            "words": [[own.id, printable(own.text), int(addable)] for own, addable in words[:NAMED]],
            "settings": {name: getattr(sampling, name) for name in SLIDERS},
            "sliders": {name: asdict(slider) | {"label": t(f"decoder.{name}")} for name, slider in SLIDERS.items()},
            "labels": {name: t(f"decoder.bars_{name}") for name in ("add", "others", "more", "cut", "reset", "space", "line")}
            | {"kept": t("decoder.bars_kept", kept="{kept}", all="{all}", bits="{bits}")},
        },
        on_settings_change=settings,
        on_word_change=word,
        height="content",
    )
