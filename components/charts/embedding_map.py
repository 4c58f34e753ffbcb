"""Sentence vectors on a map, a colour and a symbol for each group."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .sketch import Sketch, scatter3d, scattergl
from .theme import MARK_COLOUR, NEUTRAL_COLOUR, SERIES

SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "star")
MAX_GROUPS = 14  # told apart by colour and symbol; the rest is drawn as one
SYMBOLS_3D = ("circle", "square", "diamond", "cross", "x")


def groups_drawn(groups: Sequence[str], rest: str) -> list[str]:
    """For each row the group it is drawn in: its own for the largest, `rest` for the others. Largest first wins a colour."""
    names, counts = np.unique(np.asarray(groups, dtype=object).astype(str), return_counts=True)
    largest = {names[i] for i in np.argsort(-counts, kind="stable")[: MAX_GROUPS if len(names) <= MAX_GROUPS else MAX_GROUPS - 1]}
    return [str(group) if str(group) in largest else rest for group in groups]


def embedding_map(
    coordinates: np.ndarray,
    texts: Sequence[str],
    groups: Sequence[str] | None = None,
    *,
    rest: str = "",
    axis_titles: Sequence[str] = ("", "", ""),
    marked: Sequence[int] = (),
    height: int = 520,
) -> tuple[go.Figure, list[np.ndarray]]:
    """coordinates (m, 2 or 3), a hover text and a group for each point -> the figure, and for each trace the points it holds.

    Group names beyond 14 are drawn together as `rest`. marked: points to ring (a search's hits).
    """
    flat = coordinates.shape[1] == 2
    drawn = np.array(groups_drawn(groups, rest) if groups is not None else [""] * len(coordinates), dtype=object)
    names, counts = np.unique(drawn.astype(str), return_counts=True)
    ordered = sorted(zip(names, counts, strict=True), key=lambda pair: (pair[0] == rest and groups is not None, -pair[1]))
    figure, held = Sketch(), list[np.ndarray]()
    for number, (name, _) in enumerate(ordered):
        points = np.flatnonzero(drawn == name)
        held.append(points)
        aside = groups is not None and name == rest
        symbols = SYMBOLS if flat else SYMBOLS_3D
        marker = {
            "size": 7 if flat else 4,
            "opacity": 0.8,
            "color": NEUTRAL_COLOUR if aside else SERIES[number % len(SERIES)],
            "symbol": symbols[(number // len(SERIES)) * 2 % len(symbols)],
        }
        common: dict[str, Any] = {
            "mode": "markers",
            "name": escaped(name),
            "marker": marker,
            "hovertext": [escaped(texts[int(point)]) for point in points],
            "hovertemplate": "%{hovertext}<extra>%{fullData.name}</extra>",
        }
        x, y, *z = (coordinates[points, axis] for axis in range(coordinates.shape[1]))
        figure.add_trace(scattergl(x=x, y=y, **common) if flat else scatter3d(x=x, y=y, z=z[0], **common))
    if len(marked):
        ring = {"size": 14 if flat else 9, "symbol": "circle-open", "color": MARK_COLOUR, "line": {"width": 2.5, "color": MARK_COLOUR}}
        x, y, *z = (coordinates[list(marked), axis] for axis in range(coordinates.shape[1]))
        common = {"mode": "markers", "marker": ring, "hoverinfo": "skip", "showlegend": False}
        figure.add_trace(scattergl(x=x, y=y, **common) if flat else scatter3d(x=x, y=y, z=z[0], **common))
    if flat:
        figure.update_layout(dragmode="select")
        figure.update_xaxes(title=axis_titles[0] or None, showticklabels=bool(axis_titles[0]), zeroline=False)
        figure.update_yaxes(title=axis_titles[1] or None, showticklabels=bool(axis_titles[1]), zeroline=False, scaleanchor="x")
    else:
        figure.update_layout(scene={f"{axis}axis": {"title": {"text": title}} for axis, title in zip("xyz", axis_titles, strict=True)})
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=groups is not None, legend={"itemsizing": "constant", "y": 0.94}
    )
    return figure.figure(), held
