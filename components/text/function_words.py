"""Words that carry no opinion of their own: particles, auxiliaries, articles, punctuation. Words of negation are none of them."""

import re
from collections.abc import Sequence

from components.text import japanese
from components.text.language import has_japanese

_JAPANESE = ("助詞", "助動詞", "補助記号", "記号", "空白")  # UniDic's parts of speech
_NEGATION = {"ない", "無い", "ぬ", "ず", "まい"}
_ENGLISH = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "and",
        "or",
        "but",
        "so",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "as",
        "than",
        "then",
        "there",
        "here",
        "it",
        "its",
        "it's",
        "he",
        "him",
        "his",
        "she",
        "her",
        "they",
        "them",
        "their",
        "we",
        "us",
        "our",
        "i",
        "me",
        "my",
        "you",
        "your",
        "who",
        "which",
        "what",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "will",
        "would",
        "can",
        "could",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "just",
        "also",
        "too",
        "very",
    ]
)
_MARKS = re.compile(r"[\W_]+")


def function_words(text: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each span (start, end of characters) of `text` is a function word or nothing but marks."""
    found = [bool(_MARKS.fullmatch(text[start:end])) or text[start:end].lower() in _ENGLISH for start, end in spans]
    if has_japanese(text):
        empty = {
            place
            for word in japanese.morphemes(text)
            if word.part_of_speech.startswith(_JAPANESE) and word.base_form not in _NEGATION
            for place in range(word.start, word.end)
        }
        found = [one or (end > start and empty.issuperset(range(start, end))) for one, (start, end) in zip(found, spans, strict=True)]
    return found
