"""Words along the sides of a figure: how wide their names are, which are written, where the figure's margins run.

Names thin out where there is no room, those of the chosen word never. Margins are fixed, so that figures side by side have their rows on one line.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.text.clip import clip_to_width
from components.text.language import has_japanese

from .heatmap import escaped, stacked_upright
from .sketch import Sketch, Trace, scatter
from .theme import MARK_COLOUR, ROLES, tinted_text

LINE, LETTER = 13, 7  # pixels that a name needs across; that a Latin letter takes along it
NAME_WIDTH, UPRIGHT = 12, 6  # of a name, in Latin letters; characters of a name that stands upright
SLANT = -70  # degrees of Latin names over columns
FOOT = 10  # pixels under the last row


@dataclass(frozen=True)
class Words:
    """What rows or columns are called. special: those that the tokenizer added, in grey. chosen: the one that is looked at. first: the number of
    the first one, where a part is shown."""

    names: tuple[str, ...]
    special: tuple[bool, ...] = ()
    chosen: int = -1
    first: int = 0

    def __len__(self) -> int:
        return len(self.names)

    @property
    def japanese(self) -> bool:
        return any(has_japanese(name) for name in self.names)

    def part(self, start: int, end: int) -> "Words":
        return Words(self.names[start:end], self.special[start:end], self.chosen - start, self.first + start)


def name_width(words: Words) -> int:
    """Pixels that names beside rows take."""
    widest = max((letters(clip_to_width(name, NAME_WIDTH)) for name in words.names), default=1)
    return LETTER * widest + 14


def head_height(columns: Words) -> int:
    """Pixels that names over columns take; a title over vectors needs 44."""
    if columns.japanese:
        return max(44, 16 * max(len(upright_name(name)) for name in columns.names) + 8)
    return max(44, int(0.94 * LETTER * max(letters(clip_to_width(name, NAME_WIDTH)) for name in columns.names)) + 16)


def upright_name(name: str) -> str:
    """A name as it stands over a column, one character under the other: brackets of special tokens left out, cut where it is long."""
    return (name.strip("[]<>") or name)[:UPRIGHT]


def shown_names(words: Words, room: float) -> list[int]:
    """Which names are written where each has `room` pixels: every nth, and always the chosen one, with nothing too near to it."""
    step = max(1, int(np.ceil(LINE / room)))
    return [i for i in range(len(words)) if i == words.chosen or (i % step == 0 and (step == 1 or abs(i - words.chosen) >= step))]


def overhang(columns: Words) -> int:
    """Pixels that the last slanted name reaches over the last column."""
    return 6 if columns.japanese else 32


def letters(name: str) -> int:
    """How wide a name is, in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in name)


def span(axis: str, place: int) -> dict[str, float]:
    """The sides of a shape round one row ("y") or column ("x")."""
    return {f"{axis}0": place - 0.5, f"{axis}1": place + 0.5}


def name_axis(words: Words, room: float, across: bool = False) -> dict[str, object]:
    """An axis whose names are `words`, each with `room` pixels. across: over the columns, Japanese upright and Latin slanted."""
    places = shown_names(words, room)
    upright = across and words.japanese
    ticks = []
    for place in places:
        name = words.names[place]
        name = upright_name(name) if upright else clip_to_width(name, NAME_WIDTH)
        text = stacked_upright(name) if upright else escaped(name)
        special = bool(words.special) and words.special[place]
        text = f"<b>{text}</b>" if place == words.chosen else text
        ticks.append(tinted_text(text, "ink2") if special else text)
    angle = {"tickangle": SLANT} if across and not upright else {"tickangle": 0}
    return {
        "tickvals": places, "ticktext": ticks, "ticks": "", "tickfont": {"size": 12, "color": ROLES["ink"].light}, **angle,
        "showgrid": False, "zeroline": False, "fixedrange": True, "automargin": False,
    }  # fmt: skip


def framed(figure: Sketch, *, left: int, head: int, body: int, right: int) -> Sketch:
    """The figure with margins of so many pixels round a `body` of that height."""
    return figure.update_layout(
        height=head + body + FOOT, margin={"l": left, "r": right, "t": head, "b": FOOT, "pad": 4}, clickmode="event+select", dragmode=False,
        showlegend=False,
    )  # fmt: skip


def invisible(x: np.ndarray, y: np.ndarray, named: Sequence[str], size: float) -> Trace:
    """Points that can be chosen and are not seen."""
    unseen = {"marker": {"opacity": 0}}
    return scatter(
        x=x, y=y, mode="markers", marker={"symbol": "square", "size": size, "opacity": 0, "color": MARK_COLOUR}, selected=unseen,
        unselected=unseen, hovertext=named, hovertemplate="%{hovertext}<extra></extra>", name="cells",
    )  # fmt: skip
