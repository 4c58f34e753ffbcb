"""Every plan learns: on real backbones and rows it is no worse than logistic regression on the frozen vectors, by more than chance."""

import pytest

from benchmarks.plans import compare, sample


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_head_alone_is_as_good_as_logistic_regression_on_the_frozen_vectors(language):
    made = compare("topics", sample(f"topics-{language}"), language, "head", seeds=1, rows=200)
    assert made.plan_f1 > 0.5 and not made.loses, made


# The plan that suffered most from a head without a standard; `python -m benchmarks.plans` is the whole: every plan, backbone and set, long texts too, over several seeds.
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_top_layers_are_as_good_as_logistic_regression_on_the_frozen_vectors():
    made = compare("topics", sample("topics-ja"), "ja", "top", seeds=1, rows=200)
    assert not made.loses, made
