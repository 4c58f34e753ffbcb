"""Horizontal bars, one a name, numbers written at their ends."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from components.text.clip import clip_to_width

from .heatmap import escaped
from .numbers import significant
from .sketch import Sketch, bar
from .theme import KEY_COLOUR, THREAD_COLOUR, dark_twin, ink_on

MAX_BARS = 200


def bar_figure(
    names: Sequence[str],
    values: Sequence[float] | np.ndarray,
    *,
    value_title: str,
    colour: str | Sequence[str] = THREAD_COLOUR,
    written: Sequence[str] | None = None,
    highest: float | None = None,
) -> go.Figure:
    """names (n,) from top to bottom, values (n,); `written` replaces the numbers at the bars' ends, `highest` ends the
    axis.

    ValueError over 200 bars or where names and values differ in number.
    """
    if len(names) != len(values) or len(names) > MAX_BARS:
        raise ValueError(f"{len(names)} names and {len(values)} values: expected as many of each, at most {MAX_BARS}")
    places = list(range(len(names)))
    colours = [colour] * len(names) if isinstance(colour, str) else list(colour)
    figure = Sketch(
        bar(
            x=np.asarray(values, dtype=float),
            y=places,
            orientation="h",
            marker={"color": colours},
            text=list(written) if written is not None else [significant(float(value)) for value in values],
            textposition="auto",
            insidetextfont={"color": [ink_on(one) for one in colours]},
            meta={"dark": {"insidetextfont.color": [ink_on(dark_twin(one)) for one in colours]}},
            textangle=0,  # a short bar would turn its number on its side
            hovertext=[escaped(name) for name in names],
            hovertemplate="%{hovertext}: %{x:.3g}<extra></extra>",
        )
    )
    counts = np.asarray(values, dtype=float)
    if highest is None and counts.size and (counts == counts.round()).all():
        figure.update_xaxes(nticks=min(6, int(counts.max()) + 1))  # no mark between two whole numbers
    figure.update_xaxes(title=value_title, range=None if highest is None else [0, highest], automargin=True)
    figure.update_yaxes(
        tickvals=places, ticktext=[escaped(name) for name in names], range=[len(names) - 0.5, -0.5], automargin=True, fixedrange=True
    )  # fmt: skip
    figure.update_layout(height=int(np.clip(26 * len(names) + 60, 140, 2400)), margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False)
    return figure.figure()


def paired_bar_figure(
    names: Sequence[str], first: Sequence[float], second: Sequence[float], titles: Sequence[str], *, value_title: str
) -> go.Figure:
    """names (n,) from left to right, two upright bars each; titles: what the first and the second of them are."""
    places = list(range(len(names)))
    figure = Sketch()
    for values, title, colour, shape in ((first, titles[0], THREAD_COLOUR, ""), (second, titles[1], KEY_COLOUR, "/")):
        figure.add_trace(
            bar(
                x=places, y=list(values), name=title, marker={"color": colour, "pattern": {"shape": shape}},
                hovertext=[escaped(name) for name in names], hovertemplate="%{hovertext}: %{y:.1f}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_xaxes(
        tickvals=places, ticktext=[escaped(clip_to_width(name, 12)) for name in names], tickangle=-60 if len(names) > 8 else 0
    )
    figure.update_yaxes(title=value_title, rangemode="tozero")
    figure.update_layout(
        barmode="group", height=320, margin={"l": 8, "r": 8, "t": 8, "b": 8}, legend={"orientation": "h", "yanchor": "bottom", "y": 1.02},
        meta={"least_width": 24 * len(names) + 60},
    )  # fmt: skip
    return figure.figure()
