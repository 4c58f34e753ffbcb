"""Text into words as a reader counts them: Japanese by MeCab's morphemes, anything else at spaces and punctuation."""

import re

from components.text import mecab

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f々〆]")
_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


def is_japanese(text: str) -> bool:
    """Whether the text holds a kana or a kanji."""
    return bool(_JAPANESE.search(text))


def split_words(text: str) -> list[str]:
    """The words of a text in order, punctuation as words of its own; white space is dropped."""
    if not is_japanese(text):
        return _WORD.findall(text)
    with mecab.LOCK:
        return [word.surface for _, word in mecab.nodes(mecab.unidic(), text)]
