"""Heads side by side: the sentence once at the left, each head a column of the same rows, scaled to its own largest weight.

As squares (row = the word that looks) while their cells can be told apart; of many words, the weights of one chosen word as bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from components.text.clip import clip_to_width

from .heatmap import escaped
from .marks import Marks
from .numbers import significant
from .sketch import Sketch, Trace, bar, heatmap
from .theme import MARK_COLOUR, QUERY_COLOUR, ROLES, SEQUENTIAL, THREAD_COLOUR, tinted_text
from .words import FOOT, Words, name_axis, name_width, span

HEAD, LINE_GAP, GAP = 84, 14, 22  # pixels: of a head's title, between lines, between columns
LEAST_ROW, MOST_ROW, BODY = 14, 24, 372  # pixels of a row; of all rows, until they get too small
LEAST_AREA = 196  # square pixels of a cell: 14 x 14, or narrower and taller


@dataclass(frozen=True, eq=False)
class HeadColumn:
    """One head: what it is called, its number, a note, and its weights (queries, keys), rows summing to one."""

    name: str
    number: str
    note: str
    weights: np.ndarray


def row_height(rows: int) -> int:
    """Pixels of a row."""
    return int(np.clip(BODY / rows, LEAST_ROW, MOST_ROW))


def squares_fit(rows: Words, columns: Words, *, per_line: int, width: int) -> bool:
    """Whether `per_line` squares with cells that can be told apart stand side by side in `width` pixels."""
    return _column_width(name_width(rows), per_line, width) / len(columns) * row_height(len(rows)) >= LEAST_AREA


def heads_figure(heads: Sequence[HeadColumn], rows: Words, columns: Words, *, per_line: int, width: int) -> go.Figure:
    """A square for each head. The word `rows.chosen` is framed in all, and what it looks at most stands over each; a trace of bars over the rows
    of each head is there to be chosen: its point is the row."""
    figure, marks = Sketch(), Marks()
    for number, head in enumerate(heads):
        axis = str(number + 1) if number else ""
        highest = max(float(head.weights.max()), 1e-12)
        figure.add_trace(
            heatmap(
                z=np.asarray(head.weights, dtype=np.float32), zmin=0, zmax=highest, colorscale=SEQUENTIAL, showscale=False, hoverinfo="skip",
                xgap=1, ygap=1, xaxis=f"x{axis}", yaxis=f"y{axis}", name=escaped(head.name),
            )
        )  # fmt: skip
        hover = [f"{escaped(name)} → {_strongest(head.weights[place], columns)}" for place, name in enumerate(rows.names)]
        figure.add_trace(_choices(len(rows), len(columns), hover, axis))
        strongest = int(head.weights[rows.chosen].argmax())
        marks.add_annotation(
            x=strongest, y=-0.5, xref=f"x{axis}", yref=f"y{axis}", ax=0, ay=-13, showarrow=True, arrowhead=0, arrowwidth=2,
            arrowcolor=THREAD_COLOUR, text=f"<b>{_strongest(head.weights[rows.chosen], columns)}</b>", font={"size": 13, "color": THREAD_COLOUR},
            xanchor="left" if strongest < len(columns) / 3 else "right" if strongest > 2 * len(columns) / 3 else "center",
        )  # fmt: skip
        marks.add_shape(
            type="rect", xref=f"x{axis}", yref=f"y{axis}", x0=-0.5, x1=len(columns) - 0.5, **span("y", rows.chosen),
            line={"color": QUERY_COLOUR, "width": 2},
        )  # fmt: skip
    return _laid_out(figure, marks, heads, rows, [(-0.5, len(columns) - 0.5)] * len(heads), per_line=per_line, width=width)


def bars_figure(heads: Sequence[HeadColumn], row: int, keys: Words, *, per_line: int, width: int) -> go.Figure:
    """The weights of the word `row` (of all words) in each head, a bar for each of `keys`, which may be some of the words: their places in the
    text begin at `keys.first`. The longest bar of each head fills its column."""
    figure, marks = Sketch(), Marks()
    ends = []
    for number, head in enumerate(heads):
        axis = str(number + 1) if number else ""
        weights = head.weights[row]
        colours = [MARK_COLOUR if i == int(weights.argmax()) else THREAD_COLOUR for i in range(len(keys))]
        figure.add_trace(
            bar(
                x=np.asarray(weights, dtype=float).round(4), y=list(range(len(keys))), orientation="h", xaxis=f"x{axis}", yaxis=f"y{axis}",
                marker={"color": colours, "line": {"width": 0}}, name=escaped(head.name), hovertemplate="%{hovertext}<extra></extra>",
                hovertext=[f"{escaped(name)}: {significant(float(weight))}" for name, weight in zip(keys.names, weights, strict=True)],
                selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
            )
        )  # fmt: skip
        marks.add_annotation(
            x=0, y=-0.5, xref=f"x{axis}", yref=f"y{axis}", xanchor="left", yanchor="bottom", showarrow=False,
            text=f"<b>{_strongest(weights, keys)}</b>", font={"size": 12, "color": THREAD_COLOUR},
        )  # fmt: skip
        ends.append((0.0, max(float(weights.max()), 1e-12)))
    return _laid_out(figure, marks, heads, keys, ends, per_line=per_line, width=width)


def _strongest(weights: np.ndarray, words: Words) -> str:
    place = int(weights.argmax())
    return f"{escaped(clip_to_width(words.names[place], 10))} {float(weights[place]):.2f}"


def _choices(rows: int, columns: int, hover: list[str], axis: str) -> Trace:
    unseen = {"marker": {"opacity": 0}}
    return bar(
        x=[columns] * rows, y=list(range(rows)), base=-0.5, width=1, orientation="h", xaxis=f"x{axis}", yaxis=f"y{axis}",
        marker={"color": THREAD_COLOUR, "opacity": 0}, selected=unseen, unselected=unseen, hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>", name="rows",
    )  # fmt: skip


def _column_width(left: int, per_line: int, width: int) -> float:
    return (width - left - 6 - GAP * (per_line - 1)) / per_line


def _laid_out(
    figure: Sketch, marks: Marks, heads: Sequence[HeadColumn], rows: Words, ends: list[tuple[float, float]], *, per_line: int, width: int
) -> go.Figure:
    """Columns from left to right, `per_line` in a line, the words once at the left of each line, titles over each column."""
    left, row = name_width(rows), row_height(len(rows))
    lines, body = -(-len(heads) // per_line), row * len(rows)
    inner, high = width - left - 6, lines * (HEAD + body + LINE_GAP)
    wide = _column_width(left, per_line, width)
    letters = int(wide / 7.5)
    layout: dict[str, object] = {}
    for number, (head, limits) in enumerate(zip(heads, ends, strict=True)):
        line, column = divmod(number, per_line)
        axis = str(number + 1) if number else ""
        start = column * (wide + GAP) / inner
        top = 1 - (line * (HEAD + body + LINE_GAP) + HEAD) / high
        plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "showticklabels": False, "ticks": ""}
        side = name_axis(rows, row) if column == 0 else plain
        layout[f"xaxis{axis}"] = {**plain, "domain": [start, min(1.0, start + wide / inner)], "anchor": f"y{axis}", "range": list(limits)}
        layout[f"yaxis{axis}"] = {
            **side,
            "domain": [max(0.0, top - body / high), top],
            "anchor": f"x{axis}",
            "range": [len(rows) - 0.5, -0.5],
        }
        box = {
            "xref": "paper",
            "yref": "paper",
            "x": start,
            "y": top,
            "xanchor": "left",
            "yanchor": "bottom",
            "showarrow": False,
            "align": "left",
        }
        title = f"<b>{escaped(clip_to_width(head.name, letters))}</b>"
        number_text = tinted_text(escaped(head.number), "ink2")
        marks.add_annotation(**box, yshift=56, text=f"{title}  {number_text}", font={"size": 14})
        marks.add_annotation(
            **box, yshift=38, text=escaped(clip_to_width(head.note, letters)), font={"size": 12, "color": ROLES["ink2"].light}
        )
        marks.add_shape(
            type="rect", xref="paper", yref="paper", x0=start, x1=start + wide / inner, y0=top - body / high, y1=top,
            line={"color": ROLES["line"].light, "width": 1},
        )  # fmt: skip
    return figure.update_layout(
        {
            **layout, **marks.layout, "height": high + FOOT, "margin": {"l": left, "r": 6, "t": 0, "b": FOOT, "pad": 4}, "clickmode": "event+select",
            "dragmode": False, "showlegend": False, "barmode": "overlay", "bargap": 0.25,
        },
    ).figure()  # fmt: skip
