import numpy as np
import pytest
import torch

from components.transformer.entropy import entropy
from components.transformer.scaling import scaling_curves, softmax_jacobian_norm


def test_entropy_of_known_rows():
    np.testing.assert_allclose(entropy(np.array([[1.0, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])), [0, np.log(4), np.log(2)])


def test_jacobian_norm_is_autograd_s():
    scores = torch.randn(7, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    jacobian = torch.autograd.functional.jacobian(lambda x: x.softmax(-1), scores)
    assert softmax_jacobian_norm(scores.softmax(-1).numpy()) == pytest.approx(float(jacobian.norm()))
    assert softmax_jacobian_norm(np.array([1.0, 0, 0])) == 0


def test_scaling_keeps_softmax_alike_over_d_k_and_without_it_saturates():
    scaled, unscaled = scaling_curves(n_keys=16, samples=400, seed=0)
    np.testing.assert_array_equal(scaled.d_k, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    np.testing.assert_allclose(scaled.score_deviation, 1, atol=0.15)  # the variance of q.k is d_k (footnote 4 of the paper)
    np.testing.assert_allclose(unscaled.score_deviation, np.sqrt(scaled.d_k), rtol=0.15)
    assert scaled.entropy[3:].std() < 0.05
    assert unscaled.entropy[-1] < 0.2 and unscaled.largest_weight[-1] > 0.9
    assert unscaled.gradient_norm[-1] < scaled.gradient_norm[-1] / 2
    assert scaled.entropy[0] == unscaled.entropy[0]  # sqrt(1) = 1


def test_the_curves_depend_on_the_seed_alone():
    first, second, other = (scaling_curves(samples=20, seed=seed)[1].entropy for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)
    with pytest.raises(ValueError, match="at least 2 keys"):
        scaling_curves(n_keys=1)
