import numpy as np

# --- your settings ---
n_keys = 16
samples = 400
seed = 0
# --- the computation ---
generator = np.random.default_rng(seed)
queries = generator.standard_normal((samples, 1, 512))
keys = generator.standard_normal((samples, n_keys, 512))


def softmax(x):
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def measures(weights):
    """Entropy in nats, largest weight, and the Frobenius norm of softmax's derivative diag(p) - p p^T, averaged over the rows."""
    entropy = -(weights * np.log(np.maximum(weights, 1e-300))).sum(axis=-1)
    squares = (weights**2).sum(axis=-1)
    gradient = np.sqrt(np.maximum(squares - 2 * (weights**3).sum(axis=-1) + squares**2, 0))
    return float(entropy.mean()), float(weights.max(axis=-1).mean()), float(gradient.mean())


d_ks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
with_scaling, without_scaling = [], []
for d_k in d_ks:
    scores = (queries[..., :d_k] * keys[..., :d_k]).sum(axis=-1)  # (samples, n_keys)
    with_scaling.append(measures(softmax(scores / np.sqrt(d_k))))
    without_scaling.append(measures(softmax(scores)))
    print(d_k, *(f"{value:.3f}" for value in with_scaling[-1] + without_scaling[-1]))
