"""Curves over one axis, told apart by dash and symbol as well as by colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from .heatmap import escaped
from .sketch import Sketch, scatter
from .theme import NEUTRAL_COLOUR, ROLES, SERIES, THREAD_COLOUR, faint

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross")
# What a name is written in beside a mark of these colours, which are too light for text.
_READABLE = {ROLES[name].light: ROLES[f"{name}-text"].light for name in ("query", "key", "value", "output")} | {
    NEUTRAL_COLOUR: ROLES["ink2"].light
}
MAX_POINTS = 1_000  # sent to the browser for each curve


@dataclass(frozen=True, eq=False)
class Curve:
    """A named curve: y (points,), NaN where it is not defined; colour from the theme, by default the next of its series. low, high
    (points,): the ends of the middle 95% about each point, drawn as a bar."""

    name: str
    y: Sequence[float] | np.ndarray
    colour: str | None = None
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


def line_figure(
    x: Sequence[float] | Sequence[str] | np.ndarray,
    curves: Sequence[Curve],
    *,
    x_title: str,
    y_title: str,
    log_x: bool = False,
    log_y: bool = False,
    markers: bool = False,
    reference: tuple[float, str] | None = None,
    height: int = 320,
    direct: bool = False,
) -> go.Figure:
    """Curves over x (points,); more than 1,000 points are thinned evenly. On logarithmic axes values of 0 or less are
    left out.

    markers: symbols at the points, for measurements. reference: (x, label) of a vertical line, for example a training
    length. direct: each curve's name stands at its end, apart from the others', in place of a legend.
    """
    return line_sketch(
        x, curves, x_title=x_title, y_title=y_title, log_x=log_x, log_y=log_y, markers=markers, reference=reference, height=height, direct=direct
    ).figure()  # fmt: skip


def line_sketch(
    x: Sequence[float] | Sequence[str] | np.ndarray,
    curves: Sequence[Curve],
    *,
    x_title: str,
    y_title: str,
    log_x: bool = False,
    log_y: bool = False,
    markers: bool = False,
    reference: tuple[float, str] | None = None,
    height: int = 320,
    direct: bool = False,
) -> Sketch:
    """`line_figure` for a chart that has more to draw on it."""
    x = np.asarray(x)
    drawn = thinned(len(x), MAX_POINTS)
    figure = Sketch()
    for index, curve in enumerate(curves):
        y = np.asarray(curve.y, dtype=np.float64)[drawn]
        figure.add_trace(
            scatter(
                x=x[drawn],
                y=np.where(y > 0, y, np.nan) if log_y else y,
                name=escaped(curve.name),
                mode="lines+markers" if markers else "lines",
                line={"color": curve.colour or SERIES[index % len(SERIES)], "dash": DASHES[index % len(DASHES)], "width": 2.5},
                marker={"symbol": SYMBOLS[index % len(SYMBOLS)], "size": 8},
                error_y=_interval(curve, y, drawn),
                hovertemplate="%{x:.6~g}: %{y:.3g}<extra>%{fullData.name}</extra>",
            )
        )
    if reference:
        _mark(figure, *reference, log_x)
    named = x.dtype.kind in "OU"
    figure.update_xaxes(title=x_title, type="log" if log_x else "category" if named else "linear", automargin=True)
    figure.update_yaxes(title=y_title, type="log" if log_y else "linear", automargin=True, exponentformat="power")
    if log_x:
        figure.update_xaxes(tickvals=_ticks(x), ticktext=[f"{tick:g}" for tick in _ticks(x)])
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        showlegend=len(curves) > 1,
    )
    if direct:
        _name_at_ends(figure, height)
    return figure


def _name_at_ends(figure: Sketch, height: int) -> None:
    """Names the curves at their right ends, in their colours, at least a line apart; room for the names is made at the right."""
    values = np.concatenate([np.asarray(curve.y, dtype=float) for curve in figure.data])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    line = 18 * (high - low or 1) / (height - 90)
    place = -np.inf
    for curve in sorted(figure.data, key=lambda curve: float(curve.y[-1])):
        place = max(float(curve.y[-1]), place + line)
        figure.add_annotation(
            x=1,
            xref="paper",
            y=place,
            text=curve.name,
            showarrow=False,
            xanchor="left",
            xshift=10,
            font={"color": _READABLE.get(curve.line.color, curve.line.color), "size": 13},
        )
    widest = max(_width(str(curve.name)) for curve in figure.data)
    figure.update_yaxes(range=[min(low - line, 0 if low >= 0 else low), max(high, place) + line])
    figure.update_layout(showlegend=False, margin={"l": 8, "r": 18 + widest, "t": 12, "b": 8})


def _width(text: str) -> int:
    """About how many pixels a name of 13 px takes."""
    return round(sum(13 if ord(character) > 0x2E7F else 7.5 for character in text))


def line_table(x: Sequence[float] | np.ndarray, curves: Sequence[Curve], *, x_title: str) -> pd.DataFrame:
    """The numbers of a `line_figure`, all of them, one column a curve."""
    columns = {x_title: np.asarray(x)}
    for curve in curves:
        columns[curve.name] = np.asarray(curve.y)
        if curve.low is not None and curve.high is not None:
            columns |= {f"{curve.name} 2.5%": np.asarray(curve.low), f"{curve.name} 97.5%": np.asarray(curve.high)}
    return pd.DataFrame(columns)


def thinned(count: int, most: int) -> np.ndarray:
    """Indices of at most `most` of `count` points, evenly spread, with the first and the last."""
    return np.arange(count) if count <= most else np.unique(np.linspace(0, count - 1, most).round().astype(int))


def _interval(curve: Curve, y: np.ndarray, drawn: np.ndarray) -> dict[str, Any] | None:
    if curve.low is None or curve.high is None:
        return None
    low, high = np.asarray(curve.low)[drawn], np.asarray(curve.high)[drawn]
    return {"type": "data", "symmetric": False, "array": high - y, "arrayminus": y - low, "thickness": 1.5, "width": 5}


def _mark(figure: Sketch, x: float, label: str, log_x: bool) -> None:
    line = {"color": NEUTRAL_COLOUR, "dash": "dot", "width": 1.5}
    figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="y domain", line=line)
    position = float(np.log10(x)) if log_x else x  # a shape takes the value itself, an annotation its logarithm
    figure.add_annotation(x=position, y=1, yref="y domain", text=escaped(label), showarrow=False, xanchor="left", yanchor="top", xshift=4)


def _ticks(x: np.ndarray) -> np.ndarray:
    """The measured points themselves, thinned to ten."""
    ticks: np.ndarray = x[thinned(len(x), 10)]
    return ticks


def gap_figure(x: Sequence[float], upper: Curve, lower: Curve, *, x_title: str, height: int = 240) -> go.Figure:
    """Two curves with the area between them filled: the gap is the message. Each is named at its end."""
    figure = Sketch()
    for curve, fill in ((lower, None), (upper, "tonexty")):
        figure.add_trace(
            scatter(
                x=list(x), y=list(curve.y), mode="lines+markers", name=escaped(curve.name), fill=fill, fillcolor=faint(THREAD_COLOUR, 0.16),
                line={"color": curve.colour, "width": 2}, marker={"size": 6}, hovertemplate="%{x}: %{y:.3f}<extra>%{fullData.name}</extra>",
            )
        )  # fmt: skip
        figure.add_annotation(
            x=x[0], y=curve.y[0], text=escaped(curve.name), showarrow=False, xanchor="left", yshift=12 if fill else -12, font={"size": 12}
        )
    figure.update_xaxes(title=x_title, dtick=1)
    figure.update_yaxes(range=[min(0.0, *upper.y, *lower.y), 1.08])
    return figure.update_layout(height=height, margin={"l": 30, "r": 10, "t": 8, "b": 40}, showlegend=False).figure()
