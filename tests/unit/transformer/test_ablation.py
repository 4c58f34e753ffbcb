"""How far hidden states move."""

import numpy as np
import pytest

from components.transformer.ablation import cosine, head_importance, state_change
from components.transformer.analysis import clearest_head


def test_nothing_changed():
    states = np.random.default_rng(0).standard_normal((5, 8)).astype(np.float32)
    change = state_change(states, states.copy())
    assert change.tokens == pytest.approx(np.zeros(5), abs=1e-12)
    assert change.sentence_cosine == pytest.approx(1)


def test_known_angles():
    before = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    after = np.array([[2.0, 0.0], [0.0, 3.0], [-1.0, 0.0]])
    change = state_change(before, after)
    assert change.tokens == pytest.approx([0, 1, 2])
    assert change.sentence_cosine == pytest.approx(1 / np.sqrt(10))  # means (1, 0) and (1/3, 1)


def test_a_zero_vector_has_cosine_zero():
    assert cosine(np.zeros(3), np.ones(3)) == 0


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        state_change(np.ones((2, 3)), np.ones((3, 3)))


def test_the_clearest_head_looks_at_one_other_word():
    weights = np.full((2, 3, 5, 5), 0.2)
    weights[0, 1] = np.eye(5)  # everything to itself
    weights[1, 0] = 0
    weights[1, 0, :, 0] = 1  # everything to the first special token
    weights[1, 2] = np.roll(np.eye(5), -1, axis=1)  # everything to the token before
    assert clearest_head(weights, [True, False, False, False, True]) == (1, 2)
    assert clearest_head(weights, [True, False, False, False, True], [(0, 1), (1, 0)]) != (1, 2)
    assert clearest_head(weights, [True, False, True, True, True]) == (0, 0)  # one word has no other


def test_a_head_is_as_important_as_what_its_absence_turns():
    before = np.array([[1.0, 0.0], [1.0, 0.0]])
    without = {(0, 0): before, (0, 1): np.array([[0.0, 1.0], [0.0, 1.0]]), (1, 0): -before}
    assert list(head_importance(without.__getitem__, before, without)) == pytest.approx([0, 1, 2])
