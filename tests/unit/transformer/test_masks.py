import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from components.transformer import masks


def chapter_numpy_attention(Q, K, V, mask):
    """The chapter's NumPy function for one sample, its own softmax included."""
    scores = Q @ K.T / np.sqrt(Q.shape[-1]) + mask * -1e9
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True) @ V


def test_each_convention_hides_the_same_keys():
    generator = np.random.default_rng(0)
    Q, K, V = generator.standard_normal((3, 4, 8))
    mask = masks.causal_mask(4, 4)
    tensors = [torch.from_numpy(array) for array in (Q, K, V)]
    expected = F.scaled_dot_product_attention(*tensors, attn_mask=torch.from_numpy(mask)).numpy()

    np.testing.assert_allclose(chapter_numpy_attention(Q, K, V, ~mask), expected)

    filled = (tensors[0] @ tensors[1].T / math.sqrt(8)).masked_fill(torch.from_numpy(mask.astype(int)) == 0, -1e9)
    np.testing.assert_allclose((filled.softmax(-1) @ tensors[2]).numpy(), expected)

    additive = torch.from_numpy(np.where(mask, 0.0, -np.inf))
    np.testing.assert_allclose(F.scaled_dot_product_attention(*tensors, attn_mask=additive).numpy(), expected)

    library = torch.nn.MultiheadAttention(8, 1, bias=False, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        library.in_proj_weight.copy_(torch.eye(8, dtype=torch.float64).repeat(3, 1))
        library.out_proj.weight.copy_(torch.eye(8))
        output, _ = library(*(tensor[None] for tensor in tensors), attn_mask=torch.from_numpy(~mask))
    np.testing.assert_allclose(output[0].numpy(), expected, atol=1e-12)


def test_causal_is_torch_s():
    tensor = torch.randn(1, 3, 4, dtype=torch.float64)
    keys = torch.randn(1, 5, 4, dtype=torch.float64)
    ours = F.scaled_dot_product_attention(tensor, keys, keys, attn_mask=torch.from_numpy(masks.causal_mask(3, 5)))
    torch.testing.assert_close(ours, F.scaled_dot_product_attention(tensor, keys, keys, is_causal=True))


def test_padding():
    np.testing.assert_array_equal(masks.padding_mask(2, 4, 3), [[True, True, True, False]] * 2)
    with pytest.raises(ValueError, match="expected 0 to 4"):
        masks.padding_mask(2, 4, 5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_what_hides_a_key_in_each_number_format(dtype):
    """What the attention page says of -1e9: it does not fit into float16, and fits into bfloat16."""
    scores, hidden = torch.zeros(4, dtype=dtype), torch.tensor([False, False, False, True])
    ways = {
        "filled": lambda: scores.masked_fill(hidden, -1e9),
        "added": lambda: scores + hidden.to(dtype) * torch.tensor(-1e9).to(dtype),
        "infinite": lambda: scores.masked_fill(hidden, -torch.inf),
        "smallest": lambda: scores.masked_fill(hidden, torch.finfo(dtype).min),
    }
    if dtype == torch.float16:
        with pytest.raises(RuntimeError, match="overflow"):
            ways.pop("filled")()
        assert ways.pop("added")().softmax(-1).isnan().all()
    for way in ways.values():
        assert way().softmax(-1).tolist() == pytest.approx((1 / 3, 1 / 3, 1 / 3, 0), abs=2e-3)


def test_numpy_s_float16_gives_nan_in_the_chapter_s_way():
    with np.errstate(over="ignore", invalid="ignore"):
        hidden = np.array([0, 1], dtype=np.float16) * np.float16(-1e9)
    assert np.isnan(hidden[0])
