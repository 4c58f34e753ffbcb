"""Pieces of a text marked in place, each with its name: for entities and answers. All text is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from typing import Literal

import streamlit as st

from . import kinds
from .escaped import printable_lines

STYLE = f"""
<style>
{kinds.STYLE}
.tl-text {{ line-height: 2.1; white-space: pre-wrap; overflow-wrap: anywhere; }}
.tl-mark {{ border-radius: 4px 4px 0 0; padding: 0.1rem 0.25rem 7px; color: inherit; box-decoration-break: clone; -webkit-box-decoration-break: clone; }}
.tl-mark small {{ font-size: 0.75rem; font-weight: 600; margin-left: 0.35rem; white-space: nowrap; color: var(--kind); }}
</style>
"""


@dataclass(frozen=True)
class Mark:
    """Characters start..end (exclusive) of a text; name: written after them; kind: of `components.ui.widgets.kinds`, "answer" or "other";
    tooltip: shown on hover."""

    start: int
    end: int
    name: str = ""
    kind: str = "answer"
    tooltip: str = ""


def highlight_html(text: str, marks: Sequence[Mark]) -> str:
    """`text` as escaped HTML with its marks. Raises ValueError where marks overlap or leave the text."""
    parts, position = [], 0
    for mark in sorted(marks, key=attrgetter("start")):
        if not position <= mark.start < mark.end <= len(text):
            raise ValueError(f"mark {mark.start}..{mark.end} overlaps another or leaves a text of {len(text)} characters")
        name = f"<small>{escape(mark.name)}</small>" if mark.name else ""
        title = f' title="{escape(mark.tooltip, quote=True)}"' if mark.tooltip else ""
        shown = f"{_shown(text[mark.start : mark.end])}{name}"
        parts.append(_shown(text[position : mark.start]))
        parts.append(f'<mark class="tl-mark kind-{mark.kind} kind-ground kind-line"{title}>{shown}</mark>')
        position = mark.end
    parts.append(_shown(text[position:]))
    return f'<div class="tl-text" data-words="" dir="auto">{"".join(parts)}</div>'


def highlighted(text: str, marks: Sequence[Mark], *, height: int | Literal["content"] = "content") -> None:
    """Draws the text with its marks; a long one in a box of `height` pixels that scrolls."""
    with st.container(height=height, border=height != "content"):
        st.html(STYLE + highlight_html(text, marks))


def _shown(text: str) -> str:
    return escape(printable_lines(text))
