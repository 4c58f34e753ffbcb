"""Which language a text is in, and what about it a model was not made for. By script and function words alone: no model.

Everybody asks here, so that a table, a page and a training say the same of the same text. Two questions are kept apart: what a text as a whole is
written in (`detect`), and whether there is any Japanese in it that has to be cut by a dictionary (`has_japanese`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import Literal

Language = Literal["ja", "en", "zh", "ko", "other", "none"]
# A few Latin words are at home in Japanese text ("AI", "Wi-Fi").
SHORT_LATIN_WORDS = 3
LANGUAGE_SAMPLE = 500  # texts that tell what a table is written in

_LOOKED_AT = 2_000  # characters of a text
_SPECIAL_TOKEN = re.compile(r"\[[A-Z]+\]|<[a-z]+>")  # "[MASK]" is written so in every language
_LETTERS = re.compile(r"[^\W\d_]")
_KANA = re.compile(r"[\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f々〆]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_JAPANESE = re.compile(f"{_KANA.pattern}|{_HAN.pattern}")
_LATIN = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Letters of no English word, loans such as "naïve" and "façade" included.
_FOREIGN_LETTER = re.compile(r"[äöüßåæøñãõąćęłńśźżčďěňřšťůžğışőűăâîșțđươăạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]")
# Characters that running Chinese can't do without and a Japanese word hardly ever has.
_CHINESE = re.compile(r"[你這们們很吗嗎呢她哪么麼这还還没說说给]")
# Function words that belong to one side alone ("in", "die", "a", "van", "com" say nothing).
_ENGLISH_WORDS = """the of and to is that it was for with as his they be at this have from or had by but not you are were
which she do how if will there when who what we can our i my its it's don't"""
_OTHER_WORDS = """der und das nicht ist ein eine mit auf für sich des den dem von zu im auch sehr aber ich sind einen
le les et est une dans que qui pas sur avec ce il je vous nous très du au plus mais
el los las y es por para del se como más muy pero una esto está
di che è un sono della gli lo più molto questo anche
o os uma não em mais da isso está é muito
het een niet zijn dat voor maar
och att det är som på av inte jag ett og af til ikke med jeg
nie jest się na że jak dla bardzo
bir ve bu için çok değil ama
yang ini itu dengan untuk tidak adalah
là của và không có này rất
ei että oli mutta myös hän tämä"""
_ENGLISH, _OTHERS = frozenset(_ENGLISH_WORDS.split()), frozenset(_OTHER_WORDS.split())
_MANY_WORDS = 4


def has_japanese(text: str) -> bool:
    """Whether the text holds a kana or a kanji: there are no spaces between its words, at least in part."""
    return bool(_JAPANESE.search(text))


def detect(text: str) -> Language:
    """The language of `text` by its first 2,000 characters: "none" without letters, "ja" with kana or a few kanji, "zh" and "ko" by their scripts,
    "en" in Latin script unless other languages' words and letters prevail, else "other".

    A few words of Latin script count as English, and a few kanji alone as Japanese, where nothing tells.
    """
    text = _SPECIAL_TOKEN.sub(" ", unicodedata.normalize("NFKC", text[:_LOOKED_AT]))
    letters = len(_LETTERS.findall(text))
    if not letters:
        return "none"
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    if kana + han > 0.2 * letters:
        return "zh" if kana <= 0.03 * (kana + han) and _is_chinese(text, han) else "ja"
    if len(_HANGUL.findall(text)) > 0.2 * letters:
        return "ko"
    if len(_LATIN.findall(text)) < 0.5 * letters:
        return "other"
    words = [word.lower().replace("’", "'") for word in _LATIN_WORD.findall(text)]
    english = sum(word in _ENGLISH for word in words)
    others = sum(word in _OTHERS or bool(_FOREIGN_LETTER.search(word)) for word in words)
    return "other" if len(words) >= _MANY_WORDS and others > max(english, 1) else "en"


def main_language(texts: Iterable[str]) -> Literal["ja", "en"]:
    """Which of the two languages that models are bundled for more of the first 500 texts are in; "en" where nothing tells."""
    counts = Counter(detect(text) for text in islice(texts, LANGUAGE_SAMPLE))
    return "ja" if counts["ja"] > counts["en"] else "en"


def languages_in(texts: Iterable[str]) -> tuple[Literal["ja", "en"], ...]:
    """Which of the two languages that models are bundled for the first 500 texts are in, `main_language` first. The other one counts where a
    twentieth of them are in it; a few Latin words, which are at home in Japanese ("AI"), where a fifth are."""
    looked = list(islice(texts, LANGUAGE_SAMPLE))
    main = main_language(looked)
    spoken = Counter(detect(text) for text in looked)
    long = sum(detect(text) == "en" and len(text.split()) > SHORT_LATIN_WORDS for text in looked)
    japanese, english = (spoken["ja"] >= 0.05 * len(looked) > 0, max(long, spoken["en"] / 4) >= 0.05 * len(looked) > 0)
    if not (japanese and english):
        return (main,)
    return ("ja", "en") if main == "ja" else ("en", "ja")


def flags(text: str, language: str | None, truncated: bool = False) -> tuple[str, ...]:
    """Message keys of what a model for `language` wasn't made for in `text`; () where nothing can be told.

    models.flag_empty: nothing but white space. models.flag_no_letters: only digits, marks or emoji. models.flag_other_language.
    models.flag_truncated: the end was not read.
    """
    keys = []
    spoken = detect(text)
    if not text.strip():
        keys.append("models.flag_empty")
    elif spoken == "none":
        keys.append("models.flag_no_letters")
    elif language in ("ja", "en") and spoken != language:
        keys.append("models.flag_other_language")
    if truncated:
        keys.append("models.flag_truncated")
    return tuple(keys)


def _is_chinese(text: str, han: int) -> bool:
    """Of a text with `han` kanji and hardly any kana. Long text without kana is Chinese, and so is one with common characters that no Japanese
    encoding has: the simplified ones."""
    return han >= 12 or bool(_CHINESE.search(text)) or any(_beyond_japanese(character) for character in _HAN.findall(text))


def _beyond_japanese(character: str) -> bool:
    if character > "\uffff":  # the rare forms in Japanese names
        return False
    for encoding in ("cp932", "euc_jis_2004"):
        with suppress(UnicodeEncodeError):
            character.encode(encoding)
            return False
    return True
