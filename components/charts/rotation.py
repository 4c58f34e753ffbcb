"""Pairs of a positional encoding as clock hands: (sine, cosine) at two positions on the unit circle."""

import numpy as np
import plotly.graph_objects as go

from .sketch import Sketch, scatter
from .theme import KEY_COLOUR, NEUTRAL_COLOUR, QUERY_COLOUR


def clock_figure(frequency: float, position: int, offset: int, *, before: str, after: str, height: int = 200) -> go.Figure:
    """One pair of angular frequency `frequency` (radians a position): its hand at `position`, named `before`, its hand at
    `position + offset`, named `after`, and the arc between. x is the cosine, y the sine, so the angle grows
    anticlockwise from the right.
    """
    circle = np.linspace(0, 2 * np.pi, 181)
    angles = frequency * position, frequency * (position + offset)
    turn = np.linspace(*angles, 181)
    figure = Sketch(scatter(x=np.cos(circle), y=np.sin(circle), mode="lines", line={"color": NEUTRAL_COLOUR, "width": 1}, hoverinfo="skip"))
    # More than a full turn is drawn as a spiral, so that it doesn't look like a small one.
    radius = np.linspace(0.4, 0.4 + 0.4 * min(1, abs(angles[1] - angles[0]) / (20 * np.pi)), 181)
    figure.add_trace(
        scatter(
            x=radius * np.cos(turn),
            y=radius * np.sin(turn),
            mode="lines",
            line={"color": NEUTRAL_COLOUR, "dash": "dot", "width": 1.5},
            hoverinfo="skip",
        )
    )
    for angle, name, colour, dash, symbol in (
        (angles[0], before, QUERY_COLOUR, "solid", "circle"),
        (angles[1], after, KEY_COLOUR, "dash", "diamond"),
    ):
        figure.add_trace(
            scatter(
                x=[0, np.cos(angle)],
                y=[0, np.sin(angle)],
                name=name,
                mode="lines+markers",
                line={"color": colour, "width": 3, "dash": dash},
                marker={"symbol": symbol, "size": [1, 10]},
                hovertemplate="cos %{x:.3g}, sin %{y:.3g}<extra>%{fullData.name}</extra>",
            )
        )
    hidden = {"visible": False, "fixedrange": True, "range": [-1.15, 1.15]}
    figure.update_xaxes(**hidden)
    figure.update_yaxes(**hidden, scaleanchor="x")
    figure.update_layout(height=height, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False, dragmode=False)
    return figure.figure()
