"""Stacked bars carry the numbers they are given, tell parts apart without colour, and escape names."""

import numpy as np
import pytest

from components.charts.stacked import MAX_BARS, BarSegment, stacked_bars, stacked_table

PARTS = [BarSegment("masked", [0.1, 0.2]), BarSegment("kept", [0.05, 0.0])]


def test_parts_carry_their_numbers_in_both_directions():
    upright = stacked_bars(["a", "<b>x</b>"], PARTS, value_title="share", percent=True)
    lying = stacked_bars(["a", "b"], PARTS, value_title="share", horizontal=True)
    assert list(upright.data[0].y) == list(lying.data[0].x) == [0.1, 0.2]
    assert "&lt;b&gt;" in upright.layout.xaxis.ticktext[1] and "<b>" not in str(upright.layout.xaxis.ticktext)
    assert upright.layout.barmode == "stack" and list(lying.layout.yaxis.range) == [1.5, -0.5]


def test_parts_differ_by_pattern_and_colour():
    bars = stacked_bars(["a", "b"], PARTS, value_title="").data
    assert bars[0].marker.pattern.shape != bars[1].marker.pattern.shape and bars[0].marker.color != bars[1].marker.color


def test_a_reference_line_stands_at_its_value_and_many_names_thin_out():
    figure = stacked_bars([str(i) for i in range(300)], [BarSegment("x", np.zeros(300))], value_title="", reference=(0.15, "expected"))
    assert list(figure.data[1].y) == [0.15, 0.15] and figure.data[1].name == "expected" and figure.layout.showlegend
    assert len(figure.layout.xaxis.tickvals) <= 40


def test_wrong_numbers_raise():
    with pytest.raises(ValueError, match="expected as many"):
        stacked_bars(["a"], PARTS, value_title="")
    many = MAX_BARS + 1
    with pytest.raises(ValueError, match="at most"):
        stacked_bars(["x"] * many, [BarSegment("x", [0] * many)], value_title="")


def test_the_table_has_every_number():
    table = stacked_table(["a", "b"], PARTS, name_title="token")
    assert table.columns.tolist() == ["token", "masked", "kept"] and table["masked"].tolist() == [0.1, 0.2]
