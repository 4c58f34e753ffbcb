"""Sentences on a map, each topic with a colour, a shape and its name where it is densest; one more sentence and threads to those nearest to it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .sketch import Sketch, Trace, scatter
from .theme import KINDS, MARK_COLOUR, ROLES, THREAD_COLOUR

SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "triangle-down", "star")
SIGNS = ("●", "■", "◆", "✚", "▲", "✖", "▼", "★")  # the same in running text
LETTER = 9.0  # pixels that half a full-width letter of a name takes


def label_places(
    places: np.ndarray, topics: Sequence[str], names: Sequence[str], labels: Sequence[str], size: tuple[float, float]
) -> np.ndarray:
    """(k, 2): where the name of each topic stands, in the map's own units: where the topic is densest, moved until no two overlap.

    places (n, 2); labels: the words drawn; size: of the drawing in pixels, over which the map is stretched.
    """
    low, high = places.min(axis=0), places.max(axis=0)
    scale = np.array(size) / np.maximum(high - low, 1e-9)
    pixels, groups = (places - low) * scale, np.array(topics)
    at = np.empty((len(names), 2))
    for number, name in enumerate(names):
        own = pixels[groups == name]
        distances = np.sort(np.linalg.norm(own[:, None] - own[None, :], axis=-1), axis=1)
        at[number] = own[distances[:, min(len(own) - 1, int(0.4 * len(own)))].argmin()]
    half = np.array([[LETTER * sum(2 if ord(letter) > 255 else 1 for letter in label) / 2 + 4, 12.0] for label in labels])
    for _ in range(200):
        moved = False
        for one in range(len(at)):
            for other in range(len(at)):
                overlap = half[one] + half[other] - np.abs(at[one] - at[other])
                if one != other and (overlap > 0).all():
                    at[one, 1] += (1 if at[one, 1] >= at[other, 1] else -1) * (min(overlap[1], 3) + 0.01)
                    moved = True
        if not moved:
            break
    moved_to: np.ndarray = at / scale + low
    return moved_to


def topic_map(
    places: np.ndarray,
    texts: Sequence[str],
    topics: Sequence[str],
    names: Sequence[str],
    labels: Sequence[str],
    *,
    new: np.ndarray | None = None,
    nearest: Sequence[int] = (),
    height: int = 400,
    width: int = 620,
) -> go.Figure:
    """places (n, 2), a hover text and a topic for each; names: the topics in order, labels: what each is called. new (2,): the sentence that falls,
    nearest: the points it is threaded to. A trace a topic, then the threads, the neighbours, the new one. ValueError over eight topics."""
    if len(names) > len(KINDS):
        raise ValueError(f"{len(names)} topics: at most {len(KINDS)}")
    figure, groups, paper = Sketch(), np.array(topics), ROLES["paper"].light
    plain = ~np.isin(np.arange(len(places)), list(nearest))
    for number, (name, label) in enumerate(zip(names, labels, strict=True)):
        rows = [int(row) for row in np.flatnonzero((groups == name) & plain)]
        figure.add_trace(_points(places[rows], [texts[row] for row in rows], label, number, size=7, opacity=0.62))
    if new is not None and len(nearest):
        ends = places[list(nearest)]
        lines = np.stack([np.tile(new, (len(ends), 1)), ends, np.full_like(ends, np.nan)], axis=1).reshape(-1, 2)
        figure.add_trace(scatter(x=lines[:, 0], y=lines[:, 1], mode="lines", line={"color": THREAD_COLOUR, "width": 2}, hoverinfo="skip"))
        for number, (name, label) in enumerate(zip(names, labels, strict=True)):
            if near := [row for row in nearest if topics[row] == name]:
                trace = _points(places[near], [texts[row] for row in near], label, number, size=12, opacity=1.0)
                figure.add_trace(trace.with_(marker={"line": {"color": paper, "width": 1.5}}))
    if new is not None:
        ring = {"size": 18, "color": THREAD_COLOUR, "line": {"color": paper, "width": 3}}
        figure.add_trace(scatter(x=[new[0]], y=[new[1]], mode="markers", marker=ring, hoverinfo="skip"))
    for (x, y), label, colour in zip(label_places(places, topics, names, labels, (width, height)), labels, KINDS, strict=False):
        words = {"size": 15, "color": colour, "weight": 700}
        figure.add_annotation(x=x, y=y, text=escaped(label), showarrow=False, font=words, bgcolor=paper, borderpad=1)
    hidden = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**hidden).update_yaxes(**hidden)
    return figure.update_layout(
        height=height, margin={"l": 4, "r": 4, "t": 4, "b": 4}, showlegend=False, dragmode=False, hovermode="closest"
    ).figure()


def _points(places: np.ndarray, texts: Sequence[str], label: str, number: int, *, size: int, opacity: float) -> Trace:
    return scatter(
        x=places[:, 0],
        y=places[:, 1],
        mode="markers",
        name=escaped(label),
        marker={
            "size": size,
            "opacity": opacity,
            "color": KINDS[number],
            "symbol": SYMBOLS[number],
            "line": {"color": MARK_COLOUR, "width": 0},
        },
        hovertext=[escaped(text) for text in texts],
        hovertemplate="%{hovertext}<extra>%{fullData.name}</extra>",
    )
