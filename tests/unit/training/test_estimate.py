"""A prediction is a range: wide until trainings of its kind were seen, then as wide as they were apart."""

from dataclasses import asdict

import pytest

from components.training.estimate import UNTRIED, Speed, predict, speed_key
from components.training.settings import Settings
from components.training.store import RunStore

SPEED = Speed(load=1.0, row=0.001, step=0.1, token=0.0, read_token=0.0, memory=10**9, weights=10**8, checkpoint=10**8)


def test_the_range_follows_what_trainings_took():
    assert SPEED.factors == UNTRIED
    once = Speed(**(asdict(SPEED) | {"ratios": (1.5,)})).factors
    assert once == pytest.approx([1.5 * factor for factor in UNTRIED])
    low, middle, high = Speed(**(asdict(SPEED) | {"ratios": (0.5, 1.0, 2.0)})).factors
    assert (low, middle, high) == pytest.approx((0.5, 1.0, 2.0))
    low, middle, high = Speed(**(asdict(SPEED) | {"ratios": (1.0, 1.0, 1.0)})).factors
    assert (low, middle, high) == pytest.approx((0.9, 1.0, 1.1))


def test_a_prediction_is_a_range_round_steps_times_their_measured_seconds(tmp_path):
    store, settings = RunStore(tmp_path), Settings(epochs=10, batch_size=10)
    # As a version before ranges kept it: `factor` means nothing any more.
    store.database.remember_speed(speed_key(settings), asdict(SPEED) | {"factor": 2.0})
    estimate = predict(store, settings, [20] * 100, 1000)
    steps = 70 * 10  # 1,000 rows, 70% of them learned from
    assert estimate.seconds == pytest.approx(steps * 0.1, rel=0.2)
    assert estimate.low_seconds < 0.7 * estimate.seconds and 1.6 * estimate.seconds < estimate.high_seconds
