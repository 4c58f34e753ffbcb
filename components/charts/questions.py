"""Where an answer may start and end: scores over the tokens, and over the windows that a long text was cut into."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .lines import Curve, line_sketch
from .sketch import Sketch, scatter
from .theme import KEY_COLOUR, MARK_COLOUR, NEUTRAL_COLOUR, QUERY_COLOUR

WINDOWS_TRACE = 2  # the trace of `windows_figure` whose points are the windows


def span_scores_figure(
    tokens: Sequence[str],
    start: np.ndarray,
    end: np.ndarray,
    *,
    first: int,
    answer: tuple[int, int] | None,
    start_name: str,
    end_name: str,
    token_title: str,
    score_title: str,
    height: int = 300,
) -> go.Figure:
    """Start and end scores (n,) of tokens `first`, first + 1 ... The tokens `answer` (first and last, counted as `first` is) are shaded."""
    # Places as categories: on a narrow screen Plotly leaves some of their names out, so that they don't overlap.
    places = [str(first + number) for number in range(len(tokens))]
    curves = [Curve(start_name, start, QUERY_COLOUR), Curve(end_name, end, KEY_COLOUR)]
    figure = line_sketch(places, curves, x_title=token_title, y_title=score_title, markers=True, height=height)
    names = [escaped(token) for token in tokens]
    figure.update_traces(text=names, hovertemplate="%{text}: %{y:.3g}<extra>%{fullData.name}</extra>")
    figure.update_xaxes(labelalias=dict(zip(places, names, strict=True)), tickangle=-60, range=[-0.7, len(tokens) - 0.3])
    if answer:
        figure.add_span(answer[0] - first - 0.5, answer[1] - first + 0.5, fillcolor=QUERY_COLOUR, opacity=0.15, line={"width": 0})
    return figure.figure()


def windows_figure(
    characters: Sequence[tuple[int, int]],
    best: Sequence[float | None],
    null: Sequence[float],
    answers: Sequence[tuple[int, float, str]],
    *,
    best_name: str,
    null_name: str,
    answers_name: str,
    character_title: str,
    score_title: str,
) -> go.Figure:
    """Each window (n) as a bar from its first to its last character, at the height of its best span's score and of "no answer"'s.

    best: None where a window has no span of its own. answers: (first character, score, name), written where they stand. Trace `WINDOWS_TRACE` has one point a window, to choose it.
    """
    figure = Sketch()
    for values, name, colour, dash in ((best, best_name, QUERY_COLOUR, "solid"), (null, null_name, NEUTRAL_COLOUR, "dot")):
        figure.add_trace(
            scatter(
                x=[x for low, high in characters for x in (low, high, None)],
                y=[y for value in values for y in (value, value, None)],
                mode="lines",
                line={"color": colour, "width": 3, "dash": dash},
                name=escaped(name),
                hoverinfo="skip",
            )
        )
    figure.add_trace(
        scatter(
            x=[(low + high) / 2 for low, high in characters],
            y=list(best),
            mode="markers",
            marker={"color": QUERY_COLOUR, "size": float(np.clip(500 / len(characters), 4, 9)), "symbol": "square"},
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            text=[f"{number}: {low:,}–{high:,}" for number, (low, high) in enumerate(characters, 1)],
            customdata=list(null),
            hovertemplate=f"%{{text}}<br>{escaped(best_name)}: %{{y:.3g}}<br>{escaped(null_name)}: %{{customdata:.3g}}<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_trace(
        scatter(
            x=[character for character, _, _ in answers],
            y=[score for _, score, _ in answers],
            mode="markers+text",
            marker={"color": MARK_COLOUR, "size": 11, "symbol": "diamond"},
            text=[escaped(name) for _, _, name in answers],
            textposition="top center",
            name=escaped(answers_name),
            hoverinfo="skip",
        )
    )
    figure.update_xaxes(title=character_title, range=[0, max(high for _, high in characters)], tickformat=",d")
    heights = [value for value in (*best, *null) if value is not None]
    room = 0.15 * (max(heights) - min(heights)) + 0.5  # for the answers' names
    figure.update_yaxes(title=score_title, automargin=True, range=[min(heights) - room, max(heights) + room])
    figure.update_layout(
        height=300,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        clickmode="event+select",
        dragmode=False,
    )
    return figure.figure()
