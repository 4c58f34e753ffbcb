"""Two methods on the same rows."""

import numpy as np
import pytest
from scipy.stats import binomtest

from components.evaluation.paired import Paired


@pytest.mark.parametrize(("first_only", "second_only"), [(31, 12), (0, 5), (0, 6), (3, 3), (46, 7), (1, 0), (400, 350)])
def test_the_p_value_is_that_of_a_fair_coin(first_only, second_only):
    paired = Paired(1000, 100, first_only, second_only)
    assert paired.p_value == pytest.approx(binomtest(first_only, first_only + second_only, 0.5).pvalue)


@pytest.mark.parametrize(
    ("first_only", "second_only", "verdict"),
    [
        (0, 0, "tie"),
        (5, 5, "tie"),
        (0, 5, "chance"),
        (5, 0, "chance"),
        (6, 0, "first"),
        (0, 6, "second"),
        (31, 12, "first"),
        (9, 4, "chance"),
    ],
)
def test_equal_counts_are_a_tie_and_what_a_coin_would_do_is_chance(first_only, second_only, verdict):
    paired = Paired(100, 50, first_only, second_only)
    assert paired.verdict == verdict and (paired.p_value >= 0.05) == (verdict in ("tie", "chance"))


def test_counts_from_rows_add_up():
    random = np.random.default_rng(0)
    first, second = random.random(200) < 0.8, random.random(200) < 0.7
    paired = Paired.of(first, second)
    assert (paired.first, paired.second, paired.rows) == (first.sum(), second.sum(), 200)
    assert paired.both + paired.first_only + paired.second_only + (~first & ~second).sum() == 200
    assert Paired.from_json(paired.to_json()) == paired
    with pytest.raises(ValueError):
        Paired.of(first, second[1:])


def test_without_the_rows_the_pairing_that_tells_least_is_assumed():
    for first, second, rows in [(23, 23, 23), (16, 14, 20), (140, 103, 162), (5, 3, 20), (20, 0, 20)]:
        assumed = Paired.most_apart(first, second, rows)
        assert (assumed.first, assumed.second) == (first, second)
        possible = range(max(first + second - rows, 0), min(first, second) + 1)
        assert assumed.p_value == pytest.approx(max(Paired(rows, both, first - both, second - both).p_value for both in possible))
