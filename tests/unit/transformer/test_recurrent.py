import itertools
import time

import pytest

from components.transformer.recurrent import LayerTime, crossing_length, measure_gradients, measure_lengths


def test_times_come_point_by_point_and_stay_small():
    start = time.perf_counter()
    steps = list(measure_lengths(d_model=16, num_heads=2, lengths=(8, 512), rounds=2, seconds=2))
    assert [(step.done, step.total) for step in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [len(step.times) for step in steps] == [1, 2, 2, 2]
    short, long = steps[-1].times
    assert (short.length, long.length) == (8, 512)
    assert 0 < short.lstm <= steps[0].times[0].lstm  # the best is kept
    assert long.lstm > short.lstm  # 64 times the steps, one after another
    assert short.attention > 0 and long.attention > 0
    assert time.perf_counter() - start < 60  # asked for 2 seconds; much longer only on a machine that is busy elsewhere
    with pytest.raises(ValueError, match="at most 4096"):
        next(measure_lengths(lengths=(5000,)))


def test_the_lstm_s_gradient_vanishes_and_attention_s_does_not():
    points = list(measure_gradients(d_model=16, num_heads=2))
    lstm, attention = [p.lstm for p in points], [p.attention for p in points]
    assert all(earlier > later for earlier, later in itertools.pairwise(lstm))
    assert lstm[-1] < 1e-20 * lstm[0]
    assert attention[-1] > attention[0] / 1000  # 256 times the distance, about 1/128 of the weight
    assert list(measure_gradients(d_model=16, num_heads=2)) == points
    with pytest.raises(ValueError, match="at most 1024"):
        next(measure_gradients(distances=(2000,)))


def test_where_attention_becomes_slower():
    def times(*pairs):
        return [LayerTime(2**i, lstm, attention) for i, (lstm, attention) in enumerate(pairs)]

    assert crossing_length(times((1, 2), (2, 1), (3, 4), (4, 8))) == 4  # the first point is noise: it doesn't last
    assert crossing_length(times((1, 0.5), (2, 1))) is None
    assert crossing_length(times((1, 2), (2, 3))) == 1
    assert crossing_length([]) is None
