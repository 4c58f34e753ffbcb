"""Intervals against SciPy's, by hand, and by how often they hold the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import f1_score

from components.evaluation.intervals import f1_wilson, macro_and_weighted_f1, paired_difference, widened, wilson
from components.evaluation.judgements import judge


@given(st.integers(1, 400).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
def test_a_share_has_the_interval_that_scipy_gives_it(counts):
    hits, rows = counts
    expected = binomtest(hits, rows).proportion_ci(method="wilson")
    found = wilson(hits, rows)
    assert (found.value, found.low, found.high) == pytest.approx((hits / rows, expected.low, expected.high), abs=1e-12)
    assert found.low < found.high and found.low <= found.value <= found.high


def test_a_share_of_nothing_is_none():
    assert wilson(0, 0) is None and f1_wilson(0, 0) is None


def test_the_f1_of_a_class_by_hand():
    """3 right, 1 missed, 2 falsely called: J = 3 / 6, F1 = 6 / 9."""
    share = binomtest(3, 6).proportion_ci(method="wilson")
    found = f1_wilson(3, 3)
    assert found.value == pytest.approx(6 / 9)
    assert (found.low, found.high) == pytest.approx([2 * end / (1 + end) for end in (share.low, share.high)])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_mean_f1_is_scikit_learns_and_its_interval_is_never_a_point(pairs):
    true, predicted = (np.array(side) for side in zip(*pairs, strict=True))
    confusion = np.bincount(4 * true + predicted, minlength=16).reshape(4, 4)
    for average, found in zip(("macro", "weighted"), macro_and_weighted_f1(confusion), strict=True):
        assert found.value == pytest.approx(f1_score(true, predicted, average=average, zero_division=0))
        assert found.low <= found.value <= found.high and found.high - found.low > 0.02


def test_everything_right_still_leaves_room_for_mistakes():
    for rows in (2, 20):
        judged = judge(np.arange(rows) % 2, np.eye(2)[np.arange(rows) % 2], ["a", "b"])
        for interval in judged.intervals.values():
            assert interval.high == interval.value == 1 and interval.low < 0.9
        assert all(one.precision.low < 1 and one.recall.low < 1 and one.f1.low < 1 for one in judged.per_class)
    # two classes of ten rows: J's end is 1 / (1 + z² / 10), and two equal distances make one over the root of two
    end = 1 / (1 + 1.959964**2 / 10)
    distance = 1 - 2 * end / (1 + end)
    assert judged.macro_f1.low == pytest.approx(1 - distance / np.sqrt(2), abs=1e-6)


@pytest.mark.parametrize(("classes", "rows", "right"), [(2, 20, 0.98), (2, 5, 0.9), (5, 25, 0.95), (5, 100, 0.9), (2, 100, 0.7)])
def test_the_interval_of_macro_f1_covers_the_truth(classes, rows, right):
    """Classes of equal size and mistakes spread evenly: the true macro F1 is the share of right rows."""
    random = np.random.default_rng(1)
    chance = np.full((classes, classes), (1 - right) / (classes - 1))
    np.fill_diagonal(chance, right)
    covered = 0
    for _ in range(120):
        confusion = random.multinomial(rows, (chance / classes).ravel()).reshape(classes, classes)
        found = macro_and_weighted_f1(confusion)[0]
        covered += found.low <= right <= found.high
    assert covered >= 0.88 * 120


def test_an_interval_is_widened_and_never_narrowed():
    confusion = np.array([[5, 0], [0, 5]])
    whole = macro_and_weighted_f1(confusion)[0]
    assert widened(whole, confusion) == whole
    assert widened(type(whole)(1.0, 0.1, 1.0), confusion).low == 0.1


def test_a_paired_difference_sees_what_hangs_on_the_same_rows():
    """Both are wrong on the same hard rows; the second mends ten of 400. The standard error is that of the mean of the differences."""
    random = np.random.default_rng(0)
    first = random.random(400) < 0.7
    second = first.copy()
    second[np.flatnonzero(~first)[:10]] = True
    found = paired_difference(first, second)
    error = np.sqrt(0.025 * 0.975 / 400)
    assert found.value == pytest.approx(0.025) and found.low > 0
    assert found.low == pytest.approx(0.025 - 1.96 * error, abs=0.005) and found.high == pytest.approx(0.025 + 1.96 * error, abs=0.005)


def test_a_paired_difference_has_the_interval_of_the_r_package_statpsych():
    """Its own example, ci.prop.ps(.05, 12, 4, 26, 6): from 0.2548067 to 0.6251933."""
    kind = np.repeat([0, 1, 2, 3], [12, 4, 26, 6])  # neither, first alone, second alone, both
    found = paired_difference((kind == 1) | (kind == 3), kind >= 2)
    assert (found.value, found.low, found.high) == pytest.approx((22 / 48, 0.2548067, 0.6251933), abs=1e-7)


def test_two_that_never_differ_may_still_differ_on_other_rows():
    for rows in (2, 50):
        same = paired_difference(np.ones(rows, bool), np.ones(rows, bool))
        assert same.value == 0 and same.high == -same.low > 1 / rows
    with pytest.raises(ValueError, match="at least one"):
        paired_difference(np.ones(0, bool), np.ones(0, bool))


def test_a_paired_difference_covers_the_truth():
    """Joint chances of (first right, second right): the true difference of the accuracies is 0.05."""
    random = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        kind = random.choice(4, 25, p=[0.8, 0.05, 0.10, 0.05])  # both, first alone, second alone, neither
        found = paired_difference(kind <= 1, (kind == 0) | (kind == 2))
        covered += found.low <= 0.05 <= found.high
    assert covered >= 0.93 * 400
