"""Attention as a square of words by words, in all its states, and one of its rows as bars."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .numbers import significant
from .sketch import Sketch, Trace, bar, heatmap, scatter
from .theme import (
    DIVERGING,
    DIVERGING_DARK,
    KEY_COLOUR,
    MARK_COLOUR,
    QUERY_COLOUR,
    ROLES,
    SEQUENTIAL,
    SEQUENTIAL_DARK,
    THREAD_COLOUR,
    ink_on,
    tinted,
)
from .words import Words, framed, head_height, invisible, name_axis, name_width, overhang, span

LEAST_CELL, MOST_CELL = 14, 42  # pixels of a cell
SQUARE = 340  # pixels of a square's side, until its cells would get too small
NUMBER_CELL = 34  # pixels a cell needs for a number in it


def cell_size(rows: int, columns: int, room: float = SQUARE) -> int:
    """Pixels of a square's cells, with `room` pixels for all columns."""
    return int(np.clip(min(SQUARE / max(rows, columns), room / columns), LEAST_CELL, MOST_CELL))


def square_figure(
    stages: Mapping[str, np.ndarray], rows: Words, columns: Words, *, shown: str, cell: int, head: int, height: int | None = None
) -> go.Figure:
    """The states of one square (rows, columns): a heatmap each, of which `shown` is seen; the browser shows another by its trace's
    `meta["stages"]`. "weights" run from 0 to 1, the others from blue through the page to orange; minus infinity and, of weights, what is
    hidden there are hatched. The last trace has a point for each cell, row by row. The first three shapes are the chosen row, column and cell.
    """
    figure = Sketch()
    hidden = np.isneginf(stages["masked"])
    for stage, values in stages.items():
        figure.add_trace(_heat(stage, values, hidden, stage == shown))
    if cell >= NUMBER_CELL:
        for stage, values in stages.items():
            figure.add_trace(_numbers(stage, values, hidden, stage == shown))
    if hidden.any():
        figure.add_trace(_hatched(hidden, shown in ("masked", "weights")))
    figure.add_trace(_points(rows, columns, cell))
    for shape in (
        {"x0": -0.5, "x1": len(columns) - 0.5, **span("y", rows.chosen), "line": {"color": QUERY_COLOUR, "width": 2}},
        {"y0": -0.5, "y1": len(rows) - 0.5, **span("x", columns.chosen), "line": {"color": KEY_COLOUR, "width": 1.5, "dash": "4px,2px"}},
        {**span("x", columns.chosen), **span("y", rows.chosen), "line": {"color": MARK_COLOUR, "width": 3}},
    ):
        figure.add_shape(type="rect", layer="above", **shape)
    figure.update_xaxes(name_axis(columns, cell, across=True), range=[-0.5, len(columns) - 0.5], side="top")
    figure.update_yaxes(name_axis(rows, cell), range=[(height or len(rows)) - 0.5, -0.5])
    figure.update_layout(barmode="overlay", bargap=0)
    return framed(figure, left=name_width(rows), head=head, body=(height or len(rows)) * cell, right=overhang(columns)).figure()


def square_width(rows: Words, columns: Words, cell: int) -> int:
    """Pixels of a `square_figure` in which cells are `cell` wide."""
    return name_width(rows) + cell * len(columns) + overhang(columns)


def row_figure(weights: np.ndarray, columns: Words, *, width: int) -> go.Figure:
    """One row's weights as bars, a word each; the chosen word's in ink."""
    chosen = [MARK_COLOUR if i == columns.chosen else THREAD_COLOUR for i in range(len(columns))]
    left, right, head = 38, 8 if columns.japanese else 30, head_height(columns)
    figure = Sketch(
        bar(
            x=list(range(len(columns))),
            y=np.asarray(weights, dtype=float).round(4),
            marker={"color": chosen, "line": {"width": 0}},
            hovertext=[
                f"{columns.first + i + 1} {escaped(name)}: {significant(float(weights[i]))}" for i, name in enumerate(columns.names)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    )
    figure.update_xaxes(
        name_axis(columns, (width - left - right) / len(columns), across=True), range=[-0.5, len(columns) - 0.5], side="top"
    )
    highest = float(max(weights.max(), 0.05))
    figure.update_yaxes(range=[0, min(1.0, highest * 1.08)], nticks=4, fixedrange=True, tickformat=".2~f")
    figure.update_layout(bargap=0.1 if len(columns) <= 64 else 0)
    return framed(figure, left=left, head=head, body=170, right=right).figure()


def _heat(stage: str, values: np.ndarray, hidden: np.ndarray, visible: bool) -> Trace:
    low, high = _limits(stage, values)
    return heatmap(
        z=np.where(np.isfinite(values), values, np.nan), zmin=low, zmax=high, colorscale=SEQUENTIAL if stage == "weights" else DIVERGING,
        showscale=False, hoverinfo="skip", xgap=1, ygap=1, visible=visible, name=stage, meta={"stages": [stage]},
    )  # fmt: skip


def _limits(stage: str, values: np.ndarray) -> tuple[float, float]:
    if stage == "weights":
        return 0.0, 1.0
    bound = max(float(np.abs(values[np.isfinite(values)]).max(initial=0.0)), 1e-12)
    return -bound, bound


def _numbers(stage: str, values: np.ndarray, hidden: np.ndarray, visible: bool) -> Trace:
    """The numbers in their cells; a weight that would be written 0.00 stays out."""
    weights = stage == "weights"
    rows, columns = np.nonzero(~hidden & (values >= 0.005) if weights else np.isfinite(values))
    low, high = _limits(stage, values)
    shares = np.clip((values[rows, columns] - low) / (high - low), 0, 1)
    light, dark = (SEQUENTIAL, SEQUENTIAL_DARK) if weights else (DIVERGING, DIVERGING_DARK)
    text = [f"{value:.2f}" if weights else significant(float(value)) for value in values[rows, columns]]
    return scatter(
        x=columns, y=rows, mode="text", text=text, hoverinfo="skip", visible=visible, name=stage,
        textfont={"size": 12, "color": [ink_on(tinted(light, share)) for share in shares]},
        meta={"stages": [stage], "dark": {"textfont.color": [ink_on(tinted(dark, share)) for share in shares]}},
    )  # fmt: skip


def _hatched(hidden: np.ndarray, visible: bool) -> Trace:
    """What is masked, a bar for each run of hidden cells in a column."""
    runs = []
    for column in range(hidden.shape[1]):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], hidden[:, column], [False]]).astype(int)))
        runs += [(column, int(start), int(end)) for start, end in edges.reshape(-1, 2)]
    columns, starts, ends = (list(part) for part in zip(*runs, strict=True))
    return bar(
        x=columns, y=[end - start for start, end in zip(starts, ends, strict=True)], base=[start - 0.5 for start in starts], width=1,
        marker={
            "color": ROLES["paper"].light, "line": {"width": 0},
            "pattern": {"shape": "/", "size": 6, "solidity": 0.3, "fgcolor": ROLES["hatch"].light, "bgcolor": ROLES["paper"].light},
        },
        hoverinfo="skip", visible=visible, name="hidden", meta={"stages": ["masked", "weights"]},
    )  # fmt: skip


def _points(rows: Words, columns: Words, cell: int) -> Trace:
    row_index, column_index = np.mgrid[: len(rows), : len(columns)]
    named = [f"{escaped(row)} → {escaped(column)}" for row in rows.names for column in columns.names]
    return invisible(column_index.ravel(), row_index.ravel(), named, max(6, cell - 2))
