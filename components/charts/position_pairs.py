"""A number for every pair of positions, on numbered axes."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .sketch import Sketch, heatmap
from .theme import DIVERGING


def pairs_heatmap(
    values: np.ndarray, positions: Sequence[int] | np.ndarray, *, title: str, limit: float | None = None, height: int = 380
) -> go.Figure:
    """values (n, n), one for each two of the `positions` (n,); both axes carry the positions' own numbers. Colours are centred on 0 and end
    at `limit`, by default the largest magnitude. ValueError where shapes disagree."""
    if values.shape != (len(positions), len(positions)):
        raise ValueError(f"matrix of shape {values.shape} for {len(positions)} positions")
    limit = limit or max(float(np.abs(values).max()), 1e-12)
    figure = Sketch(
        heatmap(
            z=values.astype(np.float32),
            x=positions,
            y=positions,
            zmin=-limit,
            zmax=limit,
            colorscale=DIVERGING,
            colorbar={"thickness": 10, "len": 0.9},
            hovertemplate="%{y}, %{x}: %{z:.3g}<extra></extra>",
        )
    )
    figure.update_xaxes(title=title, showgrid=False, nticks=6, automargin=True)
    figure.update_yaxes(title=title, showgrid=False, nticks=6, autorange="reversed", automargin=True)
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure.figure()
