"""Text into words as a reader counts them: Japanese by MeCab's morphemes, anything else at spaces and punctuation."""

import re

from components.text import mecab
from components.text.language import has_japanese

_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


def split_words(text: str) -> list[str]:
    """The words of a text in order, punctuation as words of its own; white space is dropped."""
    if not has_japanese(text):
        return _WORD.findall(text)
    with mecab.LOCK:
        return [word.surface for _, word in mecab.nodes(mecab.unidic(), text)]
