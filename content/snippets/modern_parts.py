import numpy as np
import torch
import torch.nn.functional as F

# --- your settings ---
shift = 1.5
start = 20
kv_heads = 3


# --- the computation ---
def layer_norm(x):  # with a gain and a bias: 2d parameters
    return (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + 1e-12).sqrt()


def rms_norm(x):  # with a gain: d parameters
    return x / ((x**2).mean(-1, keepdim=True) + 1e-5).sqrt()


def swiglu(x, W_gate, W_up, W_down):
    return (F.silu(x @ W_gate) * (x @ W_up)) @ W_down


def rotated(x, positions):  # x[i] and x[i + d/2] turn together
    d = x.shape[-1]
    angles = torch.as_tensor(positions)[:, None] * 10_000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    first, second = x[..., : d // 2], x[..., d // 2 :]
    return torch.cat([first * angles.cos() - second * angles.sin(), second * angles.cos() + first * angles.sin()], dim=-1)


x = torch.from_numpy(np.random.default_rng(0).standard_normal(16)) + shift
print(f"LayerNorm: mean {layer_norm(x).mean():.3f}; RMSNorm: mean {rms_norm(x).mean():.3f}")
query, key = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 64)))
distances = torch.arange(65)
products = [rotated(query.expand(65, 64), at + distances) @ rotated(key[None], [at])[0] for at in (0, start, 2 * start)]
print("q.k at distance 5 from three starts:", [round(float(row[5]), 6) for row in products])
d, layers, heads, d_ff, vocabulary = 576, 30, 9, 1536, 49_152  # SmolLM2-135M
d_k = d // heads
Q, K, V = (torch.randn(1, count, 10, d_k) for count in (heads, kv_heads, kv_heads))
output = F.scaled_dot_product_attention(Q, K, V, is_causal=True, enable_gqa=True)  # neighbouring queries share keys and values
total = vocabulary * d + layers * (2 * d * d + 2 * d * kv_heads * d_k + 3 * d * d_ff + 2 * d) + d
kept = 2 * layers * kv_heads * d_k * 2  # bytes of a token's keys and values in bfloat16
print(tuple(output.shape), tuple(swiglu(torch.randn(10, d), *torch.randn(2, d, d_ff), torch.randn(d_ff, d)).shape))
print(f"{total:,} parameters, {kept:,} bytes kept for each token")
