import numpy as np
import pytest

from components.charts.heatmap import MAX_SELECTABLE, cell_of, matrix_heatmap


def figure(values, **options):
    values = np.asarray(values, dtype=float)
    return matrix_heatmap(values, [f"r{i}" for i in range(len(values))], [f"c{i}" for i in range(values.shape[1])], **options)


def numbers_of(made) -> list[str]:
    """What is written into the cells, row by row."""
    return list(next(trace for trace in made.data if trace.type == "scatter" and trace.mode == "text").text)


def test_the_marker_over_a_cell_has_the_index_that_names_the_cell():
    made = figure([[1, 2, 3], [4, 5, 6]])
    markers = made.data[1]
    for index in range(6):
        row, column = cell_of(index, 3)
        assert (markers.y[index], markers.x[index]) == (row, column)
        assert markers.hovertext[index] == f"r{row} → c{column}: {[[1, 2, 3], [4, 5, 6]][row][column]}.00"


def test_row_zero_is_on_top_and_signed_colours_are_centred_on_zero():
    made = figure([[-1, 4]], signed=True)
    assert made.layout.yaxis.range[0] > made.layout.yaxis.range[1]
    assert (made.data[0].zmin, made.data[0].zmax) == (-4, 4)


def test_weights_are_drawn_from_zero_to_one():
    assert (figure([[0.2, 0.3]]).data[0].zmin, figure([[0.2, 0.3]]).data[0].zmax) == (0, 1)


def test_a_masked_score_stays_empty_but_is_named():
    made = figure([[-np.inf, 1.0]], signed=True)
    assert np.isnan(made.data[0].z[0][0]) and numbers_of(made) == ["−∞", "1.00"]


def test_marks_outline_a_cell_a_row_or_everything():
    shapes = figure(np.zeros((2, 3)), marks=[(1, 2), (0, None), (None, None)]).layout.shapes
    corners = [(shape.x0, shape.x1, shape.y0, shape.y1) for shape in shapes]
    assert corners == [(1.5, 2.5, 0.5, 1.5), (-0.5, 2.5, -0.5, 0.5), (-0.5, 2.5, -0.5, 1.5)]


def test_a_dot_stands_in_the_corner_of_each_cell_named_and_takes_no_click():
    cells = np.array([[False, True, False], [True, False, True]])
    made = figure(np.zeros((2, 3)), dotted=cells)
    dots = made.data[-1]
    assert {(round(y + 0.36), round(x - 0.36)) for x, y in zip(dots.x, dots.y, strict=True)} == set(zip(*np.nonzero(cells), strict=True))
    assert dots.hoverinfo == "skip" and all(abs(x - round(x - 0.36)) < 0.5 for x in dots.x)


def test_labels_are_text_not_markup():
    made = matrix_heatmap(np.zeros((1, 1)), ["<b>x</b>"], ["a&b"])
    assert made.layout.yaxis.ticktext == ("&lt;b&gt;x&lt;/b&gt;",)
    assert made.data[1].hovertext[0].startswith("&lt;b&gt;x&lt;/b&gt; → a&amp;b")


def test_long_lists_of_labels_thin_out_and_large_matrices_are_not_selectable():
    side = 65
    made = figure(np.zeros((side, side)))
    assert len(made.layout.xaxis.tickvals) <= 33
    assert side * side > MAX_SELECTABLE and len(made.data) == 1


def test_labels_must_fit():
    with pytest.raises(ValueError, match="2 row and 1 column"):
        matrix_heatmap(np.zeros((2, 2)), ["a", "b"], ["c"])


def test_a_name_is_shortened_by_its_width_a_japanese_character_counting_twice():
    names = ["猫がマットの上に座っている。", "a name of nineteen!", "18 letters as here", "否定的（negative）"]
    ticks = matrix_heatmap(np.eye(4), names, names).layout.yaxis.ticktext
    assert ticks == ("猫がマットの上に…", "a name of ninetee…", "18 letters as here", "否定的（negative）")


def test_numbers_in_cells_have_the_decimals_asked_for_and_no_negative_zero():
    made = matrix_heatmap(np.array([[-0.0683, -0.001], [0.5, -1.0]]), ["a", "b"], ["c", "d"], decimals=2)
    assert numbers_of(made) == ["−0.07", "0.00", "0.50", "−1.00"]
    assert numbers_of(matrix_heatmap(np.array([[0.0, 1e-9]]), ["a"], ["c", "d"], decimals=2)) == ["0", "0.00"], (
        "exactly 0 is told from nearly"
    )


def test_the_names_under_columns_slant_away_from_the_edge_that_would_hide_them():
    angles = matrix_heatmap(np.eye(2), ["a", "b"], ["a", "b"]).layout.xaxis.autotickangles
    assert angles[0] == 0 and all(angle <= 0 for angle in angles)


def test_names_thin_out_evenly_stand_upright_in_japanese_and_ask_for_their_width():
    from components.charts.matrices import LINE, token_matrix

    words = [f"単語{number}" for number in range(40)]
    figure = token_matrix(np.eye(40), words, words, row_title="", column_title="", height=420)
    rows = figure.layout.yaxis.tickvals
    assert len(rows) * LINE <= 420 - 100 and rows[1] == "4 単語3"
    assert figure.layout.xaxis.ticktext[10] == "11<br>単<br>語<br>1<br>0" and figure.layout.xaxis.tickangle == 0
    assert figure.layout.meta["least_width"] >= 40 * LINE
    latin = token_matrix(np.eye(2), ["a", "b"], ["a", "b"], row_title="", column_title="")
    assert latin.layout.xaxis.ticktext == ("1 a", "2 b") and latin.layout.xaxis.tickangle is None
    assert latin.layout.meta["least_width"] < 340
