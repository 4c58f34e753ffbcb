"""One head as arcs: tokens that attend on the left, tokens attended to on the right, a curve for each strong link (after
Vig 2019, BertViz).
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from components.text.clip import clip

from .heatmap import escaped
from .sketch import Sketch, Trace, scatter
from .theme import KEY_COLOUR, MARK_COLOUR, QUERY_COLOUR

STRENGTHS = 6  # shades that arcs are drawn in: one trace each keeps the figure small
POINTS = 25  # along an arc


def arc_figure(
    rows: Sequence[int] | np.ndarray,
    columns: Sequence[int] | np.ndarray,
    weights: Sequence[float] | np.ndarray,
    left: Sequence[str],
    right: Sequence[str],
    *,
    left_title: str,
    right_title: str,
    chosen: Sequence[int] = (),
) -> go.Figure:
    """Links (rows[i] on the left -> columns[i] on the right, with weights[i] from 0 to 1) as arcs, stronger ones darker
    and thicker.

    Give the strongest links alone (`components.transformer.analysis.strongest_links`) and say how many there are
    more. The last two traces are the tokens, left and right: a click's point index is the token's index. `chosen`
    left tokens are marked.
    """
    rows, columns, weights = np.asarray(rows), np.asarray(columns), np.asarray(weights, dtype=float)
    figure = Sketch()
    along = np.linspace(0, 1, POINTS)
    bend = along * along * (3 - 2 * along)  # leaves and arrives level
    strength = np.minimum((np.clip(weights, 0, 1) * STRENGTHS).astype(int), STRENGTHS - 1)
    for shade in range(STRENGTHS):
        links = np.flatnonzero(strength == shade)
        if not len(links):
            continue
        y = rows[links, None] + (columns[links] - rows[links])[:, None] * bend  # (links, POINTS)
        gap = np.full((len(links), 1), np.nan)
        figure.add_trace(
            scatter(
                x=np.hstack([np.broadcast_to(along, y.shape), gap]).ravel().astype(np.float32),
                y=np.hstack([y, gap]).ravel().astype(np.float32),
                mode="lines",
                line={"color": QUERY_COLOUR, "width": 0.75 + shade},
                opacity=0.25 + 0.75 * (shade + 0.5) / STRENGTHS,
                hoverinfo="skip",
            )
        )
    most = max(len(left), len(right))
    chosen_set = set(chosen)
    colours = [MARK_COLOUR if i in chosen_set else QUERY_COLOUR for i in range(len(left))]
    figure.add_trace(_tokens(0.0, left, colours, "middle left", ["square" if i in chosen_set else "circle" for i in range(len(left))]))
    figure.add_trace(_tokens(1.0, right, [KEY_COLOUR] * len(right), "middle right", ["circle"] * len(right)))
    hidden = {"showgrid": False, "zeroline": False, "fixedrange": True}
    figure.update_xaxes(
        **hidden, range=[-0.55, 1.55], tickvals=[0, 1], ticktext=[escaped(left_title), escaped(right_title)], side="top"
    )  # fmt: skip
    figure.update_yaxes(**hidden, range=[most - 0.5, -0.5], showticklabels=False)
    figure.update_layout(
        height=int(np.clip(22 * most + 50, 200, 2400)),
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        clickmode="event+select",
        dragmode=False,
        showlegend=False,
    )
    return figure.figure()


def _tokens(x: float, tokens: Sequence[str], colours: list[str], position: str, symbols: list[str]) -> Trace:
    # Over about a hundred tokens a line is lower than its text: names thin out, every marker keeps its hover.
    step = max(1, len(tokens) // 100)
    shown = [escaped(clip(token, 14)) if i % step == 0 else "" for i, token in enumerate(tokens)]
    opaque = {"marker": {"opacity": 1}}
    return scatter(
        x=[x] * len(tokens),
        y=list(range(len(tokens))),
        text=shown,
        hovertext=[f"{i + 1} {escaped(token)}" for i, token in enumerate(tokens)],
        textposition=position,
        mode="markers+text",
        marker={"size": 8, "color": colours, "symbol": symbols},
        selected=opaque,
        unselected=opaque,
        hovertemplate="%{hovertext}<extra></extra>",
    )
