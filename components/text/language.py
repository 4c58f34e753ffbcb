"""Which of the two languages a text is in, and what about it a model was not made for. By script and function words alone: no model.

Told apart are Japanese, English, another language, and text without letters. A few words of Latin script count as English.
"""

import re
import unicodedata
from typing import Literal

Language = Literal["ja", "en", "other", "none"]

_KANA = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f々]")
_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Function words that belong to one side alone ("in", "die", "a" say nothing).
_ENGLISH_WORDS = """the of and to is that it was for with as his they be at this have from or had by but not you are were
which she do how if will there when who what we can our i my its it's don't"""
_OTHER_WORDS = """der und das nicht ist ein eine mit auf für sich des den dem von zu im auch
le les et est une dans que qui pour pas sur avec ce il je vous nous très du au
el los las y es por con para del se como más muy pero
di che è un per sono della gli lo più molto
o os um uma não com em mais da
het een van niet zijn dat voor"""
_ENGLISH, _OTHERS = frozenset(_ENGLISH_WORDS.split()), frozenset(_OTHER_WORDS.split())
_MANY_WORDS = 5


def detect(text: str) -> Language:
    """The language of `text`: "ja" with kana, or kanji in a short text; "en" in Latin script; "other"; "none" without letters."""
    letters = [c for c in text if unicodedata.category(c).startswith("L")]
    if not letters:
        return "none"
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if kana + han > 0.2 * len(letters):
        # Long text in kanji without any kana is Chinese.
        return "ja" if kana > 0.03 * (kana + han) or han < 12 else "other"
    if latin < 0.5 * len(letters):
        return "other"
    words = [word.lower().replace("’", "'") for word in _LATIN_WORD.findall(text)]
    english, others = sum(word in _ENGLISH for word in words), sum(word in _OTHERS for word in words)
    return "other" if len(words) >= _MANY_WORDS and others > english else "en"


def flags(text: str, language: str | None, truncated: bool = False) -> tuple[str, ...]:
    """Message keys of what a model for `language` wasn't made for in `text`; () where nothing can be told.

    models.flag_empty: nothing but white space. models.flag_no_letters: only digits, marks or emoji. models.flag_other_language.
    models.flag_truncated: the end was not read.
    """
    found = []
    spoken = detect(text)
    if not text.strip():
        found.append("models.flag_empty")
    elif spoken == "none":
        found.append("models.flag_no_letters")
    elif language in ("ja", "en") and spoken != language:
        found.append("models.flag_other_language")
    if truncated:
        found.append("models.flag_truncated")
    return tuple(found)
