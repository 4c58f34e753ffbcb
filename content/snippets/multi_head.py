import hashlib

import numpy as np
import torch
from torch import nn

# --- your settings ---
query_words = ["the", "cat", "sat"]
key_words = ["the", "cat", "sat"]
d_model = 8
num_heads = 2
causal = False
seed = 0


# --- the computation ---
def embedding(word):  # random, but the same every time
    digest = hashlib.sha256(f"{seed}|{d_model}|{word}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal(d_model).astype(np.float32)


x_q, x_kv = (torch.from_numpy(np.stack([embedding(word) for word in words]))[None] for words in (query_words, key_words))
n_q, n_k, d_k = len(query_words), len(key_words), d_model // num_heads
torch.manual_seed(seed)
library = nn.MultiheadAttention(d_model, num_heads, batch_first=True).eval()
hidden = ~torch.ones(n_q, n_k, dtype=torch.bool).tril() if causal else None  # here True = may NOT attend
with torch.no_grad():
    expected, expected_weights = library(x_q, x_kv, x_kv, attn_mask=hidden, average_attn_weights=False)

    W_Q, W_K, W_V = library.in_proj_weight.chunk(3)  # (d_model, d_model) each, whatever the number of heads
    b_Q, b_K, b_V = library.in_proj_bias.chunk(3)
    Q = (x_q @ W_Q.T + b_Q).view(1, n_q, num_heads, d_k).transpose(1, 2)  # (1, h, n_q, d_k)
    K = (x_kv @ W_K.T + b_K).view(1, n_k, num_heads, d_k).transpose(1, 2)  # (1, h, n_k, d_k)
    V = (x_kv @ W_V.T + b_V).view(1, n_k, num_heads, d_k).transpose(1, 2)  # (1, h, n_k, d_k)
    scores = Q @ K.transpose(-2, -1) / d_k**0.5  # (1, h, n_q, n_k)
    if causal:
        scores = scores.masked_fill(hidden, -torch.inf)
    weights = scores.softmax(dim=-1)  # (1, h, n_q, n_k)
    output = library.out_proj((weights @ V).transpose(1, 2).reshape(1, n_q, d_model))
parameters = sum(parameter.numel() for parameter in library.parameters())
print(f"{parameters} parameters; largest difference: {float((output - expected).abs().max()):.1e}")
