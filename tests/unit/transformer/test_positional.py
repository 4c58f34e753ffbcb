import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.transformer import positional


@pytest.mark.parametrize("d_model", [1, 2, 7, 8, 128, 511, 512])
def test_sinusoidal_is_the_closed_form_for_even_and_odd_widths(d_model):
    encoding = positional.sinusoidal(50, d_model)
    for pos in (0, 1, 49):
        for dimension in range(d_model):
            angle = pos / 10000 ** (2 * (dimension // 2) / d_model)
            expected = math.cos(angle) if dimension % 2 else math.sin(angle)
            assert encoding[pos, dimension] == pytest.approx(expected, abs=1e-12)


def test_wavelengths_run_from_2_pi_to_10000_times_2_pi():
    lengths = positional.wavelengths(512)
    assert lengths[0] == pytest.approx(2 * math.pi)
    np.testing.assert_allclose(lengths[1:] / lengths[:-1], 10000 ** (2 / 512))  # a geometric progression (section 3.5)
    assert lengths[-1] < 10000 * 2 * math.pi


@settings(deadline=None)
@given(st.integers(1, 64).map(lambda half: 2 * half), st.integers(0, 300), st.integers(0, 300))
def test_dot_products_depend_on_the_distance_alone(d_model, position, distance):
    encoding = positional.sinusoidal(601, d_model)
    expected = encoding[position] @ encoding[position + distance]
    assert positional.similarity_by_distance(d_model, 300)[distance] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([2, 8, 64, 128, 512]), st.integers(0, 99))
def test_the_shift_matrix_is_exact_and_least_squares_finds_it(d_model, offset):
    check = positional.check_shift(d_model, offset, 400)
    assert check.residual < 1e-10 and check.fitted_residual < 1e-10
    np.testing.assert_allclose(check.matrix @ check.matrix.T, np.eye(d_model), atol=1e-12)  # a rotation
    back = positional.shift_matrix(d_model, -offset)
    np.testing.assert_allclose(back @ check.matrix, np.eye(d_model), atol=1e-12)


@settings(deadline=None)
@given(st.integers(1, 32), st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 2**32 - 1))
def test_rotary_dot_products_depend_on_the_distance_alone(half, first, second, shift, seed):
    generator = np.random.default_rng(seed)
    query, key = generator.standard_normal((2, 2 * half))

    def score(query_position, key_position):
        return positional.rotary(query[None], [query_position])[0] @ positional.rotary(key[None], [key_position])[0]

    assert score(first, second) == pytest.approx(score(first + shift, second + shift), abs=1e-9)
    assert np.linalg.norm(positional.rotary(query[None], [first])) == pytest.approx(np.linalg.norm(query))


def test_rotary_is_the_paper_s_block_rotation():
    # RoFormer, equation 15: the pair (x1, x2) at position m turns by m theta_1
    turned = positional.rotary(np.array([[1.0, 0.0, 0.0, 1.0]]), [3])[0]
    theta = 10000 ** (-2 / 4)
    np.testing.assert_allclose(turned, [math.cos(3), math.sin(3), -math.sin(3 * theta), math.cos(3 * theta)])
    by_distance = positional.rotary_similarity_by_distance(np.array([1.0, 0.0]), np.array([1.0, 0.0]), 5)
    np.testing.assert_allclose(by_distance, np.cos(np.arange(6)))


def test_alibi_slopes_as_published():
    """8 and 16 heads from section 3 of the paper; 12 heads from the authors' `get_slopes`."""
    np.testing.assert_allclose(positional.alibi_slopes(8), [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256])
    np.testing.assert_allclose(positional.alibi_slopes(16), 2.0 ** -np.arange(0.5, 8.5, 0.5))
    extra = [2**-0.5, 2**-1.5, 2**-2.5, 2**-3.5]
    np.testing.assert_allclose(positional.alibi_slopes(12), [*2.0 ** -np.arange(1, 9), *extra])
    assert len(positional.alibi_slopes(1)) == 1
    with pytest.raises(ValueError, match="at least 1"):
        positional.alibi_slopes(0)


def test_alibi_bias():
    bias = positional.alibi_bias(2, 3, 8)
    np.testing.assert_allclose(bias[0], [[0, -0.5, -1], [-0.5, 0, -0.5]])
    np.testing.assert_allclose(bias[7], bias[0] / 128)


def test_comparing_a_learned_table():
    table = np.array([[1.0, 0], [0, 2], [3, 0], [0, 0]])
    cosine = positional.cosine_by_position(table)
    np.testing.assert_allclose(cosine, [[1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]])


def test_beyond_training_length_a_learned_table_ends():
    generator = np.random.default_rng(0)
    table = generator.standard_normal((8, 16))
    behaviour = positional.beyond_training_length(table, 20, num_heads=8)
    assert np.isfinite(behaviour.learned[:8]).all() and np.isnan(behaviour.learned[8:]).all()
    for values in (behaviour.sinusoidal, behaviour.rotary, behaviour.alibi):
        assert values.shape == (20,) and np.isfinite(values).all()
    assert [behaviour.learned[0], behaviour.sinusoidal[0], behaviour.rotary[0]] == pytest.approx([1, 1, 1])
    encoding = positional.sinusoidal(20, 16)
    np.testing.assert_allclose(behaviour.sinusoidal, positional.cosine_by_position(encoding)[0])
    assert behaviour.alibi[19] == -19 / 32  # head 5 of 8: 2^-5
    assert np.isfinite(positional.beyond_training_length(table, 5, num_heads=8).learned).all()


def test_limits():
    assert positional.sinusoidal(5000, 4).shape == (5000, 4)
    with pytest.raises(ValueError, match="length is 5001"):
        positional.sinusoidal(5001, 4)
    with pytest.raises(ValueError, match="d_model is 513"):
        positional.sinusoidal(5, 513)
    for function in (positional.shift_matrix, positional.similarity_by_distance):
        with pytest.raises(ValueError, match=r"odd|even"):
            function(7, 3)
    with pytest.raises(ValueError, match="even"):
        positional.rotary(np.zeros((1, 3)), [0])
    with pytest.raises(ValueError, match="expected 0 to 9"):
        positional.check_shift(4, 10, 10)
