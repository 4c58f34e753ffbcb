"""Figures of the learning pages: the numbers in them, what a click gives, and how much is sent."""

import numpy as np
import plotly.io as pio
import pytest

from components.charts.architecture import BLOCK_IDS, architecture_map
from components.charts.arcs import arc_figure
from components.charts.bars import bar_figure
from components.charts.feed_forward import neuron_map, step_matrix
from components.charts.lines import Curve, line_figure, line_table, thinned
from components.charts.matrices import token_matrix
from components.charts.position_encoding import encoding_heatmap, wave_curves
from components.charts.theme import QUERY_COLOUR
from components.transformer.analysis import strongest_links
from components.transformer.positional import sinusoidal

MEGABYTE = 1_000_000


def sent(figure):
    return len(pio.to_json(figure, validate=False))


@pytest.fixture(scope="module")
def long_text():
    """Attention as of a 6-layer, 12-head model at 512 tokens."""
    one = np.random.default_rng(0).dirichlet(np.full(512, 0.05), size=512).astype(np.float32)
    return np.broadcast_to(one, (6, 12, 512, 512))


def test_lines_carry_the_points_and_differ_without_colour():
    figure = line_figure(
        [1, 2, 4], [Curve("a", [1, 2, 3], QUERY_COLOUR), Curve("b", [3.0, np.nan, 1])], x_title="x", y_title="y", markers=True
    )
    first, second = figure.data
    assert list(first.x) == [1, 2, 4] and list(first.y) == [1, 2, 3]
    assert first.line.color == QUERY_COLOUR and np.isnan(second.y[1])
    assert first.line.dash != second.line.dash and first.marker.symbol != second.marker.symbol


def test_lines_on_logarithmic_axes():
    figure = line_figure([1, 10, 100], [Curve("a", [1, 0, -1])], x_title="x", y_title="y", log_x=True, log_y=True, reference=(10, "limit"))
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert np.isnan(figure.data[0].y[1:]).all()
    assert figure.layout.shapes[0].x0 == 10 and figure.layout.annotations[0].x == 1  # log10(10)


def test_long_lines_are_thinned_and_their_table_is_not():
    y = np.arange(5000.0)
    figure = line_figure(y, [Curve("a", y)], x_title="x", y_title="y")
    assert len(figure.data[0].x) == 1000 and figure.data[0].x[-1] == 4999
    table = line_table(y, [Curve("a", y)], x_title="x")
    assert table.shape == (5000, 2) and list(table.columns) == ["x", "a"]
    assert thinned(3, 10).tolist() == [0, 1, 2]


def test_views_at_512_tokens_are_at_most_two_megabytes(long_text):
    tokens = ["日本語のトークン"] * 512
    links = strongest_links(long_text[0, 0])
    figures = (
        token_matrix(long_text[0, 0], tokens, tokens, row_title="from", column_title="to"),
        arc_figure(links.rows, links.columns, links.weights, tokens, tokens, left_title="from", right_title="to"),
    )
    assert sum(sent(figure) for figure in figures) < 2 * MEGABYTE  # even both at once


def test_the_token_matrix_names_repeated_tokens_apart():
    values = np.array([[0.25, 0.75], [0.5, 0.5]])
    figure = token_matrix(values, ["the", "the"], ["<b>", "the"], row_title="from", column_title="to")
    heatmap = figure.data[0]
    assert list(heatmap.y) == ["1 the", "2 the"] and list(heatmap.x) == ["1 &lt;b&gt;", "2 the"]
    np.testing.assert_allclose(heatmap.z, values)
    assert (heatmap.zmin, heatmap.zmax) == (0, 0.75)
    signed = token_matrix(-values, ["a", "b"], ["12", "99"], row_title="", column_title="", signed=True, numbered_columns=False)
    assert (signed.data[0].zmin, signed.data[0].zmax) == (-0.75, 0.75) and list(signed.data[0].x) == ["12", "99"]
    with pytest.raises(ValueError, match="2 row and 1 column"):
        token_matrix(values, ["a", "b"], ["a"], row_title="", column_title="")


def test_arcs_run_from_row_to_column_and_strong_ones_stand_out():
    figure = arc_figure([0, 2], [1, 0], [0.05, 0.95], ["a", "b", "c"], ["x", "<y>"], left_title="from", right_title="to", chosen=[2])
    weak, strong, left, right = figure.data
    assert (weak.y[0], weak.y[-2]) == (0, 1) and np.isnan(weak.y[-1])
    assert (strong.y[0], strong.y[-2]) == (2, 0)
    assert strong.line.width > weak.line.width and strong.opacity > weak.opacity
    assert list(left.text) == ["a", "b", "c"] and list(right.text) == ["x", "&lt;y&gt;"]
    assert left.marker.symbol[2] != left.marker.symbol[0]  # the chosen token, not by colour alone
    assert len(arc_figure([], [], [], ["a"], ["b"], left_title="", right_title="").data) == 2


def test_bars():
    figure = bar_figure(["a", "<b>"], [3, 0.5], value_title="n", highest=4)
    assert list(figure.data[0].x) == [3, 0.5] and list(figure.data[0].text) == ["3.00", "0.500"]
    assert figure.layout.yaxis.ticktext[1] == "&lt;b&gt;"
    with pytest.raises(ValueError, match="1 names and 2 values"):
        bar_figure(["a"], [1, 2], value_title="n")


def test_short_encodings_are_drawn_exactly_and_long_ones_as_means():
    encoding = sinusoidal(50, 7)
    np.testing.assert_allclose(encoding_heatmap(encoding, position_title="p", dimension_title="d").data[0].z, encoding.T, rtol=1e-6)
    long = encoding_heatmap(sinusoidal(5000, 512), position_title="p", dimension_title="d")
    z = np.asarray(long.data[0].z)
    assert z.shape == (512, 512) and sent(long) < 2 * MEGABYTE
    assert np.abs(z[0]).max() < 0.3  # ten positions a cell, more than a wave of dimension 0: no wave left to see
    starts = np.asarray(long.data[0].x)
    np.testing.assert_allclose(z[300, 7], sinusoidal(5000, 512)[starts[7] : starts[8], 300].mean(), rtol=1e-5)


def test_waves():
    curves = wave_curves(sinusoidal(10, 4), [0, 3], name="dimension {dimension}")
    assert [curve.name for curve in curves] == ["dimension 0", "dimension 3"]
    np.testing.assert_array_equal(curves[1].y, sinusoidal(10, 4)[:, 3])


def test_the_map_has_a_point_for_every_block():
    labels = {name: f"<{name}>" for name in (*BLOCK_IDS, "encoder_stack", "decoder_stack")}
    figure = architecture_map(labels, chosen="cross_attention")
    points = figure.data[0]
    assert tuple(points.customdata) == BLOCK_IDS and points.text[0] == "&lt;encoder_input&gt;"
    thick = [shape for shape in figure.layout.shapes if shape.line.width == 4]
    index = BLOCK_IDS.index("cross_attention")
    assert len(thick) == 1 and thick[0].x0 < points.x[index] < thick[0].x1 and thick[0].y0 < points.y[index] < thick[0].y1
    with pytest.raises(KeyError):
        architecture_map({})


def test_the_neuron_map_shows_the_chosen_neurons():
    activation = np.arange(12.0).reshape(3, 4) - 6
    figure = neuron_map(activation, [1, 3], ["a", "a", "b"], token_title="token", neuron_title="neuron")
    np.testing.assert_array_equal(figure.data[0].z, activation[:, [1, 3]])
    assert list(figure.data[0].x) == ["1", "3"] and list(figure.data[0].y) == ["1 a", "2 a", "3 b"]
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-5, 5)


def test_a_step_is_thinned_and_keeps_its_numbers():
    values = np.random.default_rng(0).standard_normal((512, 1536)).astype(np.float32)
    figure = step_matrix(values, ["the"] * 512, token_title="token", dimension_title="dimension")
    heatmap = figure.data[0]
    assert np.asarray(heatmap.z).shape == (128, 384) and sent(figure) < 0.4 * MEGABYTE
    row, column = (int(heatmap.y[5].split()[0]) - 1, int(heatmap.x[7]) - 1)
    assert heatmap.z[5][7] == values[row, column]
    small = step_matrix(values[:3, :4], ["a", "a", "b"], token_title="", dimension_title="", signed=False)
    np.testing.assert_array_equal(small.data[0].z, values[:3, :4])
    assert list(small.data[0].y) == ["1 a", "2 a", "3 b"] and small.data[0].zmin == 0
