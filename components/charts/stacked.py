"""Bars made of parts: how a whole is divided, for several wholes side by side. Parts differ by pattern as well as by colour."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from .heatmap import escaped
from .sketch import Sketch, bar, scatter
from .theme import NEUTRAL_COLOUR, ROLES, SERIES, faint

PATTERNS = ("", "/", ".", "x", "-", "\\", "+")
MAX_BARS = 600
MAX_TICKS = 40


@dataclass(frozen=True, eq=False)
class BarSegment:
    """One part of every bar: values (bars,), none negative."""

    name: str
    values: Sequence[float] | np.ndarray
    colour: str | None = None


def stacked_bars(
    names: Sequence[str],
    parts: Sequence[BarSegment],
    *,
    value_title: str,
    horizontal: bool = False,
    percent: bool = False,
    reference: tuple[float, str] | None = None,
    height: int = 320,
) -> go.Figure:
    """One bar a name, its parts stacked in order. percent: values are shares (0..1), written as per cent. reference: (value, label) of
    a line across the bars, for example what is expected; it stands in the legend. ValueError over 600 bars, or where a part has another number of values.
    """
    if len(names) > MAX_BARS or any(len(part.values) != len(names) for part in parts):
        raise ValueError(
            f"{len(names)} names, parts of {[len(part.values) for part in parts]} values: expected as many, at most {MAX_BARS}"
        )
    figure = Sketch()
    places = list(range(len(names)))
    labels = [escaped(name) for name in names]
    for index, part in enumerate(parts):
        values = np.asarray(part.values, dtype=float)
        figure.add_trace(
            bar(
                x=values if horizontal else places,
                y=places if horizontal else values,
                orientation="h" if horizontal else "v",
                name=escaped(part.name),
                marker={
                    "color": part.colour or SERIES[index % len(SERIES)],
                    "pattern": {
                        "shape": PATTERNS[index % len(PATTERNS)],
                        "fillmode": "overlay",  # over the colour, not in its place
                        "fgcolor": faint(ROLES["paper"].light, 0.6),
                        "size": 6,
                    },
                },
                customdata=labels,
                hovertemplate="%{customdata}: "
                + ("%{x" if horizontal else "%{y")
                + (":.1%}" if percent else ":,.4~g}")
                + "<extra>%{fullData.name}</extra>",
            )
        )
    shown = range(0, len(names), max(1, -(-len(names) // MAX_TICKS)))
    names_axis = {
        "tickvals": list(shown),
        "ticktext": [labels[bar] for bar in shown],
        "automargin": True,
        "fixedrange": horizontal,
        "tickfont": {"size": 11},
    }
    values_axis = {"title": value_title, "tickformat": ".0%" if percent else None, "automargin": True}
    figure.update_xaxes(values_axis if horizontal else names_axis)
    figure.update_yaxes(names_axis if horizontal else values_axis)
    if horizontal:
        figure.update_yaxes(range=[len(names) - 0.5, -0.5])
    if reference:
        value, label = reference
        across, along = [-0.5, len(names) - 0.5], [value, value]
        figure.add_trace(
            scatter(
                x=along if horizontal else across,
                y=across if horizontal else along,
                mode="lines",
                line={"color": NEUTRAL_COLOUR, "dash": "dash", "width": 2},
                name=escaped(label),
                hoverinfo="skip",
            )
        )
    figure.update_layout(
        barmode="stack",
        bargap=0.25,
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        showlegend=len(figure.data) > 1,
    )
    return figure.figure()


def stacked_table(names: Sequence[str], parts: Sequence[BarSegment], *, name_title: str) -> pd.DataFrame:
    """The numbers of `stacked_bars`: one row a name, one column a part."""
    return pd.DataFrame({name_title: list(names)} | {part.name: np.asarray(part.values) for part in parts})
