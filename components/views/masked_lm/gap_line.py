"""The sentence with a gap in it: each word hides itself at a click, candidates stand in the gap as large as they are likely, bars beside.

Own front-end code (gap_line.js and .css beside this file), because the text itself is the figure. It builds text nodes, never HTML, so any text
is safe in it. Pointing at a bar, or at another gap, is answered in the browser; a click on a word is one run of the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from components.charts.numbers import per_cent
from components.models.results import Fill
from components.ui.state.language import t
from components.ui.widgets.escaped import printable

LONG = 60  # words from which on the text is small and scrolls
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_gap_line",
    html="<div class='two'><div><div class='line' role='group' data-words></div><p class='note'></p></div><div class='bars' data-words></div></div>",
    css=(_HERE / "gap_line.css").read_text(encoding="utf-8"),
    js=(_HERE / "gap_line.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class GapWord:
    """One word of the line. start: its character in the text. spaced: with a space before it. kind: a word can be hidden, a mark can't."""

    text: str
    start: int
    spaced: bool
    kind: Literal["word", "mark", "gap"]


@dataclass(frozen=True)
class Gap:
    """One gap. at: its place among the words. fills: the likeliest first, of a vocabulary of `vocabulary` entries. own: the id of the token that
    stands there, where that is known."""

    at: int
    fills: Sequence[Fill]
    vocabulary: int
    own: int | None = None

    @property
    def rest(self) -> float:
        """The probability of all other words."""
        return max(0.0, 1 - sum(fill.score for fill in self.fills))


def gap_line(
    words: Sequence[GapWord],
    gaps: Sequence[Gap],
    *,
    key: str,
    sentence: str,
    hidden: int,
    on_hide: Callable[[int], None],
    note: str = "",
) -> None:
    """Draws the line. hidden: the character at which the word begins that is hidden by a click, -1 for none. on_hide(start) is called before the
    next run: of the word to hide, -1 to show the hidden one again. sentence: the text without gaps; the type keeps its size while it is the same."""

    def chosen() -> None:
        start = st.session_state[key].hidden
        if isinstance(start, int):
            on_hide(start)

    _COMPONENT(
        key=key,
        data={
            "words": [[printable(word.text), word.start, int(word.spaced), word.kind] for word in words],
            "gaps": [_described(gap, number) for number, gap in enumerate(gaps, 1)],
            "hidden": hidden,
            "sentence": sentence[:2_000],
            "most": LONG,
            "labels": {name: t(f"masked_lm.gap_{name}") for name in ("group", "gap", "own", "empty")} | {"note": note},
        },
        on_hidden_change=chosen,
        height="content",
    )


def _described(gap: Gap, number: int) -> dict[str, object]:
    fills = [
        [printable(fill.token), round(fill.score, 6), per_cent(fill.score), int(fill.continues_word), int(fill.id == gap.own)]
        for fill in gap.fills
    ]
    return {
        "at": gap.at,
        "name": t("masked_lm.mask_number", number=number),
        "fills": fills,
        "rest": round(gap.rest, 6),
        "rest_percent": per_cent(gap.rest),
        "others": t("masked_lm.gap_others", n=f"{gap.vocabulary - len(gap.fills):,}"),
    }
