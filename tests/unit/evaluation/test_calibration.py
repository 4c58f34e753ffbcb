"""Calibration errors and temperatures against numbers worked out otherwise."""

import math

import numpy as np
import pytest

from components.evaluation.calibration import expected_calibration_error, fit_temperature
from components.evaluation.judgements import judge


def test_calibration_error_worked_by_hand():
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    correct = np.array([1, 1, 1, 0, 1, 0])
    assert expected_calibration_error(confidence, correct) == pytest.approx((4 * 0.20 + 2 * 0.05) / 6)
    assert math.isnan(expected_calibration_error(np.zeros(0), np.zeros(0)))


def test_a_judgement_has_the_calibration_error_of_its_rows():
    # four rows at confidence 0.75, two of them right: |0.75 - 0.5|
    probabilities = np.array([[0.75, 0.25]] * 4)
    assert judge(np.array([0, 0, 1, 1]), probabilities, ["a", "b"]).ece == pytest.approx(0.25)


def test_temperature_recovers_what_was_done_to_the_logits():
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (20_000, 3))
    odds = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    true = (odds.cumsum(axis=1) > random.random((20_000, 1))).argmax(axis=1)
    assert fit_temperature(logits * 2.5, true) == pytest.approx(2.5, rel=0.05)
