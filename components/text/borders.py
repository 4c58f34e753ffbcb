"""Where words and runs of one script begin and end: what tells whether a marked piece of a text is whole."""

import unicodedata

_SCRIPTS = ((0x3041, 0x309F, "hiragana"), (0x30A0, 0x30FF, "katakana"), (0xFF66, 0xFF9F, "katakana"))
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
# Scripts that are written without spaces between words, or whose words have endings written onto them: a border may lie anywhere.
_ANYWHERE = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "HALFWIDTH", "IDEOGRAPHIC")


def is_spaceless(character: str) -> bool:
    """Whether no space is written beside the character: a kana, a kanji, or a mark of East Asian width."""
    code = ord(character)
    return script(character) in ("han", "hiragana", "katakana") or 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF60


def script(character: str) -> str:
    """ "han", "hiragana", "katakana", "letter", "digit", or "" for anything else."""
    code = ord(character)
    if character in "々〆ヶ" or any(first <= code <= last for first, last in _HAN):
        return "han"
    named = next((name for first, last, name in _SCRIPTS if first <= code <= last), None)
    return named or ("letter" if character.isalpha() else "digit" if character.isdigit() else "")


def within_run(text: str, place: int) -> bool:
    """Whether the characters on both sides of `place` are of one script: no sign of a border."""
    return 0 < place < len(text) and script(text[place - 1]) == script(text[place]) != ""


def within_word(text: str, place: int) -> bool:
    """Whether `place` lies between two letters or digits of a script that puts spaces between its words."""
    return 0 < place < len(text) and _is_of_word(text[place - 1]) and _is_of_word(text[place])


def _is_of_word(character: str) -> bool:
    if character.isascii():
        return character.isalnum()
    return character.isalnum() and not unicodedata.name(character, "CJK").startswith(_ANYWHERE)
