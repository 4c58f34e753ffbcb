"""A matrix as a heatmap whose cells can be chosen.

Plotly reports clicks on scatter points to Streamlit but not on heatmap cells, so a selectable heatmap carries an invisible
square marker over each cell, in row-major order: the point's index is `row * columns + column`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.text.clip import clip_to_width
from components.text.language import has_japanese

from .numbers import significant
from .sketch import Sketch, Trace, heatmap, scatter
from .theme import DIVERGING, DIVERGING_DARK, MARK_COLOUR, ROLES, SEQUENTIAL, SEQUENTIAL_DARK, Scale, ink_on, tinted

MAX_NUMBERS = 144  # cells up to which the number is written into the cell
NUMBER_WIDTH = 38  # pixels that a written number wants
MAX_SELECTABLE = 4096  # cells up to which markers are laid over them
TICK_WIDTH = 18  # of a name on an axis, in Latin letters
CELL = 34  # pixels a cell wants when the matrix is small
LINE = 16  # pixels that a name of a row wants
MAX_LABELS = 32
# Degrees tried in this order for the names under columns: slanted to the right, the last names would leave the figure and be hidden.
UPRIGHT_TO_LEFT = [0, -30, -90]


def matrix_heatmap(values: np.ndarray, rows: Sequence[str], columns: Sequence[str], **options: Any) -> go.Figure:
    """`values` (rows, columns) -> Figure; `options` as of `matrix_sketch`. Row 0 is at the top. Raises ValueError when labels and matrix disagree."""
    return matrix_sketch(values, rows, columns, **options).figure()


def matrix_sketch(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    signed: bool = False,
    limits: tuple[float, float] | None = None,
    marks: Sequence[tuple[int | None, int | None]] = (),
    dotted: np.ndarray | None = None,
    selectable: bool = True,
    row_title: str = "",
    column_title: str = "",
    width: int = 700,
    height: int | None = None,
    colour_bar: bool = False,
    decimals: int | None = None,
    texts: Sequence[Sequence[str]] | None = None,
) -> Sketch:
    """`values` (rows, columns) -> a sketch of a heatmap. Row 0 is at the top.

    signed: diverging colours centred on 0; else sequential. limits: the values at the ends of the colour scale, by default the
    data's own (0..1 for data inside it, when not signed). Minus infinity (a masked score) and NaN stay empty. marks: (row, column) cells to
    outline; None stands for all rows, or all columns. dotted: bool (rows, columns), the cells that get a dot in their corner. width: about how many pixels the figure will get, which decides whether numbers fit
    into its cells. decimals: of the numbers written there, where values differ too little in size for three significant digits. texts: (rows, columns), written there in place of the numbers.
    Raises ValueError when labels and matrix disagree.
    """
    values = np.asarray(values, dtype=float)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"matrix of shape {values.shape} with {len(rows)} row and {len(columns)} column labels")
    shown = np.where(np.isfinite(values), values, np.nan)
    low, high = limits or _limits(shown, signed)
    count_rows, count_columns = values.shape
    written = values.size <= MAX_NUMBERS and count_columns * NUMBER_WIDTH <= width
    clickable = selectable and values.size <= MAX_SELECTABLE
    figure = Sketch(
        heatmap(
            z=shown,
            zmin=low,
            zmax=high,
            colorscale=DIVERGING if signed else SEQUENTIAL,
            showscale=colour_bar,
            colorbar={"thickness": 10, "len": 0.9},
            hoverinfo="skip" if clickable else None,
            hovertemplate=None if clickable else "%{y} → %{x}: %{z:.3g}<extra></extra>",
            xgap=1 if count_columns <= 40 else 0,
            ygap=1 if count_rows <= 40 else 0,
        )
    )
    if clickable:
        figure.add_trace(_cell_markers(values, rows, columns))
    if written:
        figure.add_trace(_numbers(values, (low, high), signed, decimals, texts))
    if dotted is not None:
        figure.add_trace(_dots(dotted))
    for row, column in marks:
        top, bottom = (0, count_rows - 1) if row is None else (row, row)
        left, right = (0, count_columns - 1) if column is None else (column, column)
        outline = {"color": MARK_COLOUR, "width": 2.5}
        figure.add_shape(type="rect", x0=left - 0.5, x1=right + 0.5, y0=top - 0.5, y1=bottom + 0.5, line=outline, layer="above")
    figure.update_xaxes(
        _axis(columns, upright=width / max(1, count_columns)),
        title=column_title or None,
        side="bottom",
        range=[-0.5, count_columns - 0.5],
        autotickangles=UPRIGHT_TO_LEFT,
    )
    height = height or int(np.clip(CELL * count_rows + 70, 170, 520))
    figure.update_yaxes(
        _axis(rows, most=min(MAX_LABELS, max(2, (height - 70) // LINE))), title=row_title or None, range=[count_rows - 0.5, -0.5]
    )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        clickmode="event+select",
        hoverdistance=-1,  # the nearest marker answers, however far it is: the whole cell, its corners too, is one target
        dragmode=False,
        showlegend=False,
    )
    return figure


def cell_of(point_index: int, columns: int) -> tuple[int, int]:
    """The (row, column) behind the index of a chosen point of `matrix_heatmap`."""
    return divmod(point_index, columns)


def _limits(values: np.ndarray, signed: bool) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return (-1.0, 1.0) if signed else (0.0, 1.0)
    if signed:
        bound = max(float(np.abs(finite).max()), 1e-12)
        return -bound, bound
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _cell_markers(values: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> Trace:
    row_index, column_index = np.mgrid[: len(rows), : len(columns)]
    size = float(np.clip(480 / max(len(rows), len(columns)), 6, 30))
    invisible = {"marker": {"opacity": 0}}
    named = [
        f"{escaped(row)} → {escaped(column)}: {significant(values[i, j])}" for i, row in enumerate(rows) for j, column in enumerate(columns)
    ]
    return scatter(
        x=column_index.ravel(),
        y=row_index.ravel(),
        mode="markers",
        marker={"symbol": "square", "size": size, "opacity": 0, "color": MARK_COLOUR},
        selected=invisible,
        unselected=invisible,
        hovertext=named,
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _numbers(
    values: np.ndarray, limits: tuple[float, float], signed: bool, decimals: int | None, texts: Sequence[Sequence[str]] | None
) -> Trace:
    """The numbers in their cells, black or white by the cell's own colour. They take no click."""
    rows, columns = np.nonzero(~np.isnan(values))
    low, high = limits

    def inks(scale: Scale, page: str) -> list[str]:
        written = [float(value) for value in values[rows, columns]]
        cells = [tinted(scale, min(max((value - low) / (high - low), 0.0), 1.0)) if np.isfinite(value) else page for value in written]
        return [ink_on(cell) for cell in cells]

    light, dark = (DIVERGING, DIVERGING_DARK) if signed else (SEQUENTIAL, SEQUENTIAL_DARK)
    return scatter(
        x=columns,
        y=rows,
        mode="text",
        text=[
            texts[int(row)][int(column)] if texts else _written(float(values[row, column]), decimals)
            for row, column in zip(rows, columns, strict=True)
        ],
        textfont={"size": 12, "color": inks(light, ROLES["paper"].light)},
        meta={"dark": {"textfont.color": inks(dark, ROLES["paper"].dark)}},
        hoverinfo="skip",
    )


def _dots(cells: np.ndarray) -> Trace:
    """A dot in the upper right corner of each of the `cells` (rows, columns), dark with a light rim: seen on any colour. It takes no click."""
    rows, columns = np.nonzero(cells)
    size = float(np.clip(120 / max(cells.shape), 1.5, 6))
    return scatter(
        x=columns + 0.36,
        y=rows - 0.36,
        mode="markers",
        marker={
            "symbol": "circle",
            "size": size,
            "color": MARK_COLOUR,
            "opacity": 1,
            "line": {"color": ROLES["paper"].light, "width": size / 6},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        hoverinfo="skip",
    )


def _written(value: float, decimals: int | None) -> str:
    if decimals is None:
        return significant(value)
    if value == 0:  # exactly: a masked weight is told from a small one
        return "0"
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")  # + 0.0: a negative zero loses its sign


def _axis(labels: Sequence[str], most: int = MAX_LABELS, upright: float | None = None) -> dict[str, Any]:
    """Ticks are the labels themselves; long lists thin out rather than overlap. upright: pixels that a column has; where Japanese names
    don't fit side by side they are written from top to bottom, each character upright."""
    step = max(1, -(-len(labels) // most))
    positions = list(range(0, len(labels), step))
    shown = [clip_to_width(labels[i], TICK_WIDTH) for i in positions]
    stacked = upright is not None and any(has_japanese(label) and 13 * len(label) > upright * step for label in shown)
    return {
        "tickvals": positions,
        "ticktext": [stacked_upright(label) if stacked and has_japanese(label) else escaped(label) for label in shown],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }


def stacked_upright(label: str) -> str:
    """Its characters one over the other, as Japanese is set in columns; a long vowel's stroke runs down."""
    return "<br>".join(escaped(character) for character in label.replace("ー", "｜"))


def escaped(label: str) -> str:
    """Plotly reads labels as (pseudo-)HTML, so angle brackets and ampersands are written as entities."""
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
