"""Two vectors in their plane, and words that move while they are learned."""

import numpy as np
import pytest

from components.charts.dot_product import dot_product_figure, plane_of
from components.charts.lens import lens_figure
from components.charts.lines import Curve, line_figure
from components.charts.word_plane import word_plane


def test_lengths_angle_and_dot_product_are_kept_in_the_plane():
    one, other = np.random.default_rng(0).normal(size=(2, 384))
    first, second = plane_of(one, other)
    assert first @ second == pytest.approx(one @ other)
    assert (np.linalg.norm(first), np.linalg.norm(second)) == pytest.approx((np.linalg.norm(one), np.linalg.norm(other)))
    shadow = dot_product_figure(one, other, ("a", "<b>")).data[1]
    assert shadow.x[1] * np.linalg.norm(one) == pytest.approx(one @ other)


def test_a_frame_a_step_and_names_of_neighbours_on_different_sides():
    vectors = np.zeros((3, 3, 2))
    vectors[-1] = [[1, 1], [1.01, 1], [-1, -1]]
    figure = word_plane(["a", "b", "<i>"], vectors, [0, 10, 20], [0, 0, -1], step_title="Step")
    assert [frame.name for frame in figure.frames] == ["0", "10", "20"]
    assert [step.label for step in figure.layout.sliders[0].steps] == ["0", "10", "20"]
    points = figure.data[0]
    assert points.text[2] == "&lt;i&gt;" and points.textposition[0] != points.textposition[1]
    assert points.marker.color[0] == points.marker.color[1] != points.marker.color[2]


def test_the_word_of_each_cell_and_what_a_press_on_it_means():
    shares = np.array([[0.1, 0.9], [0.2, 0.3], [1.0, 0.0]])
    figure = lens_figure(
        [["a", "b"], ["c", "<d>"], ["e", "f"]], shares, ["x", "y", "z"], ["in", "1"], chosen=1, layer=0, layer_title="layer"
    )
    words, points = figure.data[1], figure.data[2]
    assert list(words.text) == ["a", "b", "c", "&lt;d&gt;", "e", "f"] and list(zip(words.x, words.y, strict=True))[3] == (1, 1)
    assert list(zip(points.x, points.y, strict=True)) == [(index % 2, index // 2) for index in range(6)]
    assert points.hovertext[3].startswith("y, 1: &lt;d&gt; 30%")
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (0.5, 1.5)


def test_a_curve_over_names_has_an_axis_of_names():
    assert line_figure(["row", "layer 1"], [Curve("c", [1, 0.5])], x_title="", y_title="").layout.xaxis.type == "category"
    assert line_figure([1, 2], [Curve("c", [1, 0.5])], x_title="", y_title="").layout.xaxis.type == "linear"
