"""What a model must beat on the same split: always the commonest class, and TF-IDF with logistic regression."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from components.text.words import split_words

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

MAX_ROWS = 20_000  # more are sampled: the fit would take longer than the network's
MAX_FEATURES = 100_000


def majority_probabilities(train: np.ndarray, classes: int, rows: int) -> np.ndarray:
    """Each class's share of the training rows, for every row: (rows, classes)."""
    shares = np.bincount(train, minlength=classes) / max(len(train), 1)
    return np.tile(shares, (rows, 1))


def tfidf_probabilities(
    train_texts: Sequence[str], train: np.ndarray, texts: Sequence[str], classes: int, language: str = "en", seed: int = 0
) -> np.ndarray:
    """TF-IDF of words and word pairs (Japanese: MeCab's words) -> multinomial logistic regression. (rows, classes)."""
    from sklearn.linear_model import LogisticRegression

    train = np.asarray(train)
    if len(train) > MAX_ROWS:
        chosen = np.sort(np.random.default_rng(seed).choice(len(train), MAX_ROWS, replace=False))
        train_texts, train = [train_texts[row] for row in chosen], train[chosen]
    if len(np.unique(train)) < 2:
        return majority_probabilities(train, classes, len(texts))
    vectorizer = word_vectorizer(language)
    try:
        features = vectorizer.fit_transform(train_texts)
    except ValueError:  # no text holds a word
        return majority_probabilities(train, classes, len(texts))
    model = LogisticRegression(C=10.0, max_iter=300).fit(features, train)
    out = np.zeros((len(texts), classes))
    out[:, model.classes_] = model.predict_proba(vectorizer.transform(texts))
    return out


def word_vectorizer(language: str) -> "TfidfVectorizer":
    """TF-IDF of words and word pairs (Japanese: MeCab's words), not yet fitted."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = {"analyzer": _japanese_words} if language == "ja" else {"token_pattern": r"(?u)\b\w+\b"}
    return TfidfVectorizer(ngram_range=(1, 1) if language == "ja" else (1, 2), sublinear_tf=True, max_features=MAX_FEATURES, **words)


def _japanese_words(text: str) -> list[str]:
    """MeCab's words and pairs of them."""
    words = [word.lower() for word in split_words(text[:20_000])]
    return words + [f"{first} {second}" for first, second in itertools.pairwise(words)]
