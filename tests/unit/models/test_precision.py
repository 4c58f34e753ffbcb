"""Reduced precision is near float32, and nobody else's business."""

import threading

import numpy as np

from components.models import load
from components.models.precision import reduced_precision

TEXTS = ["The cat sits on the mat.", "Deep learning uses neural networks. " * 10, "tim cook is the ceo of apple inc."]


def test_vectors_and_probabilities_stay_near():
    embed = load("embed-en")
    exact = embed.encode(TEXTS), embed.encode(TEXTS, pooling="cls", layer=3)
    with reduced_precision():
        near = embed.encode(TEXTS), embed.encode(TEXTS, pooling="cls", layer=3)
    for a, b in zip(exact, near, strict=True):
        assert b.dtype == np.float32 and (a * b).sum(axis=1).min() > 0.999


def test_other_threads_keep_float32():
    embed = load("embed-en")
    exact = embed.encode(TEXTS)
    found: list[float] = []
    with reduced_precision():
        thread = threading.Thread(target=lambda: found.append(float(np.abs(embed.encode(TEXTS) - exact).max())))
        thread.start()
        embed.encode(TEXTS)
        thread.join()
    assert found[0] < 1e-5
    assert np.abs(embed.encode(TEXTS) - exact).max() < 1e-5
