import hashlib

import numpy as np
import torch
import torch.nn.functional as F

# --- your settings ---
words = ["the", "cat", "sat"]
other = "slept"
d_model = 4
seed = 0


# --- the computation ---
def random_numbers(name, *shape):  # the same name gives the same numbers, every time
    digest = hashlib.sha256(name.encode()).digest()
    return torch.from_numpy(np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal(shape))


def attention(words):
    X = torch.stack([random_numbers(f"{seed}|{d_model}|{word}", d_model) for word in words])
    Q, K, V = (X @ random_numbers(f"{seed}|{d_model}|{d_model}|{name}", d_model, d_model) / d_model**0.5 for name in ("W_Q", "W_K", "W_V"))
    scores = Q @ K.T / d_model**0.5  # (n, n)
    later = torch.ones_like(scores, dtype=torch.bool).triu(1)  # what comes after each word
    weights = scores.masked_fill(later, -torch.inf).softmax(dim=-1)  # 0 above the diagonal
    library = F.scaled_dot_product_attention(Q[None], K[None], V[None], is_causal=True)[0]
    return weights, weights @ V, (weights @ V - library).abs().max()


weights, output, difference = attention(words)
_, changed, _ = attention([*words[:-1], other])
moved = (changed - output)[:-1].abs().max() if len(words) > 1 else torch.tensor(0.0)
print(weights.numpy().round(3), output.numpy().round(3), sep="\n")
print(f"largest difference to PyTorch: {difference:.1e}")
print(f"earlier outputs changed by {moved:.1e} when the last word became {other!r}")
