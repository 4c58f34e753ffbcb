"""Positional encodings: the table as a heatmap, single dimensions as waves."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .lines import Curve
from .sketch import Sketch, heatmap
from .theme import DIVERGING

MAX_SIDE = 512  # positions sent to the browser: 1.4 MB with as many dimensions


def encoding_heatmap(encoding: np.ndarray, *, position_title: str, dimension_title: str, height: int = 420) -> go.Figure:
    """encoding (length, d_model), values -1..1: positions from left to right, dimensions from top to bottom, both from
    0.

    Over 512 positions a cell is the mean of the positions that it stands for: picking single ones would show waves
    that are not there.
    """
    starts = np.unique(np.linspace(0, len(encoding), min(len(encoding), MAX_SIDE), endpoint=False).astype(int))
    widths = np.diff([*starts, len(encoding)])
    means = np.add.reduceat(encoding, starts, axis=0) / widths[:, None]
    figure = Sketch(
        heatmap(
            z=means.T.astype(np.float32),
            x=starts,
            zmin=-1,
            zmax=1,
            colorscale=DIVERGING,
            colorbar={"thickness": 10, "len": 0.9},
            hovertemplate=f"{position_title} %{{x}}, {dimension_title} %{{y}}: %{{z:.3g}}<extra></extra>",
        )
    )
    figure.update_xaxes(title=position_title, showgrid=False)
    figure.update_yaxes(title=dimension_title, showgrid=False, autorange="reversed")
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure.figure()


def wave_curves(encoding: np.ndarray, dimensions: Sequence[int], *, name: str) -> list[Curve]:
    """One curve a chosen dimension of encoding (length, d_model), for `line_figure`; `name` has a place for {dimension}."""
    return [Curve(name.format(dimension=dimension), encoding[:, dimension]) for dimension in dimensions]
