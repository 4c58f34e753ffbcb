import numpy as np
import pytest

from components.charts.position_pairs import pairs_heatmap
from components.charts.rotation import clock_figure
from components.transformer.positional import angular_frequencies, sinusoidal


def test_hands_stand_at_the_encoding_s_own_sine_and_cosine():
    encoding, frequencies = sinusoidal(50, 16), angular_frequencies(16)
    for pair in (0, 3):
        figure = clock_figure(float(frequencies[pair]), 10, 7, before="before", after="after")
        hands = {trace.name: (trace.y[1], trace.x[1]) for trace in figure.data if trace.name}
        assert hands["before"] == pytest.approx(tuple(encoding[10, 2 * pair : 2 * pair + 2]))
        assert hands["after"] == pytest.approx(tuple(encoding[17, 2 * pair : 2 * pair + 2]))


def test_hands_differ_by_more_than_colour():
    before, after = (trace for trace in clock_figure(1.0, 0, 1, before="a", after="b").data if trace.name)
    assert before.line.dash != after.line.dash and before.marker.symbol != after.marker.symbol


def test_pairs_carry_the_positions_own_numbers_and_are_centred_on_zero():
    values = np.array([[1.0, -0.5], [-0.5, 1.0]])
    figure = pairs_heatmap(values, [0, 40], title="position")
    assert list(figure.data[0].x) == [0, 40] == list(figure.data[0].y)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-1, 1)
    assert figure.layout.yaxis.autorange == "reversed"
    with pytest.raises(ValueError, match="for 3 positions"):
        pairs_heatmap(values, [0, 1, 2], title="position")
