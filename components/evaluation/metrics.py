"""Scores of answers: SQuAD's exact match and F1 for English, the same over characters for Japanese.

Rajpurkar et al. 2016, "SQuAD", section 6.1; the normalisation is that of the official evaluation script. In Japanese, where there
are no spaces, words depend on the tokenizer, so the overlap is counted in characters (as JaQuAD and JGLUE do).
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalize_english(answer: str) -> str:
    """Lower case, without punctuation and articles, spaces made single."""
    bare = "".join(character for character in answer.lower() if character not in string.punctuation)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def normalize_japanese(answer: str) -> str:
    """NFKC and lower case, without punctuation, symbols' quotes and white space."""
    folded = unicodedata.normalize("NFKC", answer).lower()
    return "".join(c for c in folded if not c.isspace() and not unicodedata.category(c).startswith("P"))


def exact_match(prediction: str, gold: Sequence[str], language: str = "en") -> float:
    """1.0 where the prediction equals one of the gold answers after normalisation. No gold answer means "no answer" ("")."""
    normalize = _normalizer(language)
    return float(any(normalize(prediction) == normalize(answer) for answer in gold or [""]))


def f1(prediction: str, gold: Sequence[str], language: str = "en") -> float:
    """The best overlap F1 with one of the gold answers: over words in English, characters in Japanese (0..1)."""
    normalize = _normalizer(language)
    units: Callable[[str], Sequence[str]] = list if language == "ja" else str.split
    return max(_overlap(units(normalize(prediction)), units(normalize(answer))) for answer in gold or [""])


def _overlap(prediction: Sequence[str], gold: Sequence[str]) -> float:
    if not prediction or not gold:
        return float(list(prediction) == list(gold))
    common = sum((Counter(prediction) & Counter(gold)).values())
    if not common:
        return 0.0
    precision, recall = common / len(prediction), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def _normalizer(language: str) -> Callable[[str], str]:
    return normalize_japanese if language == "ja" else normalize_english
