"""The position-wise feed-forward network's activations and neurons (Vaswani et al. 2017, section 3.3; GELU: Hendrycks &
Gimpel 2016).

    FFN(x) = max(0, x W_1 + b_1) W_2 + b_2
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F


@dataclass(frozen=True, eq=False)
class ActivationCurves:
    """Values and slopes over x, one array (points,) each: ReLU, and GELU exactly (x times the normal distribution
    function).
    """

    x: np.ndarray
    relu: np.ndarray
    gelu: np.ndarray
    relu_slope: np.ndarray
    gelu_slope: np.ndarray


def activation_curves(low: float = -4.0, high: float = 4.0, points: int = 401) -> ActivationCurves:
    """float64. Slopes come from autograd; at 0 PyTorch takes 0 for ReLU's."""
    x = torch.linspace(low, high, points, dtype=torch.float64, requires_grad=True)
    relu, gelu = F.relu(x), F.gelu(x)
    slopes = [torch.autograd.grad(y.sum(), x)[0].numpy() for y in (relu, gelu)]
    return ActivationCurves(x.detach().numpy(), relu.detach().numpy(), gelu.detach().numpy(), *slopes)


@dataclass(frozen=True, eq=False)
class FeedForwardActivity:
    """What one layer's feed-forward network does for each token."""

    hidden: np.ndarray  # (n, d_ff)  x W_1 + b_1, before the activation
    activation: np.ndarray  # (n, d_ff)
    fires: np.ndarray  # (n, d_ff) boolean: hidden > 0, where ReLU would pass it and GELU nearly does

    @property
    def firing_share(self) -> np.ndarray:
        """(n,): the share of neurons that fire for each token, 0..1."""
        share: np.ndarray = self.fires.mean(axis=1)
        return share

    def strongest(self, token: int, count: int = 10) -> list[tuple[int, float]]:
        """(neuron, activation) of the `count` neurons with the largest activation for one token, largest first."""
        order = np.argsort(-self.activation[token], kind="stable")[:count]
        return [(int(neuron), float(self.activation[token, neuron])) for neuron in order]

    def most_varied(self, count: int = 64) -> np.ndarray:
        """(count,) indices of the neurons whose activation differs most between the tokens, in ascending order: those
        worth drawing.
        """
        return np.sort(np.argsort(-self.activation.std(axis=0), kind="stable")[:count])


def activity(hidden: np.ndarray, activation: np.ndarray) -> FeedForwardActivity:
    """From one layer's recorded "ffn_hidden" and "ffn_activation" (n, d_ff)."""
    return FeedForwardActivity(hidden, activation, hidden > 0)
