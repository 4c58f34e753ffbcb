"""What was wanted against what was found, a point a row."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .theme import QUERY_COLOUR

MOST_POINTS = 2_000


def wanted_found_figure(
    wanted: np.ndarray, found: np.ndarray, hover: Sequence[str], *, wanted_title: str, found_title: str, height: int = 380
) -> go.Figure:
    """wanted, found (n,) -> Figure; of more than 2,000 points an even sample. hover (n,): what is said of each."""
    kept = np.unique(np.linspace(0, len(wanted) - 1, min(len(wanted), MOST_POINTS)).astype(int)) if len(wanted) else np.zeros(0, int)
    figure = go.Figure(
        go.Scattergl(
            x=np.asarray(wanted, dtype=float)[kept],
            y=np.asarray(found, dtype=float)[kept],
            mode="markers",
            marker={"color": QUERY_COLOUR, "size": 8, "opacity": 0.55},
            hovertext=[escaped(hover[place]) for place in kept],
            hovertemplate="%{hovertext}<br>%{x:.3g} → %{y:.3g}<extra></extra>",
        )
    )
    figure.update_layout(height=height, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    figure.update_xaxes(title=wanted_title, automargin=True)
    figure.update_yaxes(title=found_title, automargin=True)
    return figure
