"""Answers found by words alone, which a trained model must beat: the words beside the question's in the sentence that shares most with it,
after the sliding window of Richardson et al. 2013, "MCTest", which SQuAD's first baseline took up (Rajpurkar et al. 2016, section 5.1)."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from components.text.language import has_japanese
from components.text.words import split_words

Span = tuple[int, int]
_SENTENCE = re.compile(r"[^。．.!?！？\n]+[。．.!?！？\n]*")
MOST_READ = 20_000  # characters of a passage


def lexical_answers(pairs: Sequence[tuple[str, str]], characters: int) -> list[Span]:
    """For each (question, passage) a span of characters, of about `characters`; (0, 0) for a passage without a word."""
    known: dict[str, list[list[tuple[str, int, int]]]] = {}
    for _, passage in pairs:
        if passage not in known:
            known[passage] = [words for found in _SENTENCE.finditer(passage[:MOST_READ]) if (words := _words(found[0], found.start()))]
    counts = Counter(word for sentences in known.values() for word in {word for sentence in sentences for word, _, _ in sentence})
    return [_answer(question, known[passage], counts, len(known), characters) for question, passage in pairs]


def _answer(question: str, sentences: list[list[tuple[str, int, int]]], counts: Counter[str], passages: int, characters: int) -> Span:
    asked = {word for word, _, _ in _words(question, 0)}

    def weight(word: str) -> float:
        return math.log(1 + passages / (1 + counts[word]))

    if not sentences:
        return 0, 0
    nearest = max(
        sentences, key=lambda sentence: sum(weight(word) for word in {word for word, _, _ in sentence} & asked) / len(sentence) ** 0.5
    )
    best, found = -1.0, (nearest[0][1], nearest[0][2])
    for place, (_, start, _) in enumerate(nearest):
        taken = [word for word in nearest[place:] if word[2] - start <= max(characters, 1)] or [nearest[place]]
        new = sum(weight(word) for word, _, _ in taken if word not in asked) - sum(weight(word) for word, _, _ in taken if word in asked)
        if new > best:
            best, found = new, (start, taken[-1][2])
    return found


def _words(text: str, offset: int) -> list[tuple[str, int, int]]:
    """The words of a text with their characters, those of punctuation left out."""
    words, at = [], 0
    for word in split_words(text) if has_japanese(text) else re.findall(r"\w+", text):
        start = text.find(word, at)
        if start < 0:
            continue
        at = start + len(word)
        if any(letter.isalnum() for letter in word):
            words.append((word.casefold(), offset + start, offset + at))
    return words
