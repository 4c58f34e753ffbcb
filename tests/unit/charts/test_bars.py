"""Bars: whole numbers are marked at whole numbers."""

from components.charts.bars import bar_figure


def test_counts_have_no_mark_between_two_of_them():
    assert bar_figure(["a", "b"], [1, 1], value_title="count").layout.xaxis.nticks == 2
    assert bar_figure(["a", "b"], [2, 1], value_title="count").layout.xaxis.nticks == 3
    assert bar_figure(["a", "b"], [200, 1], value_title="count").layout.xaxis.nticks == 6
    assert bar_figure(["a", "b"], [0.5, 0.1], value_title="share").layout.xaxis.nticks is None
    assert bar_figure(["a", "b"], [1.0, 0.0], value_title="probability", highest=1.0).layout.xaxis.nticks is None
