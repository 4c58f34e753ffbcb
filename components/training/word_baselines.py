"""What models of several labels or of a number must beat on the same split: linear models of counted words (as `baselines` for classes), and
answers that never look at the text."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from components.training.baselines import MAX_ROWS, word_vectorizer


def label_probabilities(
    texts: Sequence[str], wanted: np.ndarray, parts: Sequence[Sequence[str]], language: str = "en", seed: int = 0
) -> list[np.ndarray]:
    """TF-IDF -> one logistic regression a label, learned from `texts` with `wanted` (n, k) bool. Its probabilities of the texts of each of
    `parts`: (rows, k); a label that all texts have, or none, keeps its share."""
    from sklearn.linear_model import LogisticRegression

    texts, wanted = _sampled(texts, wanted, seed)
    shares = wanted.mean(axis=0)
    out = [np.tile(shares, (len(part), 1)) for part in parts]
    vectorizer = word_vectorizer(language)
    try:
        features = vectorizer.fit_transform(texts)
    except ValueError:  # no text holds a word
        return out
    vectors = [vectorizer.transform(part) if len(part) else None for part in parts]
    for label in np.flatnonzero((shares > 0) & (shares < 1)):
        model = LogisticRegression(C=10.0, solver="liblinear").fit(features, wanted[:, label])
        for rows, vector in zip(out, vectors, strict=True):
            if vector is not None:
                rows[:, label] = model.predict_proba(vector)[:, 1]
    return out


def commonest_set(wanted: np.ndarray) -> np.ndarray:
    """The set of labels that most rows have, wanted (n, k) bool -> (k,) bool; the empty one where most have none."""
    counts = Counter(map(tuple, wanted.tolist()))
    return np.array(max(counts, key=lambda names: (counts[names], sum(names))), dtype=bool)


def numbers(texts: Sequence[str], values: np.ndarray, held_out: Sequence[str], language: str = "en", seed: int = 0) -> np.ndarray:
    """TF-IDF -> ridge regression, its penalty chosen by leaving one text out at a time. (rows,)"""
    from sklearn.linear_model import RidgeCV

    texts, values = _sampled(texts, values, seed)
    middle = float(values.mean())
    vectorizer = word_vectorizer(language)
    try:
        features = vectorizer.fit_transform(texts)
    except ValueError:
        return np.full(len(held_out), middle)
    scale = float(values.std()) or 1.0
    if len(texts) > RIDGE_ROWS:
        from sklearn.linear_model import Ridge

        model = Ridge(alpha=1.0).fit(features, (values - middle) / scale)
    else:
        model = RidgeCV(alphas=(0.1, 0.3, 1.0, 3.0, 10.0)).fit(features, (values - middle) / scale)
    return np.asarray(middle + scale * model.predict(vectorizer.transform(held_out)))


RIDGE_ROWS = 2_000  # of more, one penalty: choosing it takes a matrix of all rows by all rows


def _sampled(texts: Sequence[str], wanted: np.ndarray, seed: int) -> tuple[list[str], np.ndarray]:
    if len(wanted) <= MAX_ROWS:
        return list(texts), wanted
    chosen = np.sort(np.random.default_rng(seed).choice(len(wanted), MAX_ROWS, replace=False))
    return [texts[row] for row in chosen], wanted[chosen]
