import numpy as np
import torch
import torch.nn.functional as F

# --- your settings ---
seed = 0
sample = 1
causal = False
padding = 0
hidden = []
scale = True
# --- the computation ---
Q, K, V = np.random.default_rng(seed).standard_normal((3, 2, 5, 64))[:, sample - 1]  # one of the batch's two samples

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
