import base64

import numpy as np

from components.views.bert_attention.text import quantized


def restored(values: np.ndarray) -> np.ndarray:
    """As the browser does it."""
    encoded, highest = quantized(values)
    return highest * (np.frombuffer(base64.b64decode(encoded), dtype=np.uint8).reshape(values.shape) / 255) ** 2


def test_a_byte_a_weight_keeps_weights_apart():
    values = np.random.default_rng(0).dirichlet(np.full(40, 0.2), size=30)
    error = np.abs(restored(values) - values)
    assert error.max() <= values.max() / 255 and error[values < values.max() / 100].max() <= values.max() / 2_000


def test_nothing_to_show_is_no_division_by_zero():
    assert not restored(np.zeros((2, 3))).any()
