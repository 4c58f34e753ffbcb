"""One head of a real model at up to 512 tokens, sent as float32, thinned where it wouldn't show; how large thumbnails of all heads may be."""

from collections.abc import Sequence
from html import unescape

import numpy as np
import plotly.graph_objects as go

from components.text.clip import clip_to_width
from components.text.language import has_japanese

from .heatmap import LINE, TICK_WIDTH, UPRIGHT_TO_LEFT, escaped, stacked_upright
from .sketch import Sketch, heatmap
from .theme import DIVERGING, SEQUENTIAL
from .words import upright_name

MAX_GRID_CELLS = 70_000  # of all thumbnails together: under half a megabyte as base64
MAX_THUMBNAIL = 24
MAX_TICKS = 48


def thumbnail_size(layers: int, heads: int, tokens: int) -> int:
    """Cells along a side that each head's thumbnail may have."""
    return max(2, min(tokens, MAX_THUMBNAIL, int((MAX_GRID_CELLS / (layers * heads)) ** 0.5) - 1))


def token_matrix(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    row_title: str,
    column_title: str,
    signed: bool = False,
    highest: float | None = None,
    numbered_rows: bool = True,
    numbered_columns: bool = True,
    column_ticks: int = MAX_TICKS,
    height: int = 620,
) -> go.Figure:
    """A matrix (rows, columns) whose axes are tokens, to 512 x 512: hover names both tokens, the ticks thin out, the
    figure can be zoomed.

    `highest` ends the colour scale, by default the largest magnitude. column_ticks: names under the columns at most. For up to 64 tokens `matrix_heatmap` shows
    numbers and lets cells be chosen.
    """
    values = np.asarray(values, dtype=np.float32)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"matrix of shape {values.shape} with {len(rows)} row and {len(columns)} column labels")
    highest = highest or max(float(np.nanmax(np.abs(values))), 1e-12)
    row_names = _unique(rows) if numbered_rows else [escaped(row) for row in rows]
    column_names = _unique(columns) if numbered_columns else [escaped(column) for column in columns]
    figure = Sketch(
        heatmap(
            z=values,
            x=column_names,
            y=row_names,
            zmin=-highest if signed else 0,
            zmax=highest,
            colorscale=DIVERGING if signed else SEQUENTIAL,
            colorbar={"thickness": 10, "len": 0.9},
            hovertemplate="%{y} → %{x}: %{z:.3g}<extra></extra>",
        )
    )
    columns_axis = (figure.update_xaxes, column_names, column_title, column_ticks)
    for update, names, title, most in (columns_axis, (figure.update_yaxes, row_names, row_title, min(MAX_TICKS, (height - 170) // LINE))):
        ticks = names[:: -(-len(names) // most)]  # every name, every second ...: evenly, or two would stand closer than the others
        update(
            title=title,
            type="category",
            tickvals=ticks,
            ticktext=[escaped(clip_to_width(unescape(tick), TICK_WIDTH)) for tick in ticks],
            showgrid=False,
            automargin=True,
        )
    if any(has_japanese(name) for name in column_names):
        figure.update_xaxes(ticktext=[_upright(name) for name in figure.layout["xaxis"]["tickvals"]], tickangle=0)
    else:
        figure.update_xaxes(autotickangles=UPRIGHT_TO_LEFT)
    figure.update_yaxes(autorange="reversed")
    squeezed = LINE * min(len(column_names), column_ticks) + 160  # pixels under which the columns' names would lie on one another
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False, meta={"least_width": squeezed})
    return figure.figure()


def _upright(name: str) -> str:
    """The name of a column from top to bottom, under its number, as in the other figures."""
    number, _, token = unescape(name).rpartition(" ")
    return "<br>".join(filter(None, (number, stacked_upright(upright_name(token)))))


def _unique(tokens: Sequence[str]) -> list[str]:
    """Categories must differ, tokens needn't: the position from 1 stands before each."""
    return [f"{position} {escaped(token)}" for position, token in enumerate(tokens, 1)]
