"""Large matrices of a real model: every layer and head at once, and one head at up to 512 tokens. Sent as float32,
thinned where it wouldn't show.
"""

from collections.abc import Sequence
from html import unescape

import numpy as np
import plotly.graph_objects as go

from components.text.clip import clip_to_width

from .heatmap import TICK_WIDTH, UPRIGHT_TO_LEFT, escaped
from .lines import thinned
from .theme import DIVERGING, MARK_COLOUR, SEQUENTIAL

MAX_GRID_CELLS = 70_000  # of all thumbnails together: under half a megabyte as base64
MAX_THUMBNAIL = 24
MAX_TICKS = 48


def thumbnail_size(layers: int, heads: int, tokens: int) -> int:
    """Cells along a side that each head's thumbnail may have."""
    return max(2, min(tokens, MAX_THUMBNAIL, int((MAX_GRID_CELLS / (layers * heads)) ** 0.5) - 1))


def head_grid(
    thumbnails: np.ndarray,
    *,
    layer_title: str,
    head_title: str,
    selected: Sequence[tuple[int, int]] = (),
    switched_off: Sequence[tuple[int, int]] = (),
    width: int = 720,
) -> go.Figure:
    """All heads as small matrices in one figure: layers from top to bottom, heads from left to right, numbered from 1.

    thumbnails (layers, heads, m, m) from `components.transformer.analysis.thumbnail`. An invisible marker over each
    can be clicked: trace 1, point index layer * heads + head, customdata [layer, head]. `selected` ones are outlined,
    `switched_off` ones crossed out. Colours run from 0 to 1 by square root, so that weak links in long texts show.
    """
    layers, heads, size = thumbnails.shape[:3]
    pitch = size + max(1, size // 12)
    canvas = np.full((layers * pitch, heads * pitch), np.nan, dtype=np.float32)
    for layer, head in np.ndindex(layers, heads):
        canvas[layer * pitch : layer * pitch + size, head * pitch : head * pitch + size] = thumbnails[layer, head]
    centre = (size - 1) / 2
    grid = [(layer, head) for layer in range(layers) for head in range(heads)]
    figure = go.Figure(go.Heatmap(z=np.sqrt(canvas), zmin=0, zmax=1, colorscale=SEQUENTIAL, showscale=False, hoverinfo="skip"))
    invisible = {"marker": {"opacity": 0}}
    figure.add_trace(
        go.Scatter(
            x=[head * pitch + centre for _, head in grid],
            y=[layer * pitch + centre for layer, _ in grid],
            customdata=[list(pair) for pair in grid],
            mode="markers",
            marker={"symbol": "square", "size": max(12, 0.8 * width / max(heads, 1)), "opacity": 0, "color": MARK_COLOUR},
            selected=invisible,
            unselected=invisible,
            hovertext=[f"{escaped(layer_title)} {layer + 1}, {escaped(head_title)} {head + 1}" for layer, head in grid],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    for layer, head in selected:
        figure.add_shape(type="rect", **_box(layer, head, pitch, size), line={"color": MARK_COLOUR, "width": 3})
    for layer, head in switched_off:
        box = _box(layer, head, pitch, size)
        figure.add_shape(type="rect", **box, line={"color": MARK_COLOUR, "width": 1}, fillcolor="rgba(128,128,128,0.6)")
        figure.add_shape(type="line", **box, line={"color": MARK_COLOUR, "width": 2})
    hidden = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True}
    figure.update_xaxes(
        **hidden, title=head_title, tickvals=[h * pitch + centre for h in range(heads)], ticktext=[str(h + 1) for h in range(heads)],
        range=[-1, heads * pitch], side="top",
    )  # fmt: skip
    figure.update_yaxes(
        **hidden, title=layer_title, tickvals=[n * pitch + centre for n in range(layers)], ticktext=[str(n + 1) for n in range(layers)],
        range=[layers * pitch, -1],
    )  # fmt: skip
    figure.update_layout(
        height=int(np.clip(layers * width / heads + 60, 140, 1100)),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        clickmode="event+select",
        dragmode=False,
        showlegend=False,
    )
    return figure


def _box(layer: int, head: int, pitch: int, size: int) -> dict[str, float]:
    x, y = head * pitch, layer * pitch
    return {"x0": x - 0.5, "x1": x + size - 0.5, "y0": y - 0.5, "y1": y + size - 0.5}


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
    height: int = 620,
) -> go.Figure:
    """A matrix (rows, columns) whose axes are tokens, to 512 x 512: hover names both tokens, the ticks thin out, the
    figure can be zoomed.

    `highest` ends the colour scale, by default the largest magnitude. For up to 64 tokens `matrix_heatmap` shows
    numbers and lets cells be chosen.
    """
    values = np.asarray(values, dtype=np.float32)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"matrix of shape {values.shape} with {len(rows)} row and {len(columns)} column labels")
    highest = highest or max(float(np.nanmax(np.abs(values))), 1e-12)
    row_names = _unique(rows) if numbered_rows else [escaped(row) for row in rows]
    column_names = _unique(columns) if numbered_columns else [escaped(column) for column in columns]
    figure = go.Figure(
        go.Heatmap(
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
    for update, names, title in ((figure.update_xaxes, column_names, column_title), (figure.update_yaxes, row_names, row_title)):
        ticks = [names[i] for i in thinned(len(names), MAX_TICKS)]
        update(
            title=title,
            type="category",
            tickvals=ticks,
            ticktext=[escaped(clip_to_width(unescape(tick), TICK_WIDTH)) for tick in ticks],
            showgrid=False,
            automargin=True,
        )
    figure.update_xaxes(autotickangles=UPRIGHT_TO_LEFT)
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False)
    return figure


def _unique(tokens: Sequence[str]) -> list[str]:
    """Categories must differ, tokens needn't: the position from 1 stands before each."""
    return [f"{position} {escaped(token)}" for position, token in enumerate(tokens, 1)]
