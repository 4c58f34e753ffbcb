"""Pieces of a text marked in place, each with its name: for entities and answers. All text is escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from typing import Literal

import streamlit as st

from components.charts.theme import KEY_COLOUR, MARK_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR, VALUE_COLOUR

from .escaped import printable

COLOURS = (QUERY_COLOUR, KEY_COLOUR, VALUE_COLOUR, OUTPUT_COLOUR, "#56B4E9", MARK_COLOUR, "#8A8F98", "#B8A100")
STYLE = """
<style>
.tl-text { line-height: 2.1; white-space: pre-wrap; overflow-wrap: anywhere; }
.tl-mark { border-radius: 0.35rem; padding: 0.1rem 0.25rem; color: inherit; border-bottom: 3px solid; }
.tl-mark small { font-size: 0.7rem; font-weight: 600; margin-left: 0.35rem; opacity: 0.85; white-space: nowrap; }
</style>
"""


@dataclass(frozen=True)
class Mark:
    """Characters start..end (exclusive) of a text; name: written after them; tooltip: shown on hover."""

    start: int
    end: int
    name: str = ""
    colour: str = QUERY_COLOUR
    tooltip: str = ""


def colours_of(labels: Sequence[str]) -> Mapping[str, str]:
    """A colour for each label, the same wherever the labels are the same; from the ninth label on they repeat."""
    return {label: COLOURS[number % len(COLOURS)] for number, label in enumerate(labels)}


def highlight_html(text: str, marks: Sequence[Mark]) -> str:
    """`text` as escaped HTML with its marks. Raises ValueError where marks overlap or leave the text."""
    parts, position = [], 0
    for mark in sorted(marks, key=attrgetter("start")):
        if not position <= mark.start < mark.end <= len(text):
            raise ValueError(f"mark {mark.start}..{mark.end} overlaps another or leaves a text of {len(text)} characters")
        name = f"<small>{escape(mark.name)}</small>" if mark.name else ""
        title = f' title="{escape(mark.tooltip, quote=True)}"' if mark.tooltip else ""
        style = f"background: {mark.colour}33; border-color: {mark.colour}"
        parts.append(_shown(text[position : mark.start]))
        parts.append(f'<mark class="tl-mark" style="{style}"{title}>{_shown(text[mark.start : mark.end])}{name}</mark>')
        position = mark.end
    parts.append(_shown(text[position:]))
    return f'<div class="tl-text" dir="auto">{"".join(parts)}</div>'


def highlighted(text: str, marks: Sequence[Mark], *, height: int | Literal["content"] = "content") -> None:
    """Draws the text with its marks; a long one in a box of `height` pixels that scrolls."""
    with st.container(height=height, border=height != "content"):
        st.html(STYLE + highlight_html(text, marks))


def _shown(text: str) -> str:
    return escape("\n".join(printable(line) for line in text.replace("\r\n", "\n").replace("\t", "    ").split("\n")))
