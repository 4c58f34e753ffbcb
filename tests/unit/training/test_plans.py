"""Every plan learns: on real backbones and rows it is no worse than logistic regression on the frozen vectors, by more than chance."""

import pytest

from benchmarks.plans import compare, joined, sample
from components.training.settings import TUNES


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_head_alone_is_as_good_as_logistic_regression_on_the_frozen_vectors(language):
    made = compare("topics", sample(f"topics-{language}"), language, "head", seeds=1, rows=300)
    assert made.plan_f1 > 0.5 and not made.loses, made


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
@pytest.mark.parametrize("tune", TUNES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_plan_is_as_good_as_logistic_regression_on_the_frozen_vectors(language, tune, long):
    frame = sample(f"topics-{language}")
    made = compare("topics", joined(frame) if long else frame, language, tune, seeds=1, rows=300)
    assert not made.loses, made
