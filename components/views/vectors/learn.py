"""How an embedding is learned: a small one, trained on the visitor's own sentences while they look."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.charts.word_plane import word_plane
from components.text.clip import clip
from components.text.function_words import function_words
from components.text.words import split_words
from components.ui.state.language import t
from components.ui.widgets.bench import Bench, sentence_field
from components.ui.widgets.figures import show_figure
from components.ui.widgets.verdict import said, show_finding
from components.vectors.skip_gram import MAX_TOKENS, MAX_WORDS, Learned, learn, pairs_of

from .page import VectorsError

CORPUS = "vec_corpus"
MAX_CHARACTERS = 8_000
ALIKE = 0.95  # cosine from which words share a colour
OFTEN = 3  # times that a word has to occur to be spoken of


def show_learning(bar: Bench) -> None:
    """Sentences in the field, their words as points of a plane, and a slider through the training. Raises VectorsError."""
    with bar.field:
        text = sentence_field(CORPUS, t("vectors.corpus"), t("vectors.corpus_usual"), carrying=False)
    with bar.more:
        window = int(st.slider(t("vectors.window"), 1, 5, 2, key="vec_window", bind="query-params", help=t("vectors.window_help")))
        seed = int(st.number_input(t("vectors.seed"), 0, 9_999, 0, key="vec_seed", bind="query-params"))
    if len(text) > MAX_CHARACTERS:
        raise VectorsError("vectors.too_long", found=len(text), most=MAX_CHARACTERS)
    sentences = [content_words(line) for line in lines_of(text)]
    words = Counter(word for sentence in sentences for word in sentence)
    if len(words) > MAX_WORDS or words.total() > MAX_TOKENS:
        raise VectorsError("vectors.corpus_large", words=len(words), most_words=MAX_WORDS, all=words.total(), most_all=MAX_TOKENS)
    if len(words) < 3 or max(map(len, sentences)) < 2:
        raise VectorsError("vectors.corpus_small")
    learned = _learn(tuple(map(tuple, sentences)), window, seed)
    pair = alike(learned, sentences, window)
    chance, last = math.log(len(learned.words)), float(learned.losses[-1])
    numbers = {"chance": significant(chance), "loss": significant(last)}
    if pair:
        show_finding(said("vectors.learn_finding", quoted={"one": clip(pair[0], 20), "other": clip(pair[1], 20)}))
    else:
        show_finding(said("vectors.learn_finding_none", often=OFTEN))
    show_figure(
        word_plane(learned.words, learned.vectors, learned.steps.tolist(), groups_of(learned), step_title=t("vectors.learn_step")),
        key="vectors-plane",
        caption=t("vectors.learn_caption", words=len(learned.words), pairs=learned.pairs, **numbers),
        alt=t("vectors.learn_alt", words=len(learned.words), **numbers),
        data=lambda: pd.DataFrame(learned.vectors[-1], index=list(learned.words), columns=["x", "y"]),
    )


def lines_of(text: str) -> list[str]:
    """The sentences: a line each, and within a line up to a full stop."""
    for stop in "。．.!?！？":
        text = text.replace(stop, "\n")
    return [line for line in text.splitlines() if line.strip()]


def content_words(sentence: str) -> list[str]:
    """Its words without particles, articles and marks, which stand beside every word and tell none apart."""
    words, spans, end = split_words(sentence), [], 0
    for word in words:
        start = sentence.index(word, end)
        end = start + len(word)
        spans.append((start, end))
    return [word.lower() for word, empty in zip(words, function_words(sentence, spans), strict=True) if not empty]


def alike(learned: Learned, sentences: Sequence[Sequence[str]], window: int) -> tuple[str, str] | None:
    """The two words, each there at least OFTEN times, whose neighbours are most alike, if their vectors have met; None where none have."""
    company: dict[str, Counter[str]] = {word: Counter() for word in learned.words}
    for word, neighbour in pairs_of(sentences, window):
        company[word][neighbour] += 1
    times = Counter(word for sentence in sentences for word in sentence)
    often = [word for word in learned.words if times[word] >= OFTEN]
    if not often:
        return None
    counts = np.array([[company[word][other] for other in learned.words] for word in often], dtype=float)
    places = [learned.words.index(word) for word in often]
    alike_, met = _cosines(counts), _cosines(learned.vectors[-1][places])
    np.fill_diagonal(alike_, -1)
    alike_[met < ALIKE] = -1
    if alike_.max() < 0:
        return None
    one, other = divmod(int(alike_.argmax()), len(often))
    return often[one], often[other]


def _cosines(rows: np.ndarray) -> np.ndarray:
    """(n, d) -> (n, n)."""
    directions = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    cosines: np.ndarray = directions @ directions.T
    return cosines


def groups_of(learned: Learned) -> list[int]:
    """Words whose vectors point the way of an earlier word's have that word's number, -1 those whose way no other goes."""
    alike_ = _cosines(learned.vectors[-1]) >= ALIKE
    groups, count = [-1] * len(alike_), 0
    for leader in range(len(alike_)):
        followers = [other for other in range(len(alike_)) if groups[other] < 0 and alike_[leader, other]]
        if groups[leader] < 0 and len(followers) > 1:
            for other in followers:
                groups[other] = count
            count += 1
    return groups


@st.cache_resource(max_entries=16, ttl=900, show_spinner=False)
def _learn(sentences: tuple[tuple[str, ...], ...], window: int, seed: int) -> Learned:
    return learn(sentences, window=window, seed=seed)
