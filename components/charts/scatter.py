"""Numbers wanted against numbers found: a point a row."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .lines import thinned
from .sketch import Sketch, scatter
from .theme import NEUTRAL_COLOUR, THREAD_COLOUR

MOST_POINTS = 1_000
STIR = 0.012  # of the range: equal numbers lie beside each other


def wanted_and_found(
    wanted: Sequence[float] | np.ndarray,
    found: Sequence[float] | np.ndarray,
    *,
    wanted_title: str,
    found_title: str,
    hover: Sequence[str] | None = None,
    line_name: str = "",
) -> go.Figure:
    """wanted, found (n,); more than 1,000 points are thinned evenly. Points are moved a little sideways, the same for the same numbers, because many
    share one number wanted. hover (n,): what is said of each. line_name: of the line on which all would lie, for numbers on one scale."""
    wanted, found = np.asarray(wanted, dtype=float), np.asarray(found, dtype=float)
    drawn = thinned(len(wanted), MOST_POINTS)
    aside = np.random.default_rng(0).uniform(-1, 1, len(wanted))[drawn] * STIR * np.ptp(wanted)
    figure = Sketch(
        scatter(
            x=wanted[drawn] + aside,
            y=found[drawn],
            mode="markers",
            marker={"color": THREAD_COLOUR, "size": 7, "opacity": 0.55, "line": {"width": 0}},
            customdata=wanted[drawn],
            hovertext=[escaped(hover[place]) for place in drawn] if hover else None,
            hovertemplate=("%{hovertext}<br>" if hover else "") + "%{customdata:.4~g} → %{y:.4~g}<extra></extra>",
            showlegend=False,
        )
    )
    if line_name:
        ends = [float(min(wanted.min(), found.min())), float(max(wanted.max(), found.max()))]
        line = {"color": NEUTRAL_COLOUR, "dash": "dash", "width": 1.5}
        figure.add_trace(scatter(x=ends, y=ends, mode="lines", line=line, name=line_name, hoverinfo="skip"))
    figure.update_xaxes(title=wanted_title, automargin=True, zeroline=False)
    figure.update_yaxes(title=found_title, automargin=True, zeroline=False)
    return figure.update_layout(
        height=380,
        margin={"l": 8, "r": 8, "t": 28 if line_name else 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        showlegend=bool(line_name),
    ).figure()
