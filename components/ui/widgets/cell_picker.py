"""A cell of a matrix, chosen by a click into its figure or by keyboard in menus, and the rows that are counted in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.evaluation import confusion_figure, shown_classes
from components.charts.heatmap import cell_of
from components.ui.state.language import t

from .address import keep_in_address
from .figures import show_figure

LISTED_ROWS = 200


class Cell(NamedTuple):
    """A place in a matrix; `matrix`: in which of several, "" where there is one."""

    row: int
    column: int
    matrix: str = ""

    @property
    def written(self) -> str:
        """ "weights-5-4", as it stands in an address."""
        return f"{self.matrix}-{self.row}-{self.column}"

    @classmethod
    def read(cls, written: str) -> "Cell | None":
        """The cell that `written` names; None for anything else."""
        match = re.fullmatch(r"([A-Za-z_]{0,40})-(\d{1,6})-(\d{1,6})", written)
        return cls(int(match[2]), int(match[3]), match[1]) if match else None

    @property
    def indices(self) -> tuple[int, int]:
        return self.row, self.column


@dataclass(frozen=True)
class Axes:
    """What a matrix's rows and columns are called; `name`: the matrix's own, where there are several. Names may repeat if each begins
    with its number."""

    rows: Sequence[str]
    columns: Sequence[str]
    name: str = ""

    def holds(self, cell: Cell) -> bool:
        return 0 <= cell.row < len(self.rows) and 0 <= cell.column < len(self.columns)

    def nearest(self, cell: Cell) -> Cell:
        """The cell itself, or the one at the edge where it lies outside."""
        return cell._replace(row=min(cell.row, len(self.rows) - 1), column=min(cell.column, len(self.columns) - 1))


def cell_picker(
    matrices: Mapping[str, Axes],
    default: Cell,
    draw: Callable[[Cell, Callable[[Cell], None]], None],
    *,
    key: str,
    titles: Sequence[str],
    in_address: bool = False,
    menus: DeltaGenerator | None = None,
) -> Cell:
    """The cell that the visitor chose in one of `matrices`; `default` until then, and where what was chosen is there no more.

    draw(cell, choose) draws the figure with the cell marked, whose points call `choose`; menus of the matrix (where there are several),
    the row and the column stand under it (or in the container `menus`), `titles` over them. The choice is kept under "{key}:cell", and with
    in_address as `?{key}_cell=matrix-row-column`.
    """
    if in_address and f"{key}:cell" not in st.session_state and (asked := Cell.read(st.query_params.get(f"{key}_cell", ""))):
        st.session_state[f"{key}:cell"] = asked
    chosen_cell = Cell(*st.session_state.get(f"{key}:cell", default))
    cell = chosen_cell if chosen_cell.matrix in matrices and matrices[chosen_cell.matrix].holds(chosen_cell) else default

    def choose(chosen: Cell) -> None:
        st.session_state[f"{key}:cell"] = chosen

    if in_address:
        keep_in_address(f"{key}_cell", cell.written, default.written)
    draw(cell, choose)
    axes = matrices[cell.matrix]
    options: dict[str, dict[str | int, str]] = {"row": dict(enumerate(axes.rows)), "column": dict(enumerate(axes.columns))}
    if len(matrices) > 1:
        options = {"matrix": {id: matrix.name for id, matrix in matrices.items()}, **options}
    keys = {part: f"{key}:cell-{part}" for part in options}

    def read() -> None:
        chosen = cell._replace(**{part: st.session_state[menu] for part, menu in keys.items()})
        choose(matrices[chosen.matrix].nearest(chosen))

    for column, (part, names), title in zip((menus or st).columns(len(options)), options.items(), titles, strict=True):
        st.session_state[keys[part]] = getattr(cell, part)
        column.selectbox(title, list(names), format_func=names.__getitem__, key=keys[part], on_change=read)
    return cell


@dataclass(frozen=True)
class ConfusionWords:
    """The words round a confusion matrix. rows, columns: what its axes are; alt: of the commonest mistake where that is said."""

    rows: str
    columns: str
    caption: str
    alt: str


def confusion_picker(
    counts: np.ndarray, rows: Sequence[str], columns: Sequence[str], words: ConfusionWords, *, key: str, default: Cell, width: int = 560
) -> Cell:
    """`cell_picker` over a table of counts (rows, columns). Where the rows' names stand among the columns' and they are many, those with the
    most mistakes are drawn; the menus have all."""
    drawn, across = list(range(len(rows))), list(range(len(columns)))
    if set(rows) <= set(columns):
        places = [list(columns).index(name) for name in rows]
        square = np.zeros((len(columns), len(columns)), dtype=np.int64)
        square[places] = counts
        across = shown_classes(square)
        drawn = [number for number, place in enumerate(places) if place in across]
    caption = words.caption
    if len(across) < len(columns):
        caption += " " + t("evaluation.confusion_part", shown=len(across), all=len(columns))

    def draw(cell: Cell, choose: Callable[[Cell], None]) -> None:
        marked = (drawn.index(cell.row), across.index(cell.column)) if cell.row in drawn and cell.column in across else None

        def clicked(_: int, index: int) -> None:
            row, column = cell_of(index, len(across))
            choose(Cell(drawn[row], across[column]))

        show_figure(
            confusion_figure(
                counts[np.ix_(drawn, across)],
                [rows[number] for number in drawn],
                predicted=[columns[number] for number in across],
                true_title=words.rows,
                predicted_title=words.columns,
                marked=marked,
                width=width,
            ),
            key=f"{key}-confusion",
            caption=caption,
            alt=words.alt,
            data=lambda: pd.DataFrame(counts, index=list(rows), columns=list(columns)),
            on_point=clicked,
        )

    return cell_picker({"": Axes(rows, columns)}, default, draw, key=key, titles=(words.rows, words.columns))


def commonest_mistake(confusion: np.ndarray) -> Cell:
    """In a confusion matrix (labels, labels); the largest cell where there is no mistake."""
    mistakes = confusion - np.diag(np.diag(confusion))
    return largest(mistakes if mistakes.any() else confusion)


def largest(counts: np.ndarray) -> Cell:
    """The first of the largest cells of counts (rows, columns)."""
    row, column = np.unravel_index(int(counts.argmax()), counts.shape)
    return Cell(int(row), int(column))


def row_picker(
    rows: Sequence[int] | np.ndarray, name_of: Callable[[int], str], title: Callable[[int], str], cell: Cell, *, key: str
) -> int:
    """The row that the visitor reads of those counted in `cell`, the first until one is chosen. title(n): of the menu that has the first n
    of them."""
    listed = [int(row) for row in rows[:LISTED_ROWS]]
    names = {row: name_of(row) for row in listed}
    return st.selectbox(title(len(listed)), listed, format_func=names.__getitem__, key=f"{key}:row-{cell.indices}")
