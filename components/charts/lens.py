"""Words in a matrix: what a model's head says of each token after each layer, on a ground as strong as it is sure."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from components.text.clip import clip_to_width

from .heatmap import TICK_WIDTH, escaped
from .numbers import per_cent
from .sketch import Sketch, heatmap, scatter
from .theme import MARK_COLOUR, SEQUENTIAL, SEQUENTIAL_DARK, ink_on, tinted

ROW = 25  # pixels of a token's line
CELL, NAMES = 43, 55  # pixels of a cell and of the tokens' names, at least: six layers fit a phone
LETTERS = 6  # of a word in a cell, in Latin letters: what a cell holds at 11 pixels


def lens_figure(
    words: Sequence[Sequence[str]],
    shares: np.ndarray,
    tokens: Sequence[str],
    layers: Sequence[str],
    *,
    chosen: int,
    layer: int,
    layer_title: str,
) -> go.Figure:
    """words[i][l] and shares (n, L + 1), 0..1, of token i after layer l -> rows are tokens, columns are layers. chosen, layer: the row and the column that are framed.
    A click is a point of the last trace, number `i * (L + 1) + l`."""
    rows, columns = shares.shape
    names = [clip_to_width(word, LETTERS) for row in words for word in row]
    grounds = [[tinted(scale, float(share)) for share in shares.ravel()] for scale in (SEQUENTIAL, SEQUENTIAL_DARK)]
    column, row = (index.ravel() for index in np.meshgrid(np.arange(columns), np.arange(rows)))
    invisible = {"marker": {"opacity": 0}}
    figure = Sketch(heatmap(z=shares, zmin=0, zmax=1, colorscale=SEQUENTIAL, showscale=False, hoverinfo="skip", xgap=1, ygap=1))
    figure.add_trace(
        scatter(
            x=column, y=row, mode="text", text=[escaped(name) for name in names], hoverinfo="skip",
            textfont={"size": 11, "color": [ink_on(ground) for ground in grounds[0]]},
            meta={"dark": {"textfont.color": [ink_on(ground) for ground in grounds[1]]}},
        )
    )  # fmt: skip
    hover = [
        f"{escaped(tokens[i])}, {escaped(layers[j])}: {escaped(words[i][j])} {per_cent(float(shares[i, j]))}"
        for i in range(rows)
        for j in range(columns)
    ]
    figure.add_trace(
        scatter(
            x=column, y=row, mode="markers", marker={"symbol": "square", "size": 22, "opacity": 0, "color": MARK_COLOUR}, selected=invisible,
            unselected=invisible, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    for x0, x1, y0, y1, width in ((0, columns, chosen, chosen + 1, 2.5), (layer, layer + 1, 0, rows, 1.5)):
        figure.add_shape(
            type="rect", x0=x0 - 0.5, x1=x1 - 0.5, y0=y0 - 0.5, y1=y1 - 0.5, line={"color": MARK_COLOUR, "width": width}, layer="above"
        )
    figure.update_xaxes(
        tickvals=list(range(columns)), ticktext=[escaped(layer) for layer in layers], title=layer_title, side="top", showgrid=False,
        zeroline=False, fixedrange=True, range=[-0.5, columns - 0.5],
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(rows)), ticktext=[escaped(clip_to_width(token, TICK_WIDTH)) for token in tokens], showgrid=False, zeroline=False,
        fixedrange=True, automargin=True, range=[rows - 0.5, -0.5],
    )  # fmt: skip
    figure.update_layout(
        height=ROW * rows + 70, margin={"l": 8, "r": 8, "t": 8, "b": 8}, clickmode="event+select", hoverdistance=-1, dragmode=False,
        showlegend=False, meta={"least_width": CELL * columns + NAMES},
    )  # fmt: skip
    return figure.figure()
