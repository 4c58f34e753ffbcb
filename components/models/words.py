"""Text into words as a reader counts them: Japanese by MeCab's morphemes, anything else at spaces and punctuation."""

import re
import threading
from functools import cache

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f々〆]")
_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_lock = threading.Lock()


def is_japanese(text: str) -> bool:
    """Whether the text holds a kana or a kanji."""
    return bool(_JAPANESE.search(text))


def split_words(text: str) -> list[str]:
    """The words of a text in order, punctuation as words of its own; white space is dropped."""
    if not is_japanese(text):
        return _WORD.findall(text)
    with _lock:  # one MeCab lattice for the process
        return [word.surface for word in _tagger()(text)]


@cache
def _tagger():
    import fugashi
    import unidic_lite

    return fugashi.Tagger(f'-d "{unidic_lite.DICDIR}"')
