"""Self-attention and cross-attention: the same weights and queries; only where keys and values come from differs."""

import hashlib

import numpy as np

# --- your settings ---
words = ["The", "cat", "sat", "on", "the", "mat"]
others = ["We", "saw", "a", "big", "dog"]
seed = 0
# --- the computation ---
d = 4


def random_numbers(name, *shape):  # the same name gives the same numbers, every time
    digest = hashlib.sha256(name.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal(shape)


def embed(sentence):  # (n, d): a vector a word
    return np.stack([random_numbers(f"{seed}|{d}|{word}", d) for word in sentence])


def softmax(x):
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


W_Q, W_K, W_V = (random_numbers(f"{seed}|{d}|{d}|{name}", d, d) / np.sqrt(d) for name in ("W_Q", "W_K", "W_V"))
weights = {}
for name, source in {"self": words, "cross": others}.items():
    Q, K, V = embed(words) @ W_Q, embed(source) @ W_K, embed(source) @ W_V  # queries always from the first sentence
    weights[name] = softmax(Q @ K.T / np.sqrt(d))  # (words, source)
    output = weights[name] @ V  # (words, d), whatever the source
    print(f"{name}: Q {Q.shape}, K and V {K.shape}, weights {weights[name].shape}, output {output.shape}")
    print(weights[name].round(3))
