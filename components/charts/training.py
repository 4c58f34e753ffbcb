"""A training as it goes on: the loss of its steps, and of rows that it does not learn from after each epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .lines import MAX_POINTS, thinned
from .sketch import Sketch, scatter
from .theme import MARK_COLOUR, NEUTRAL_COLOUR, ROLES, THREAD_COLOUR, faint

SMOOTHED = 9  # steps of the training loss that are averaged: single batches jump
MOST_TICKS = 10
MOST_VALUES = 8  # checks whose value is written at the point
HEADROOM = 1.15
NEAR = 0.09  # of the height: ends whose names would overlap


@dataclass(frozen=True)
class TrainingWords:
    """The words in the figure."""

    loss: str
    training: str
    validation: str
    epoch: str
    here: str


def training_figure(
    losses: Sequence[tuple[int, float]],
    checks: Sequence[tuple[int, float]],
    *,
    steps: int,
    epochs: int,
    words: TrainingWords,
    now: int | None = None,
    stopped: bool = False,
    height: int = 300,
) -> go.Figure:
    """Losses and checks (step, loss), ascending, over `steps` steps in `epochs` epochs. now: the step reached, with a line; stopped: what lies
    beyond it is not trained, and hatched."""
    per_epoch = max(steps / max(epochs, 1), 1e-9)
    figure = Sketch()
    shown = [losses[place] for place in thinned(len(losses), MAX_POINTS)]
    if shown:
        line = {"color": NEUTRAL_COLOUR, "width": 2}
        x = [step / per_epoch for step, _ in shown]
        figure.add_trace(scatter(x=x, y=smoothed([loss for _, loss in shown]), mode="lines", line=line, name=escaped(words.training)))
    if checks:
        few = len(checks) <= MOST_VALUES
        figure.add_trace(
            scatter(
                x=[step / per_epoch for step, _ in checks],
                y=[loss for _, loss in checks],
                mode="lines+markers+text" if few else "lines+markers",
                text=[f"{loss:.2f}" for _, loss in checks],
                textposition="top center",
                line={"color": THREAD_COLOUR, "width": 2.5},
                marker={"size": 10, "color": THREAD_COLOUR},
                name=escaped(words.validation),
            )
        )
    top = HEADROOM * max([loss for _, loss in (*shown, *checks)], default=1.0)
    _name_ends(figure, top)
    if now is not None:
        _mark_now(figure, now / per_epoch, epochs, words.here, stopped)
    step = max(-(-epochs // MOST_TICKS), 1)
    figure.update_xaxes(title=escaped(words.epoch), range=[0, epochs * 1.08], tickvals=list(range(0, epochs + 1, step)), showgrid=False)
    figure.update_yaxes(title=escaped(words.loss), range=[0, top], nticks=6)
    figure.update_traces(cliponaxis=False, hovertemplate="%{x:.2f}: %{y:.3f}<extra>%{fullData.name}</extra>")
    figure.update_layout(height=height, margin={"l": 8, "r": 12, "t": 20, "b": 8}, showlegend=False)
    return figure.figure()


def smoothed(values: Sequence[float], width: int = SMOOTHED) -> list[float]:
    """The mean of each value and its neighbours, `width` in all, fewer at the ends."""
    half = width // 2
    return [float(np.mean(values[max(place - half, 0) : place + half + 1])) for place in range(len(values))]


def _name_ends(figure: Sketch, top: float) -> None:
    """Each line's name at its end instead of a legend, apart where two ends are near each other."""
    ends = [trace.y[-1] for trace in figure.data]
    near = len(ends) == 2 and abs(ends[0] - ends[1]) < NEAR * top
    for place, trace in enumerate(figure.data):
        shift = 0 if not near else 10 if place == ends.index(max(ends)) else -10
        colour = ROLES["ink2"].light if trace.line.color == NEUTRAL_COLOUR else trace.line.color
        figure.add_annotation(
            x=trace.x[-1],
            y=trace.y[-1],
            text=trace.name,
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            xshift=10,
            yshift=shift,
            font={"color": colour},
        )


def _mark_now(figure: Sketch, at: float, epochs: int, here: str, stopped: bool) -> None:
    line = {"color": MARK_COLOUR, "width": 1.5, "dash": "solid" if stopped else "dot"}
    figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="y domain", line=line)
    figure.add_annotation(
        x=at, y=1, yref="y domain", text=escaped(here), showarrow=False, xanchor="left", yanchor="bottom", font={"size": 12}
    )
    if stopped and at < epochs:
        figure.add_shape(
            type="rect",
            x0=at,
            x1=epochs,
            y0=0,
            y1=1,
            yref="y domain",
            line={"width": 0},
            fillcolor=faint(NEUTRAL_COLOUR, 0.18),
            layer="below",
        )
