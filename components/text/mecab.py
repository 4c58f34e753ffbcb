"""MeCab, given bounded pieces of a text only: the one way to it for the whole project.

A long run without anything to hold on to (200,000 times A) makes MeCab read a null pointer, which ends the process, and takes time that
grows with the square of its length long before. So it gets at most MOST characters at a time (less than a hundredth of what ended it), with some
of the text on both sides of them: the words at a border are those of the whole text, because MeCab weighs a word by its neighbours.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

MOST = 1_000  # characters whose words are taken from one call
CONTEXT = 100  # characters that MeCab sees before and after them
LOCK = threading.Lock()  # round every use of `unidic()`: a tagger keeps one lattice

# The best border within reach comes first: the end of a line, of a sentence, of anything that white space ends.
_BORDERS = (re.compile(r".*\n", re.DOTALL), re.compile(r".*[。！？!?]", re.DOTALL), re.compile(r".*\s", re.DOTALL))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in the text, and its place."""

    surface: str
    start: int


class BoundedTagger:
    """A fugashi tagger that may be called with a text of any length."""

    def __init__(self, tagger: Any):
        self._tagger = tagger

    def __call__(self, text: str) -> list[Word]:
        return [Word(node.surface, start) for start, node in nodes(self._tagger, text)]


def bounded(tagger: Any) -> BoundedTagger:
    return tagger if isinstance(tagger, BoundedTagger) else BoundedTagger(tagger)


def nodes(tagger: Any, text: str) -> Iterator[tuple[int, Any]]:
    """(place in the text, fugashi node) of each word. A node must be read before the next one is asked for: MeCab reuses its memory."""
    done = 0
    while done < len(text):
        stop = _border(text, done)
        words = _within(tagger, text, max(0, done - CONTEXT), stop)
        if any(start < done < start + len(node.surface) for start, node in words):
            # Seen from further on, the word that ended the last piece would be another one: it stands, and a new start is made after it.
            words = _within(tagger, text, done, stop)
        last = stop
        for start, node in words:
            if done <= start < stop:
                last = max(stop, start + len(node.surface))
                yield start, node
        done = last


@cache
def unidic() -> Any:
    """The tagger over unidic-lite. Its users hold `LOCK`."""
    import fugashi
    import unidic_lite

    return fugashi.Tagger(f'-d "{unidic_lite.DICDIR}"')


@cache
def bound_transformers() -> None:
    """Lets transformers' `BertJapaneseTokenizer` reach MeCab through a `BoundedTagger` alone, in its copies too, which build it anew."""
    from components.text.libraries import transformers

    assert transformers  # imported before its parts
    from transformers.models.bert_japanese import tokenization_bert_japanese

    class BoundedMecabTokenizer(tokenization_bert_japanese.MecabTokenizer):
        mecab: Any

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.mecab = bounded(self.mecab)

    tokenization_bert_japanese.MecabTokenizer = BoundedMecabTokenizer


def _within(tagger: Any, text: str, low: int, stop: int) -> list[tuple[int, Any]]:
    """The words from `low` on to CONTEXT characters beyond `stop`."""
    words = []
    position = low
    for node in tagger(text[low : stop + CONTEXT]):
        position += len(node.white_space)
        words.append((position, node))
        position += len(node.surface)
    return words


def _border(text: str, start: int) -> int:
    """Where the piece that begins at `start` ends: at the text's end, or at the last border in its second half, or after MOST characters."""
    end = start + MOST
    if end >= len(text):
        return len(text)
    half = start + MOST // 2
    borders = (pattern.match(text, half, end) for pattern in _BORDERS)
    return next((border.end() for border in borders if border), end)
