"""A text whose tokens are tinted by a number, and beside it what else could have stood at the token that is pointed at.

Own front-end code (scored_line.js and .css beside this file), because the text itself is the figure. It builds text nodes, never HTML. Pointing at a
token, or moving to it with the arrow keys, is answered in the browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.charts.numbers import per_cent
from components.models.causal_lm import Candidate
from components.ui.state.language import t
from components.ui.widgets.escaped import printable_lines

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_scored_line",
    html="<div class='two'><div class='line' role='group' data-words></div><div class='side' data-words aria-live='polite'></div></div>",
    css=(_HERE / "scored_line.css").read_text(encoding="utf-8"),
    js=(_HERE / "scored_line.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Scored:
    """One token of the line. strength: of its tint, 0 to 1; None: plain, what was given and not scored. words: what is said of it beside the line.
    best: what could have stood there, the likeliest first; own: its id."""

    text: str
    strength: float | None = None
    words: str = ""
    best: Sequence[Candidate] = ()
    own: int = -1


def scored_line(tokens: Sequence[Scored], *, key: str, label: str, chosen: int, role: str = "ai", going: bool = False) -> None:
    """Draws the line. label: names it for a screen reader. chosen: the token that is told of at first. role: of the tint (`theme.ROLES`). going: more
    is being written."""
    _COMPONENT(
        key=key,
        data={
            "tokens": [
                [
                    printable_lines(token.text),
                    -1 if token.strength is None else round(token.strength, 3),
                    token.words,
                    [
                        [printable_lines(one.text), round(one.probability, 5), per_cent(one.probability), int(one.id == token.own)]
                        for one in token.best
                    ],
                ]
                for token in tokens
            ],
            "chosen": chosen,
            "label": label,
            "role": role,
            "going": going,
            "labels": {name: t(f"decoder.line_{name}") for name in ("own", "space", "line")},
        },
        height="content",
    )
