"""How good predictions are, as figures: a confusion matrix whose cells can be chosen, scores against a threshold, reliability."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .heatmap import escaped, matrix_sketch
from .lines import Curve, line_sketch
from .numbers import significant
from .sketch import Sketch, bar, scatter
from .theme import KEY_COLOUR, MARK_COLOUR, NEUTRAL_COLOUR, QUERY_COLOUR, VALUE_COLOUR

MOST_CLASSES = 30  # more rows and columns than that can't be read


def shown_classes(confusion: np.ndarray, most: int = MOST_CLASSES) -> list[int]:
    """The classes to draw of a confusion matrix (classes, classes): all, or the `most` with the most mistakes, in their order."""
    if len(confusion) <= most:
        return list(range(len(confusion)))
    mistakes = confusion.sum(axis=0) + confusion.sum(axis=1) - 2 * np.diag(confusion)
    return sorted(np.argsort(-mistakes, kind="stable")[:most].tolist())


def confusion_figure(
    confusion: np.ndarray,
    labels: Sequence[str],
    *,
    true_title: str,
    predicted_title: str,
    predicted: Sequence[str] | None = None,
    marked: tuple[int, int] | None = None,
    width: int = 560,
) -> go.Figure:
    """Counts (classes, classes), row = label, column = prediction -> Figure. Colours are shares of the row, numbers are rows.

    predicted: the columns' names where they aren't the labels; counts are then (labels, predicted). A chosen point's index is
    row * columns + column (`heatmap.cell_of`). marked: the cell to outline.
    """
    counts, columns = np.asarray(confusion), labels if predicted is None else predicted
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    figure = matrix_sketch(
        shares,
        labels,
        columns,
        limits=(0, 1),
        marks=[marked] if marked else [],
        row_title=true_title,
        column_title=predicted_title,
        width=width,
        height=int(np.clip(46 * len(counts) + 90, 240, 620)),
        texts=[[f"{count:,}" for count in row] for row in counts],
    )
    figure.data[1]["hovertext"] = [
        f"{escaped(row)} → {escaped(column)}: {counts[i, j]:,} / {int(totals[i, 0]):,}"
        for i, row in enumerate(labels)
        for j, column in enumerate(columns)
    ]
    return figure.figure()


def threshold_figure(
    thresholds: np.ndarray,
    precision: np.ndarray,
    recall: np.ndarray,
    f1: np.ndarray,
    *,
    chosen: float,
    chosen_name: str,
    names: tuple[str, str, str],
    threshold_title: str,
    score_title: str,
) -> go.Figure:
    """Precision, recall and F1 (n,) against the threshold (n,), with a line at the chosen one. NaN leaves a gap."""
    curves = [
        Curve(name, values, colour)
        for name, values, colour in zip(names, (precision, recall, f1), (QUERY_COLOUR, KEY_COLOUR, VALUE_COLOUR), strict=True)
    ]
    figure = line_sketch(thresholds, curves, x_title=threshold_title, y_title=score_title, height=300, reference=(chosen, chosen_name))
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(range=[0, 1.02])
    return figure.figure()


def reliability_figure(
    edges: Sequence[tuple[float, float]],
    confidence: Sequence[float],
    accuracy: Sequence[float],
    rows: Sequence[int],
    *,
    confidence_title: str,
    accuracy_title: str,
    right_name: str,
    ideal_name: str,
    rows_name: str,
) -> go.Figure:
    """Bins of confidence: how often right (bars) against how sure (diamonds on the diagonal would be perfect). All of length bins."""
    middles = [(low + high) / 2 for low, high in edges]
    figure = Sketch(
        bar(
            x=middles,
            y=list(accuracy),
            width=[high - low for low, high in edges],
            marker={"color": QUERY_COLOUR, "line": {"width": 1, "color": NEUTRAL_COLOUR}},
            name=right_name,
            hovertext=[
                f"{significant(sure)} → {significant(right)} ({count:,} {escaped(rows_name)})"
                for sure, right, count in zip(confidence, accuracy, rows, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    figure.add_trace(
        scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": NEUTRAL_COLOUR, "dash": "dash"}, name=ideal_name, hoverinfo="skip")
    )  # fmt: skip
    figure.add_trace(
        scatter(
            x=list(confidence),
            y=list(accuracy),
            mode="markers",
            marker={"color": MARK_COLOUR, "symbol": "diamond", "size": 8},
            name=confidence_title,
            showlegend=False,
            hoverinfo="skip",
        )
    )
    figure.update_xaxes(title=confidence_title, range=[0, 1], fixedrange=True)
    figure.update_yaxes(title=accuracy_title, range=[0, 1.02], fixedrange=True)
    figure.update_layout(
        height=300, margin={"l": 8, "r": 8, "t": 8, "b": 8}, bargap=0, legend={"orientation": "h", "y": 1.12, "x": 0}, showlegend=True
    )
    return figure.figure()
