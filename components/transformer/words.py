"""Seeded stand-ins for what a trained model would have learned: word embeddings and projection matrices. Random, not
learned, and always the same.
"""

import hashlib

import numpy as np


def word_embedding(word: str, seed: int, d_model: int) -> np.ndarray:
    """A vector (d_model,) of standard normal numbers, float64, that depends on (word, seed, d_model) alone: random, not
    learned.

    The same word gets the same vector wherever it stands and in every process (hence a digest and not `hash`, which
    Python salts).
    """
    digest = hashlib.sha256(f"{seed}|{d_model}|{word}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal(d_model)


def embed_words(words: list[str], seed: int, d_model: int) -> np.ndarray:
    """(len(words), d_model): one row a word."""
    return np.stack([word_embedding(word, seed, d_model) for word in words])


def projection(d_model: int, d_out: int, seed: int, name: str) -> np.ndarray:
    """A matrix (d_model, d_out) for `name` ("W_Q", "W_K", "W_V"): normal with variance 1/d_model, so that a projected
    unit-variance vector keeps its scale.
    """
    digest = hashlib.sha256(f"{seed}|{d_model}|{d_out}|{name}".encode()).digest()
    matrix = np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal((d_model, d_out))
    return np.asarray(matrix / np.sqrt(d_model))
