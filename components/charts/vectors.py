"""Vectors in the colour of what they are for (query, key, value, output): whole matrices side by side, or one row as strips."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped
from .marks import Marks
from .numbers import significant
from .sketch import Sketch, Trace, heatmap
from .theme import ROLES, tinted_text
from .words import Words, framed, invisible, name_axis, name_width, span

GAP = 14  # pixels between matrices
STRIP = 62  # pixels of a strip with its title
LEAST_WIDTH = 150  # pixels that Streamlit gives a chart at least: what is over stays empty
MARKED_COLUMNS = 16  # columns of a matrix up to which its cells can be chosen


@dataclass(frozen=True, eq=False)
class Vectors:
    """A matrix (words, dimensions) in the colour of its role. symbol, name: its title. row: the chosen one; dashed: it is looked at, not
    looking. words: names of its rows, where they are written beside it."""

    stage: str
    symbol: str
    name: str
    role: str
    values: np.ndarray
    row: int
    dashed: bool = False
    words: Words | None = None


def vectors_figure(matrices: Sequence[Vectors], *, cell: int, head: int, rows: int, width: int) -> go.Figure:
    """Matrices side by side, a trace each, their rows on one line: each value in the role's own hue where it is positive, grey where negative,
    0 is the page. `rows`: of the tallest one. A trace of points, to choose cells, follows those that are narrow enough."""
    figure, marks = Sketch(), Marks()
    names = [name_width(matrix.words) if matrix.words else 0 for matrix in matrices]
    left = names[0] or 2
    inner = width - left - 4
    wide = (inner - GAP * (len(matrices) - 1) - sum(names[1:])) / len(matrices)
    start = 0.0
    for number, (matrix, named) in enumerate(zip(matrices, names, strict=True), 1):
        start += (named + GAP) * (number > 1)
        axis = "" if number == 1 else str(number)
        domain = [start / inner, min(1.0, (start + wide) / inner)]
        start += wide
        figure.add_trace(_hue(matrix, axis))
        if matrix.values.shape[1] <= MARKED_COLUMNS:
            figure.add_trace(_vector_points(matrix, axis))
        plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "showticklabels": False, "ticks": ""}
        layout = {
            f"xaxis{axis}": {**plain, "domain": domain, "anchor": f"y{axis}", "range": [-0.5, matrix.values.shape[1] - 0.5]},
            f"yaxis{axis}": {
                **(name_axis(matrix.words, cell) if matrix.words else plain), "anchor": f"x{axis}", "range": [rows - 0.5, -0.5]
            },
        }  # fmt: skip
        figure.update_layout(layout)
        marks.add_annotation(
            x=domain[0], y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False, yshift=4, align="left",
            text=f"{tinted_text(f'<i>{matrix.symbol}</i>', _ink(matrix.role))}<br>{escaped(matrix.name)}", font={"size": 12, "color": ROLES["ink2"].light},
        )  # fmt: skip
        marks.add_shape(
            type="rect", xref=f"x{axis}", yref=f"y{axis}", x0=-0.5, x1=matrix.values.shape[1] - 0.5, **span("y", matrix.row),
            line={"color": ROLES[matrix.role].light, "width": 2.5, "dash": "4px,2px" if matrix.dashed else "solid"},
        )  # fmt: skip
        outline = {"color": ROLES[matrix.role].light, "width": 1}
        marks.add_shape(
            type="rect", xref=f"x{axis}", yref=f"y{axis}", x0=-0.5, x1=matrix.values.shape[1] - 0.5, y0=-0.5,
            y1=len(matrix.values) - 0.5, line=outline, opacity=0.5,
        )  # fmt: skip
    figure.update_layout(**marks.layout)
    return framed(figure, left=left, head=head, body=rows * cell, right=4 + max(0, LEAST_WIDTH - width)).figure()


def strips_figure(vectors: Sequence[Vectors]) -> go.Figure:
    """The chosen rows alone, one strip under the other, each with its title: what a row becomes where there is no room for all."""
    figure, marks = Sketch(), Marks()
    count, each = len(vectors), STRIP
    for number, vector in enumerate(vectors, 1):
        axis = "" if number == 1 else str(number)
        top = 1 - (number - 1) / count
        domain = [max(0.0, top - 1 / count), top - 34 / (each * count)]
        row = vector.values[vector.row][None]
        figure.add_trace(_hue(Vectors(vector.stage, vector.symbol, vector.name, vector.role, row, 0), axis))
        plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "showticklabels": False, "ticks": ""}
        figure.update_layout(
            {
                f"xaxis{axis}": {**plain, "anchor": f"y{axis}", "range": [-0.5, row.shape[1] - 0.5]},
                f"yaxis{axis}": {**plain, "anchor": f"x{axis}", "domain": domain},
            },
        )
        title = f"{tinted_text(f'<i>{vector.symbol}</i>', _ink(vector.role))}  {escaped(vector.name)}"
        marks.add_annotation(
            x=0, y=domain[1], xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False, text=title,
            font={"size": 12, "color": ROLES["ink2"].light},
        )  # fmt: skip
        outline = {"color": ROLES[vector.role].light, "width": 1.5, "dash": "4px,2px" if vector.dashed else "solid"}
        marks.add_shape(type="rect", xref=f"x{axis}", yref=f"y{axis}", x0=-0.5, x1=row.shape[1] - 0.5, y0=-0.5, y1=0.5, line=outline)
    figure.update_layout(**marks.layout)
    return framed(figure, left=2, head=2, body=each * count, right=4).figure()


def _ink(role: str) -> str:
    """The role whose colour letters of `role` have."""
    return f"{role}-text" if f"{role}-text" in ROLES else role


def _vector_points(matrix: Vectors, axis: str) -> Trace:
    rows, columns = np.mgrid[: matrix.values.shape[0], : matrix.values.shape[1]]
    named = [
        f"{escaped(matrix.symbol)} {row + 1}, {column + 1}: {significant(float(value))}"
        for (row, column), value in np.ndenumerate(matrix.values)
    ]
    points = invisible(columns.ravel(), rows.ravel(), named, 12)
    return points.with_(xaxis=f"x{axis}", yaxis=f"y{axis}", meta={"stage": matrix.stage})


def _hue(matrix: Vectors, axis: str) -> Trace:
    bound = max(float(np.abs(matrix.values).max(initial=0.0)), 1e-12)
    grey, page, hue = ROLES["edge"].light, ROLES["paper"].light, ROLES[matrix.role].light
    clickable = matrix.values.shape[1] <= MARKED_COLUMNS
    return heatmap(
        z=np.asarray(matrix.values), zmin=-bound, zmax=bound, colorscale=[(0, grey), (0.5, page), (1, hue)], showscale=False, ygap=1,
        xaxis=f"x{axis}", yaxis=f"y{axis}", name=matrix.stage, hoverinfo="skip" if clickable else None,
        hovertemplate=None if clickable else f"{escaped(matrix.symbol)} %{{y}}, %{{x}}: %{{z:.3g}}<extra></extra>",
    )  # fmt: skip
