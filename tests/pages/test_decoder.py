"""The page of the decoder: its views in both languages, and that what they say is what their figures show."""

import numpy as np
import pytest

from tests.pages.conftest import drawn, findings


@pytest.mark.parametrize("view", ["causal", "modern"])
def test_each_view_opens_with_a_finding(open_page, language, view):
    app = open_page("decoder", language, dec_part=view)
    assert findings(app) and all(findings(app))


def test_no_weight_lies_above_the_diagonal(open_page, language):
    app = open_page("decoder", language)
    weights = drawn(app, "figure-decoder-weights")
    assert (np.triu(weights, 1) == 0).all() and np.allclose(weights.sum(axis=1), 1)
