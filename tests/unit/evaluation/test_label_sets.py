"""Sets of labels and numbers are scored as scikit-learn and scipy score them; thresholds are those that trying all of them finds."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import f1_score

from components.evaluation.label_sets import SetScores, beside, chosen_thresholds
from components.evaluation.numbers import number_measures, spearman, spearman_gain


@pytest.fixture
def drawn():
    """60 rows, 5 labels, the last of them rare; probabilities that know something."""
    random = np.random.default_rng(4)
    wanted = random.random((60, 5)) < [0.5, 0.3, 0.3, 0.2, 0.03]
    return wanted, np.clip(wanted * 0.3 + random.random((60, 5)) * 0.6, 0, 1)


def f1(wanted, found) -> float:
    return 2 * sum(wanted & found) / (sum(wanted) + sum(found))


def best_by_trying(wanted, probabilities) -> float:
    """The highest F1 of any hundredth, the one nearest to 0.5 among equals."""
    scores = {step / 100: f1(wanted, probabilities >= step / 100) for step in range(1, 100)}
    return min(scores, key=lambda limit: (-round(scores[limit], 12), abs(limit - 0.5)))


def test_a_label_with_enough_rows_has_the_threshold_that_trying_all_finds_and_a_rare_one_that_of_all_together(drawn):
    wanted, probabilities = drawn
    found = chosen_thresholds(wanted, probabilities, least=6)
    assert wanted[:, 4].sum() < 6 <= wanted[:, :4].sum(axis=0).min()
    for label in range(4):
        limit = best_by_trying(wanted[:, label], probabilities[:, label])
        scores = [f1(wanted[:, label], probabilities[:, label] >= one) for one in (limit, found[label])]
        assert scores[0] == pytest.approx(scores[1]) and abs(found[label] - 0.5) == pytest.approx(abs(limit - 0.5))
    assert found[4] == pytest.approx(best_by_trying(wanted.ravel(), probabilities.ravel()))
    assert (chosen_thresholds(wanted, probabilities, least=1_000) == 0.5).all()
    assert (chosen_thresholds(np.zeros_like(wanted), probabilities) == 0.5).all()


def test_measures_are_those_of_sklearn_and_lie_within_their_intervals(drawn):
    wanted, probabilities = drawn
    found = probabilities >= 0.5
    scores = SetScores(wanted, found)
    measures = scores.measures()
    assert measures["micro_f1"].value == pytest.approx(f1_score(wanted, found, average="micro"))
    assert measures["macro_f1"].value == pytest.approx(f1_score(wanted, found, average="macro", zero_division=0))
    assert measures["exact_match"].value == pytest.approx((wanted == found).all(axis=1).mean())
    assert all(0 <= one.low <= one.value <= one.high <= 1 and one.low < one.high for one in measures.values())
    perfect = SetScores(wanted, wanted)
    assert perfect.measures()["micro_f1"].low < 1 == perfect.measures()["micro_f1"].value
    gain = perfect.gain_over(scores)
    assert gain.value == pytest.approx(1 - measures["micro_f1"].value) and gain.low > 0
    together = beside(wanted, found)
    assert together[0, 1] == pytest.approx(found[wanted[:, 0], 1].mean()) and together.shape == (5, 5)


def test_rank_correlation_is_scipys_and_a_constant_orders_nothing():
    random = np.random.default_rng(2)
    wanted = random.integers(1, 6, 80).astype(float)
    found = wanted + random.normal(0, 1, 80)
    assert spearman(wanted, found) == pytest.approx(spearmanr(wanted, found).statistic)
    assert spearman(wanted, np.full(80, 3.0)) == 0.0
    measures = number_measures(wanted, found)
    assert measures["mae"].value == pytest.approx(np.abs(found - wanted).mean())
    assert all(one.low < one.value < one.high for one in measures.values())
    assert spearman_gain(wanted, found, np.full(80, 3.0)).value == pytest.approx(measures["spearman"].value)
