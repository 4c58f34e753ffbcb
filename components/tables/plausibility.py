"""How plausible a text is as what someone wrote, so that the readings of the same bytes by several encodings can be compared.

The score is a log-probability, roughly: of each character that isn't ASCII in the best-fitting language, and of its place between its two
neighbours (a capital inside a word, an ideograph glued to Latin letters, a pound sign before no number are signs of a wrong reading). ASCII
counts nothing, as every reading shares it.
"""

import math
import re
import unicodedata
from collections import Counter
from functools import lru_cache

from components.tables.letters import LANGUAGES, LATIN_SCRIPTS, WORDS, Language
from components.tables.marks import LETTERS, mark_score
from components.tables.words import ACCENTED

BAD = "\udcff"  # stands where bytes had no meaning; a lone surrogate never occurs in decoded text
BAD_SCORE = -14.0
DAMAGED_FILE = -10.0  # once: few files are damaged at all
MARKS_ALONE = -8.0  # a reading for Greek, say, without one Greek letter
PRIVATE_SCORE = -20.0  # a character that only one program or firm knows
UNKNOWN = -14.0  # a letter that the language doesn't use
AMONG_ENGLISH = 3.0  # what another language must be better by where the words around are English
WORD_BONUS, MOST_WORDS = 3.0, 4
STIFFNESS, ANY_LETTER = 5.0, 0.06  # what is seen in few words is believed little

# Classes of characters: a/A ASCII letters, l/L other Latin letters, c/C Cyrillic and Greek, r right-to-left and Thai (no case), 0 digits,
# _ blanks and line ends, . ASCII marks, k kana, h ideographs, w half-width kana, o Hangul, f full-width marks, s symbols, ! nothing to read.
_MIXED = re.compile("[alcr][khwof]|[khwof][alcr]|[AL0][khwof](?![khwof])|(?<![khwof])[khwof][AL0]")
_SINGLE = re.compile("(?<![khwof])[khw](?![khwof])")
CELL_BORDERS = '\n\r\t,;"'
_EAST = frozenset("khwof")


class _Classes(dict[str, str]):
    def __missing__(self, character: str) -> str:
        found = self[character] = _class(character)
        return found


def _class(character: str) -> str:
    code = ord(character)
    if code < 0x80:
        if character.isalpha():
            return "a" if character.islower() else "A"
        if character.isdigit():
            return "0"
        return "_" if character in " \t\r\n" else "." if code >= 0x20 and code != 0x7F else "!"
    if 0x3041 <= code <= 0x30FF:
        return "k"
    if 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x323AF or code == 0x3005:
        return "h"
    if 0xFF61 <= code <= 0xFF9F:
        return "w"
    if 0xAC00 <= code <= 0xD7A3:
        return "o"
    if 0x2460 <= code <= 0x24FF or 0x3200 <= code <= 0x33FF or character in "○◎●△▲▽▼□■◇◆☆★※〒♪":
        return "f"
    if 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFFEF:
        return "f"
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Co", "Cn"):
        return "!"
    if code in (0xAA, 0xB5, 0xBA) or category[0] not in "LM":
        return "s"
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "L" if character.isupper() else "l"
    if 0x370 <= code < 0x530:
        return "C" if character.isupper() else "c"
    return "r" if 0x590 <= code < 0xE80 else "s"


_CLASSES = _Classes()


def eastern(text: str) -> bool:
    """Whether the text is nothing but kana, ideographs, Hangul and ASCII."""
    return all(_CLASSES[character] in "khwof" or (character.isascii() and _CLASSES[character] != "!") for character in text)


def japanese_share(text: str) -> float:
    """The part of the characters outside ASCII that Japanese text uses, 0 where some mean nothing."""
    telling = Counter(_CLASSES[character] for character in text if character > "\x7f")
    # Wrongly decoded EUC-JP looks like half-width kana, so those count for less.
    known = telling["k"] + telling["h"] + telling["f"] + 0.6 * telling["w"]
    return 0.0 if telling["!"] else known / max(telling.total(), 1)


def half_width(text: str) -> bool:
    """Whether half-width kana are all the Japanese in the text."""
    found = {_CLASSES[character] for character in text}
    return "w" in found and not found & {"k", "h"}


def unmixed(text: str) -> bool:
    """Whether kana, ideographs and the like stand in runs of their own, with no sign of a wrong reading: none glued to Latin letters as in
    `that痴`, no single half-width kana, nothing that means nothing.
    """
    around = f"\n{text}\n"
    classes = "".join(map(_CLASSES.__getitem__, around))
    if "!" in classes or _MIXED.search(classes):
        return False
    return all(_stands_alone(*around[found.start() - 1 : found.end() + 1]) for found in _SINGLE.finditer(classes))


def _stands_alone(before: str, character: str, after: str) -> bool:
    """Whether one character in a cell of its own may be Japanese: a common ideograph, a half-width kana (not a mark such as £ or °)."""
    if _CLASSES[character] == "w":
        return "ｦ" <= character <= "ﾝ" and before in CELL_BORDERS and after in CELL_BORDERS + ")"
    return _CLASSES[character] != "h" or 0xB0 <= _lead(character, "euc_jp") <= 0xCF


def plausibility(text: str, languages: frozenset[str], english: bool = False) -> float:
    """The score of `text`, read as the one of `languages` (scripts of `letters.Language`) that fits best. Time: linear.

    english: whether the words of ASCII around it are English.
    """
    around = f"\n{text}\n"
    place = 0.0
    letters = Counter[tuple[str, str, str]]()
    for (before, character, after), count in Counter(zip(around, text, around[2:], strict=False)).items():
        own = _CLASSES[character]
        if character > "\x7f":
            place += count * _place(_CLASSES[before], character, own, _CLASSES[after])
            if own in "lL":
                letters[_neighbour(before), character, _neighbour(after)] += count
            elif own not in "s!":
                letters["", character, ""] += count
        elif own == "!":
            place += count * BAD_SCORE
    best = max(
        _fit(letters, language) - (AMONG_ENGLISH if english and language.script in LATIN_SCRIPTS and language.name != "en" else 0.0)
        for language in LANGUAGES
        if language.script in languages
    )
    if not letters and not languages & LATIN_SCRIPTS:
        best += MARKS_ALONE
    return place + best + _words(text, languages) + DAMAGED_FILE * (BAD in text)


def _neighbour(character: str) -> str:
    return character.lower()[:1] if _CLASSES[character] in "aAlL" else "_"


def _fit(letters: Counter[tuple[str, str, str]], language: Language) -> float:
    return language.prior + sum(count * _probability(*letter, language.name) for letter, count in letters.items())


def _words(text: str, languages: frozenset[str]) -> float:
    found = max((sum(word in text for word in WORDS[name]) for name in languages if name in WORDS), default=0)
    return WORD_BONUS * min(found, MOST_WORDS)


_BY_NAME = {language.name: language for language in LANGUAGES}
_PEERS = {script: [one for one in LANGUAGES if one.script == script] for script in LATIN_SCRIPTS}


@lru_cache(maxsize=1 << 17)
def _probability(before: str, character: str, after: str, name: str) -> float:
    """The logarithm of how often the character comes in the language, capitals as their small letters."""
    language = _BY_NAME[name]
    small = character if character in language.letters else character.lower()
    own = language.letters.get(small, 0.0)
    kind = _CLASSES[character]
    if kind in "lL":
        # Names and loans: a part of what the languages of the region use on the whole.
        peers = _PEERS.get(language.script, ())
        own = 0.9 * own + 0.1 * sum(peer.letters.get(small, 0.0) for peer in peers) / max(len(peers), 1)
        return max(math.log(own) + _between(before, small, after, name), UNKNOWN) if own > 1e-7 else UNKNOWN
    if own == 0.0:
        own = _unlisted(character, kind, language.script)
    return math.log(own) if own > 1e-6 else UNKNOWN


@lru_cache(maxsize=64)
def _contexts(name: str) -> tuple[Counter[str], Counter[str]]:
    """How often each letter outside ASCII, and each with the letter before ("é<t") and after it ("é>t"), comes in the words of a language."""
    single, pairs = Counter[str](), Counter[str]()
    for word in ACCENTED.get(name, "").split():
        for before, character, after in zip(f"_{word}", word, f"{word[1:]}_", strict=False):
            if character > "\x7f":
                small = character.lower()[:1]
                single[small] += 1
                pairs[f"{small}<{_neighbour(before)}"] += 1
                pairs[f"{small}>{_neighbour(after)}"] += 1
    return single, pairs


def _between(before: str, character: str, after: str, name: str) -> float:
    """By how much more the letter stands between these two in the language than if they were any two."""
    single, pairs = _contexts(name)
    times = single[character]
    ratios = ((pairs[f"{character}{side}"] + STIFFNESS * ANY_LETTER) / (times + STIFFNESS) for side in (f"<{before}", f">{after}"))
    return sum(math.log(ratio / ANY_LETTER) for ratio in ratios)


def _unlisted(character: str, kind: str, script: str) -> float:
    """How probable a character is that isn't among the common ones: by its level in the national standard, which goes by use."""
    if script == "ja":
        if kind == "k":
            return 2e-4
        if kind == "h":
            level = _lead(character, "euc_jp")
            return 5e-5 if 0xB0 <= level <= 0xCF else 1.5e-5 if level else 2e-6
        return {"w": 1e-4, "f": 5e-4}.get(kind, 0.0)
    if script == "zh" and kind == "h":
        level = _lead(character, "gb2312")
        return 8e-5 if 0xB0 <= level <= 0xD7 else 8e-6 if level else 2e-6
    if script == "zh-hant" and kind == "h":
        level = _lead(character, "big5")
        return 7e-5 if 0xA4 <= level <= 0xC6 else 5e-6 if level else 2e-6
    if script in ("zh", "zh-hant"):
        return 2e-4 if kind == "f" else 0.0
    if script == "ko":
        return {"o": 8e-5 if _lead(character, "euc_kr") else 3e-6, "h": 5e-6, "f": 1e-4}.get(kind, 0.0)
    return 0.0


def _lead(character: str, codec: str) -> int:
    """The first byte of the character's code, 0 where the codec lacks it or (EUC-JP) writes it in three bytes."""
    code = character.encode(codec, "ignore")
    return code[0] if len(code) == 2 else 0


@lru_cache(maxsize=1 << 17)
def _place(before: str, character: str, own: str, after: str) -> float:
    """What the neighbours' classes take off. A symbol's own rarity is in it, too, as symbols go with every language."""
    if own == "!":
        return PRIVATE_SCORE if "\ue000" <= character <= "\uf8ff" else BAD_SCORE
    if own == "s":
        return mark_score(before, character, after)
    if own in _EAST:
        return _eastern(before, own, after)
    score = 0.0
    if own in "lL":
        score -= 9.0 * (before in "cCr") + 9.0 * (after in "cCr") + 1.0 * (before in "lL")
        score -= 4.0 * (before in _EAST) + 4.0 * (after in _EAST)
    else:
        score -= 9.0 * (before in "aAlL") + 9.0 * (after in "aAlL")
        score -= 5.0 * (before not in LETTERS and after not in LETTERS)
    if own in "lc":
        score -= 4.0 * (before in "ALC" and after in "ALC")
    elif own in "LC":
        score -= 7.0 * (before in "alc") + 3.0 * (before in "ALC" and after in "alc") + 1.0
    score -= 3.0 * (before == "0") + 3.0 * (after == "0")
    score -= 0.5 * (before == "s") + 0.5 * (after == "s")
    return score


def _eastern(before: str, own: str, after: str) -> float:
    score = 0.0
    for neighbour in (before, after):
        if neighbour in "alc":
            score -= {"k": 3.0, "f": 5.0}.get(own, 8.0)
        elif neighbour in "ALC":
            score -= 6.0 if own == "w" else 2.0
        elif neighbour in "0" and own == "w":
            score -= 4.0
        elif neighbour in "s!":
            score -= 2.0
    alone = before not in _EAST and after not in _EAST
    return score - alone * (6.0 if own == "w" else 2.0)
