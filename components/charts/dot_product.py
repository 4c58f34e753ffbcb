"""Two vectors of any width in the plane that they span, where their lengths and the angle between them are the true ones."""

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .numbers import significant
from .sketch import Sketch, scatter
from .theme import KEY_COLOUR, NEUTRAL_COLOUR, QUERY_COLOUR, ROLES


def plane_of(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(d,), (d,) -> their coordinates (2,), (2,) in their common plane: the first along x, the second above it."""
    length = float(np.linalg.norm(one))
    along = float(one @ other) / length
    across = np.sqrt(max(float(other @ other) - along**2, 0.0))
    return np.array([length, 0.0]), np.array([along, across])


def dot_product_figure(one: np.ndarray, other: np.ndarray, names: tuple[str, str], *, height: int = 300) -> go.Figure:
    """Both vectors as arrows from one point, and the shadow that the second casts on the first: their dot product is its length times the
    first one's length, negative where it falls behind."""
    first, second = plane_of(one, other)
    shadow = np.array([second[0], 0.0])
    figure = Sketch(
        scatter(x=[second[0], shadow[0]], y=[second[1], 0], mode="lines", line={"color": NEUTRAL_COLOUR, "dash": "dot"}, hoverinfo="skip")
    )
    figure.add_trace(
        scatter(
            x=[0, shadow[0]], y=[0, 0], mode="lines", line={"color": ROLES["hatch"].light, "width": 9},
            hovertemplate=f"{significant(float(shadow[0]))}<extra></extra>",
        )
    )  # fmt: skip
    for vector, name, colour, ink, dash, symbol, place in (
        (first, names[0], QUERY_COLOUR, "query-text", "solid", "circle", "bottom center"),
        (second, names[1], KEY_COLOUR, "key-text", "dash", "diamond", "top center"),
    ):
        figure.add_trace(
            scatter(
                x=[0, vector[0]], y=[0, vector[1]], mode="lines+markers+text", text=["", escaped(name)], textposition=place,
                textfont={"size": 15, "color": ROLES[ink].light}, line={"color": colour, "width": 3, "dash": dash},
                marker={"symbol": symbol, "size": [1, 11], "color": colour}, cliponaxis=False,
                hovertemplate=f"{significant(float(np.linalg.norm(vector)))}<extra>{escaped(name)}</extra>",
            )
        )  # fmt: skip
    xs, top = [0, first[0], second[0]], max(float(second[1]), 0.25 * float(first[0]))
    room = 0.16 * (max(xs) - min(xs))
    figure.update_xaxes(visible=False, fixedrange=True, range=[min(xs) - room, max(xs) + room])
    figure.update_yaxes(visible=False, fixedrange=True, range=[-0.22 * top, 1.25 * top], scaleanchor="x")
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False, dragmode=False)
    return figure.figure()
