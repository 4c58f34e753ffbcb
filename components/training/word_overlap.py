"""How alike two texts are by their words alone: the cosine of their TF-IDF vectors."""

from collections.abc import Sequence

import numpy as np

from components.text.words import split_words

MOST_FITTED = 20_000  # texts that the weights are learned from
MOST_READ = 20_000  # characters


def word_cosines(first: Sequence[str], second: Sequence[str], learned: Sequence[str]) -> np.ndarray:
    """(n,) cosines of n pairs; the words' weights come from the texts `learned`. Zeros where no text holds a word."""
    vectorizer = _fitted([*learned[:MOST_FITTED], *([] if learned else first)])
    if vectorizer is None:
        return np.zeros(len(first))
    one, other = vectorizer.transform(first), vectorizer.transform(second)
    return np.asarray(one.multiply(other).sum(axis=1)).ravel()


def overlap_features(first: Sequence[str], second: Sequence[str]) -> np.ndarray:
    """(n, 4): the share of the words of each text that the other has too, both texts' words in common over all, and the lengths' ratio."""
    rows = []
    for one, other in zip(first, second, strict=True):
        a, b = set(_words(one)), set(_words(other))
        common = len(a & b)
        rows.append(
            [common / max(len(a), 1), common / max(len(b), 1), common / max(len(a | b), 1), min(len(a), len(b)) / max(len(a), len(b), 1)]
        )
    return np.array(rows).reshape(len(rows), 4)


def _fitted(texts: Sequence[str]):  # type: ignore[no-untyped-def]
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=_words, sublinear_tf=True)
    try:
        return vectorizer.fit(texts)
    except ValueError:  # no text holds a word
        return None


def _words(text: str) -> list[str]:
    return [word.casefold() for word in split_words(text[:MOST_READ]) if any(letter.isalnum() for letter in word)]


def pair_probabilities(
    first: Sequence[str], second: Sequence[str], classes: np.ndarray, first_asked: Sequence[str], second_asked: Sequence[str], count: int
) -> np.ndarray:
    """Logistic regression over the TF-IDF of both texts, of the words in common, and `overlap_features`: (n, count) for the pairs that are asked."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    from components.training.baselines import MAX_ROWS, majority_probabilities

    first, second, classes = first[:MAX_ROWS], second[:MAX_ROWS], classes[:MAX_ROWS]
    vectorizer = _fitted([*first, *second]) if len(np.unique(classes)) > 1 else None
    if vectorizer is None:
        return majority_probabilities(classes, count, len(first_asked))

    def matrix(one: Sequence[str], other: Sequence[str]):  # type: ignore[no-untyped-def]
        left, right = vectorizer.transform(one), vectorizer.transform(other)
        cosines = np.asarray(left.multiply(right).sum(axis=1))
        return hstack([left, right, left.multiply(right), csr_matrix(np.hstack([overlap_features(one, other), cosines]))]).tocsr()

    model = LogisticRegression(C=10.0, max_iter=300).fit(matrix(first, second), classes)
    out = np.zeros((len(first_asked), count))
    out[:, model.classes_] = model.predict_proba(matrix(first_asked, second_asked))
    return out
