"""Figures of predictions judged: what is drawn, what a click gives."""

import numpy as np
import pytest

from components.charts.evaluation import confusion_figure, reliability_figure, shown_classes, threshold_figure
from components.charts.heatmap import cell_of

TITLES = {"true_title": "label", "predicted_title": "prediction"}


def test_confusion_colours_are_row_shares_and_numbers_are_rows():
    figure = confusion_figure(np.array([[9, 1], [1000, 3000]]), ["<b>neg", "pos"], **TITLES)
    assert np.allclose(figure.data[0].z, [[0.9, 0.1], [0.25, 0.75]])
    written = [list(trace.text) for trace in figure.data if trace.text is not None]
    assert written == [["9", "1", "1,000", "3,000"]]  # and nothing else in the same cells
    assert figure.data[1].hovertext[1] == "&lt;b&gt;neg → pos: 1 / 10"


def test_a_class_without_rows_is_drawn_as_zero():
    figure = confusion_figure(np.array([[2, 0], [0, 0]]), ["a", "b"], **TITLES)
    assert np.allclose(figure.data[0].z, [[1, 0], [0, 0]])


def test_a_clicked_point_is_its_cell():
    confusion = np.arange(9).reshape(3, 3)
    figure = confusion_figure(confusion, ["a", "b", "c"], marked=(1, 2), **TITLES)
    for index in range(9):
        row, column = cell_of(index, 3)
        assert (figure.data[1].y[index], figure.data[1].x[index]) == (row, column)
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].y0) == (1.5, 0.5)


def test_of_many_classes_those_with_the_most_mistakes_are_drawn():
    confusion = np.eye(60, dtype=int) * 50
    confusion[7, 41] = confusion[3, 58] = 20
    chosen = shown_classes(confusion, most=4)
    assert chosen == [3, 7, 41, 58]
    assert shown_classes(confusion[:5, :5]) == [0, 1, 2, 3, 4]


def test_threshold_and_reliability_draw_the_numbers_given():
    grid = np.linspace(0, 1, 5)
    figure = threshold_figure(
        grid, grid, 1 - grid, grid / 2, chosen=0.25, chosen_name="0.25", names=("P", "R", "F"), threshold_title="t", score_title="s"
    )
    assert [trace.name for trace in figure.data] == ["P", "R", "F"]
    assert np.allclose(figure.data[1].y, 1 - grid) and figure.layout.shapes[0].x0 == 0.25
    titles = {"confidence_title": "sure", "accuracy_title": "right", "right_name": "r", "ideal_name": "i", "rows_name": "rows"}
    figure = reliability_figure([(0.5, 0.6), (0.9, 1.0)], [0.55, 0.97], [0.5, 0.9], [4, 1200], **titles)
    assert list(figure.data[0].x) == pytest.approx([0.55, 0.95]) and list(figure.data[0].y) == [0.5, 0.9]
    assert figure.data[0].hovertext[1] == "0.970 → 0.900 (1,200 rows)"
