"""The square in its states, the vectors beside it, and which names stand where there is no room for all."""

import numpy as np
import pytest

from components.charts.attention import LEAST_CELL, cell_size, row_figure, square_figure, square_width
from components.charts.theme import ROLES, dressed
from components.charts.vectors import Vectors, strips_figure, vectors_figure
from components.charts.words import Words, head_height, shown_names

NAMES = Words(("猫", "は", "眠る"), (False, False, True), chosen=2)


def stages(hidden: bool = False) -> dict[str, np.ndarray]:
    scores = np.arange(9.0).reshape(3, 3) - 4
    masked = np.where(np.tril(np.ones((3, 3), dtype=bool)) if hidden else True, scores, -np.inf)
    weights = np.exp(masked) / np.exp(masked).sum(axis=1, keepdims=True)
    return {"weights": weights, "scores": scores, "scaled": scores, "masked": masked}


def square(shown: str = "weights", hidden: bool = False, cell: int = 40):
    return square_figure(stages(hidden), NAMES, NAMES, shown=shown, cell=cell, head=60)


@pytest.mark.parametrize("shown", ["weights", "scores", "scaled", "masked"])
def test_one_state_of_the_square_is_seen_and_each_trace_says_to_which_it_belongs(shown):
    made = square(shown, hidden=True)
    states = [trace for trace in made.data if trace.meta]
    assert {name for trace in states for name in trace.meta["stages"]} == {"weights", "scores", "scaled", "masked"}
    assert all(trace.visible == (shown in trace.meta["stages"]) for trace in states)
    assert not made.data[-1].meta and len(made.data[-1].x) == 9  # the cells that are chosen


def test_hidden_cells_are_hatched_a_run_of_a_column_each():
    hatched = next(trace for trace in square(hidden=True).data if trace.type == "bar")
    assert list(zip(hatched.x, hatched.base, hatched.y, strict=True)) == [(1, -0.5, 1), (2, -0.5, 2)]
    assert not any(trace.type == "bar" for trace in square().data)


def test_weights_end_at_one_and_scores_have_zero_in_the_middle():
    made = {trace.name: trace for trace in square().data if trace.type == "heatmap"}
    assert (made["weights"].zmin, made["weights"].zmax) == (0, 1)
    assert made["scores"].zmin == -made["scores"].zmax == -4


def test_numbers_stand_in_large_cells_alone():
    written = [trace for trace in square(cell=40).data if trace.type == "scatter" and trace.mode == "text"]
    assert len(written) == 4 and "1.00" not in written[0].text  # a weight of 0.00 is left out, one of 0.67 is not
    assert not any(trace.type == "scatter" and trace.mode == "text" for trace in square(cell=20).data)


def test_the_chosen_row_column_and_cell_are_framed():
    row, column, cell = square().layout.shapes
    assert (row.y0, row.y1, column.x0, column.x1) == (1.5, 2.5, 1.5, 2.5) and column.line.dash
    assert (cell.x0, cell.y0, cell.line.color) == (1.5, 1.5, ROLES["ink"].light)


def test_cells_never_get_under_14_pixels():
    assert cell_size(3, 3) == 42 and cell_size(20, 20) == 17
    assert cell_size(64, 64) == LEAST_CELL == cell_size(10, 10, room=50)
    assert square_width(Words(("a",) * 64), Words(("a",) * 64), LEAST_CELL) >= 64 * 14


def test_names_thin_out_and_the_chosen_one_always_stands():
    words = Words(tuple("abcdefghij"), chosen=3)
    assert shown_names(words, 20) == list(range(10))
    assert shown_names(words, 7) == [0, 3, 6, 8]  # every second, none beside the chosen one
    assert 3 in shown_names(words, 1)


def test_japanese_names_stand_upright_over_columns_and_brackets_are_left_out():
    made = square_figure(stages(), NAMES, Words(("マット", "[CLS]", "は"), (False, True, False), 0), shown="weights", cell=20, head=60)
    assert made.layout.xaxis.ticktext[0] == "<b>マ<br>ッ<br>ト</b>" and made.layout.xaxis.tickangle == 0
    assert "C<br>L<br>S" in made.layout.xaxis.ticktext[1]
    latin = square_figure(stages(), NAMES, Words(("mat", "<b>", "on"), (), 0), shown="weights", cell=20, head=60)
    assert latin.layout.xaxis.tickangle < 0 and latin.layout.xaxis.ticktext[1] == "&lt;b&gt;"
    assert head_height(Words(("マット", "は"))) < head_height(Words(("ファインチューニング", "は")))


def test_grey_names_take_their_dark_twin():
    assert ROLES["ink2"].dark in dressed(square(), dark=True).layout.yaxis.ticktext[2]
    assert ROLES["ink2"].light in dressed(square(), dark=False).layout.yaxis.ticktext[2]


def test_vectors_stand_side_by_side_in_the_hue_of_their_role():
    values = np.array([[1.0, -2.0], [0.5, 0.0]])
    matrices = [
        Vectors("Q", "Q", "query", "query", values, 1, words=Words(("a", "b"), chosen=1)),
        Vectors("K", "K", "key", "key", values, 0, dashed=True),
    ]
    made = vectors_figure(matrices, cell=20, head=50, rows=2, width=300)
    heat = [trace for trace in made.data if trace.type == "heatmap"]
    assert [trace.colorscale[2][1] for trace in heat] == [ROLES["query"].light, ROLES["key"].light]
    assert all(trace.zmin == -trace.zmax == -2 and trace.colorscale[1][1] == ROLES["paper"].light for trace in heat)
    assert made.layout.xaxis.domain[1] < made.layout.xaxis2.domain[0]
    framed = [shape for shape in made.layout.shapes if shape.line.width == 2.5]
    assert [(shape.y0, shape.line.dash) for shape in framed] == [(0.5, "solid"), (-0.5, "4px,2px")]


def test_strips_show_the_chosen_rows_from_top_to_bottom():
    values = np.array([[1.0, -2.0, 0.0], [3.0, 0.5, 0.0]])
    made = strips_figure([Vectors("Q", "q", "query", "query", values, 1), Vectors("V", "v", "value", "value", values, 0)])
    assert [list(trace.z[0]) for trace in made.data] == [[3.0, 0.5, 0.0], [1.0, -2.0, 0.0]]
    assert made.layout.yaxis.domain[0] > made.layout.yaxis2.domain[1]


def test_a_row_as_bars_marks_the_chosen_word():
    made = row_figure(np.array([0.1, 0.2, 0.7]), NAMES, width=300)
    assert list(made.data[0].y) == [0.1, 0.2, 0.7] and made.data[0].marker.color[2] == ROLES["ink"].light
    assert made.layout.xaxis.ticktext[2].startswith("<span")  # a special one, chosen
