"""Tokens as chips, drawn by one function everywhere. All text is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

import streamlit as st

from .escaped import printable

STYLE = """
<style>
.tl-chips { display: flex; flex-wrap: wrap; gap: 0.3rem; line-height: 1.5; margin: 0.2rem 0; }
.tl-word { display: inline-flex; border: 1px solid var(--hi-edge); border-radius: 0.4rem; overflow: hidden; }
.tl-chip { padding: 0.05rem 0.4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.tl-chip + .tl-chip { border-left: 1px dashed var(--hi-edge); }
.tl-special { color: var(--hi-ink2); font-style: italic; background: var(--hi-field); }
.tl-unknown { text-decoration: underline wavy var(--hi-bad); }
.tl-chip small { display: block; font-size: 0.72rem; line-height: 1.1; }
</style>
"""


@dataclass(frozen=True)
class Chip:
    """One token. word: tokens in a row with the same word number are joined. note: a small second line (an id, a part of speech).
    weight: -1..1, tints the chip (what opposes, negative, and what supports, positive); its number stands in the tooltip, so colour is not the only sign."""

    text: str
    word: int | None = None
    kind: str = "token"  # token, special, unknown
    note: str = ""
    weight: float | None = None
    tooltip: str = ""


def chips_html(chips: Sequence[Chip]) -> str:
    """Chips as escaped HTML; tokens of one word share a frame."""
    numbered = [(("word", chip.word) if chip.word is not None else ("alone", index), chip) for index, chip in enumerate(chips)]
    words = ["".join(_chip(chip) for _, chip in group) for _, group in groupby(numbered, key=lambda pair: pair[0])]
    return '<div class="tl-chips" data-words="">' + "".join(f'<span class="tl-word">{word}</span>' for word in words) + "</div>"


def token_chips(chips: Sequence[Chip]) -> None:
    """Draws the chips."""
    st.html(STYLE + chips_html(chips))


def _chip(chip: Chip) -> str:
    kind = {"special": " tl-special", "unknown": " tl-unknown"}.get(chip.kind, "")
    tint = ""
    if chip.weight is not None:
        role = "supports" if chip.weight >= 0 else "opposes"
        tint = f' style="background: color-mix(in srgb, var(--hi-{role}) {min(abs(chip.weight), 1.0) * 45:.0f}%, transparent)"'
    title = f' title="{escape(printable(chip.tooltip), quote=True)}"' if chip.tooltip else ""
    note = f"<small>{escape(printable(chip.note))}</small>" if chip.note else ""
    return f'<span class="tl-chip{kind}"{tint}{title}>{escape(printable(chip.text))}{note}</span>'
