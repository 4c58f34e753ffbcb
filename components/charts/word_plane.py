"""Words as points of a plane that move while they are learned; a slider goes through the training in the browser."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .theme import NEUTRAL_COLOUR, ROLES, SERIES

PLACES = ("top center", "bottom center", "middle right", "middle left")
NEAR = 0.1  # of the picture's half width: names of points nearer than this go to different sides
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "x")


def word_plane(words: Sequence[str], vectors: np.ndarray, steps: Sequence[int], groups: Sequence[int], *, step_title: str) -> go.Figure:
    """vectors (S, V, 2), steps (S,) -> the points of the last step, with frames for all. groups (V,): which words share a colour and a symbol;
    -1 for a word of none, which is grey."""
    bound = 1.12 * float(np.abs(vectors).max() or 1.0)
    last = vectors[-1]
    colours = [NEUTRAL_COLOUR if group < 0 else SERIES[group % len(SERIES)] for group in groups]
    figure = go.Figure(
        go.Scatter(
            x=last[:, 0], y=last[:, 1], mode="markers+text", text=[escaped(word) for word in words], textposition=_places(last, bound),
            textfont={"size": 12, "color": ROLES["ink"].light},
            marker={"size": 9, "color": colours, "symbol": ["circle-open" if group < 0 else SYMBOLS[group % len(SYMBOLS)] for group in groups]},
            hovertemplate="%{text}: (%{x:.2f}, %{y:.2f})<extra></extra>", cliponaxis=False,
        ),
        frames=[
            go.Frame(name=str(step), data=[{"x": at[:, 0], "y": at[:, 1]}], traces=[0]) for step, at in zip(steps, vectors, strict=True)
        ],
    )  # fmt: skip
    move = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 120}}
    figure.update_xaxes(range=[-bound, bound], zeroline=True, showticklabels=False, fixedrange=True)
    figure.update_yaxes(range=[-bound, bound], zeroline=True, showticklabels=False, fixedrange=True)
    figure.update_layout(
        height=460,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        showlegend=False,
        dragmode=False,
        sliders=[
            {
                "active": len(steps) - 1,
                "currentvalue": {"prefix": f"{step_title} ", "font": {"color": ROLES["ink2"].light}},
                "font": {"color": ROLES["ink2"].light},
                "bgcolor": ROLES["field"].light,
                "bordercolor": ROLES["edge"].light,
                "tickcolor": ROLES["edge"].light,
                "pad": {"t": 8, "b": 4},
                "steps": [{"label": str(step), "method": "animate", "args": [[str(step)], move]} for step in steps],
            }
        ],
    )
    return figure


def _places(points: np.ndarray, bound: float) -> list[str]:
    """Where each name stands: beside points that lie together on different sides."""
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    taken: list[int] = []
    for place in range(len(points)):
        beside = {taken[other] for other in range(place) if apart[place, other] < NEAR * bound}
        taken.append(next((side for side in range(len(PLACES)) if side not in beside), place % len(PLACES)))
    return [PLACES[side] for side in taken]
