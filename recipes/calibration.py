"""Temperature scaling and the expected calibration error (Guo et al. 2017, sections 4.2 and 2)."""

import numpy as np
import torch
from torch.nn import functional


def fit_temperature(logits: torch.Tensor, targets: torch.Tensor) -> float:
    """The temperature above 0 that makes held-out logits (n, classes) / T likeliest for the targets (n,)."""
    log_t = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([log_t], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = functional.cross_entropy(logits / log_t.exp(), targets)
        loss.backward()
        return loss

    optimiser.step(closure)
    return log_t.detach().exp().item()


def expected_calibration_error(confidence: np.ndarray, correct: np.ndarray, bins: int = 15) -> float:
    """The mean distance between confidence and accuracy over equal-width bins, weighted by their rows; nan without rows."""
    confidence, correct = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=float)
    if not len(confidence):
        return float("nan")
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = [np.sum(place == b) * abs(confidence[place == b].mean() - correct[place == b].mean()) for b in range(bins) if np.any(place == b)]
    return float(sum(gaps) / len(confidence))
