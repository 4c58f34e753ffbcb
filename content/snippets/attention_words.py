import hashlib

import numpy as np
import torch
import torch.nn.functional as F

# --- your settings ---
query_words = ["the", "cat", "sat"]
key_words = ["the", "cat", "sat"]
d_model = 4
seed = 0
edits = {}
causal = False
padding = 0
hidden = []
scale = True


# --- the computation ---
def random_numbers(name, *shape):  # the same name gives the same numbers, every time
    digest = hashlib.sha256(name.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal(shape)


X_q, X_kv = (np.stack([random_numbers(f"{seed}|{d_model}|{word}", d_model) for word in words]) for words in (query_words, key_words))
W = {name: random_numbers(f"{seed}|{d_model}|{d_model}|{name}", d_model, d_model) / np.sqrt(d_model) for name in ("W_Q", "W_K", "W_V")}
for (name, row, column), value in edits.items():  # cells that you changed
    W[name][row, column] = value
Q, K, V = X_q @ W["W_Q"], X_kv @ W["W_K"], X_kv @ W["W_V"]
allowed = np.ones((len(Q), len(K)), dtype=bool)  # True = may attend
if causal:
    allowed = np.tril(allowed)
allowed[:, max(len(K) - padding, 0) :] = False  # the last keys are padding
for row, column in hidden:  # an own mask
    allowed[row, column] = False
scores = Q @ K.T / (np.sqrt(Q.shape[1]) if scale else 1)
masked = np.where(allowed, scores, -np.inf)
exponentials = np.exp(masked - masked.max(axis=-1, keepdims=True, initial=-1e300))
weights = exponentials / np.maximum(exponentials.sum(axis=-1, keepdims=True), 1e-300)  # a row without keys: zeros
output = weights @ V
Q_, K_, V_, allowed_ = (torch.from_numpy(array) for array in (Q, K, V, allowed))
library = F.scaled_dot_product_attention(Q_, K_, V_, attn_mask=allowed_, scale=None if scale else 1.0).numpy()
print(weights.round(3), output.round(3), f"largest difference to PyTorch: {np.abs(output - library).max():.1e}", sep="\n")
