"""Exact characters for Japanese: where each token of a `BertJapaneseTokenizer` stands in the text as it was typed.

That tokenizer has no offsets of its own. It rewrites the text by NFKC (half-width kana become full-width, ㍿ becomes 株式会社),
lets MeCab cut the result into morphemes, and WordPiece the morphemes into tokens. The way back is kept at each step here:
every normalised character remembers the stretch of the original it came from. So `text[start:end]` is always a piece of the
original text, and the tokens are the tokenizer's own (the tests compare them for any text).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from components.text import mecab

Span = tuple[int, int]


@dataclass(frozen=True)
class Normalized:
    """`text` in NFKC; `spans[i]` is the stretch of the original (start, end) that character i came from."""

    text: str
    spans: tuple[Span, ...]

    def original(self, start: int, end: int) -> Span:
        """The stretch of the original behind the normalised characters start..end (end exclusive, start < end)."""
        return self.spans[start][0], self.spans[end - 1][1]


@dataclass(frozen=True)
class Piece:
    """One token: its string in the vocabulary, its place in the original text, and the number of its morpheme."""

    token: str
    start: int
    end: int
    word: int


@dataclass(frozen=True)
class Morpheme:
    """A word as MeCab with UniDic sees it. `reading` is in katakana; "" where the dictionary has none."""

    text: str
    start: int
    end: int
    part_of_speech: str
    base_form: str
    reading: str


def normalize(text: str) -> Normalized:
    """NFKC with the way back.

    The text is cut where no character can join with the one before it (Unicode Standard Annex 15, section 9: a starter that
    never composes with what precedes), so the parts can be normalised one by one and the whole is still exactly NFKC.
    """
    if text.isascii():
        return Normalized(text, tuple((i, i + 1) for i in range(len(text))))
    pieces: list[str] = []
    spans: list[Span] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and not _starts_anew(text[end]):
            continue
        part = unicodedata.normalize("NFKC", text[start:end])
        pieces.append(part)
        # A part of several characters that comes out unchanged (か゚ has no composed form) is still mapped one to one.
        same = part == text[start:end]
        spans.extend((start + i, start + i + 1) if same else (start, end) for i in range(len(part)))
        start = end
    return Normalized("".join(pieces), tuple(spans))


def pieces(tokenizer: Any, text: str) -> list[Piece]:
    """The tokens of `text` by a BertJapaneseTokenizer, without [CLS] and [SEP], each with its place in `text`.

    A morpheme or token that comes from one original character (㍿) shares that character's place with its neighbours.
    Tokenizers are not safe under threads: the caller holds a lock.
    """
    aligned: list[Piece] = []
    # The same morphemes come again and again in a long text: each is cut into subwords once.
    subwords: dict[str, list[tuple[str, int, int]]] = {}
    word = 0
    for start, part, is_special in _split_at_special_tokens(tokenizer, text):
        if is_special:
            aligned.append(Piece(part, start, start + len(part), word))
            word += 1
            continue
        normal = normalize(part)
        for first, surface in _words(tokenizer, normal.text):
            before = len(aligned)
            if surface not in subwords:
                subwords[surface] = _subwords(tokenizer, surface)
            for token, low, high in subwords[surface]:
                original = normal.original(first + low, first + high)
                aligned.append(Piece(token, start + original[0], start + original[1], word))
            word += len(aligned) > before
    return aligned


def morphemes(text: str) -> tuple[Morpheme, ...]:
    """The morphemes of `text` with part of speech, base form and reading (fugashi, unidic-lite)."""
    normal = normalize(text.replace("\0", " "))
    analysed = []
    with mecab.LOCK:
        for position, node in mecab.nodes(mecab.unidic(), normal.text):
            start, end = normal.original(position, position + len(node.surface))
            feature = node.feature
            parts = [part for part in (feature.pos1, feature.pos2) if part and part != "*"]
            base = feature.orthBase if feature.orthBase and feature.orthBase != "*" else node.surface
            analysed.append(Morpheme(text[start:end], start, end, "-".join(parts), base, feature.kana or feature.pron or ""))
    return tuple(analysed)


def is_japanese_tokenizer(tokenizer: Any) -> bool:
    return type(tokenizer).__name__ == "BertJapaneseTokenizer"


def _words(tokenizer: Any, normalized: str) -> list[tuple[int, str]]:
    """(position, surface) of each word of the normalised text."""
    tagger = getattr(getattr(tokenizer, "word_tokenizer", None), "mecab", None)
    if tagger is not None:
        return [(word.start, word.surface) for word in mecab.bounded(tagger)(normalized)]
    words = []
    position = 0
    surfaces = tokenizer.word_tokenizer.tokenize(normalized) if getattr(tokenizer, "do_word_tokenize", False) else [normalized]
    for surface in surfaces:
        position = max(position, normalized.find(surface, position))
        words.append((position, normalized[position : position + len(surface)]))
        position += len(surface)
    return words


def _subwords(tokenizer: Any, surface: str) -> list[tuple[str, int, int]]:
    """(token, start, end) of each subword, places within `surface`."""
    lowered = surface.lower() if tokenizer.do_lower_case else surface
    # Lower case can be longer than upper case (İ): then each lowered character points at the one it came from.
    same_length = len(lowered) == len(surface)
    origin = range(len(surface)) if same_length else [i for i, character in enumerate(surface) for _ in character.lower()]
    if not tokenizer.do_subword_tokenize:
        return [(lowered, 0, len(surface))]
    subwords = []
    by_character = tokenizer.subword_tokenizer_type == "character"
    for part in re.finditer(r".+" if by_character else r"\S+", lowered, re.DOTALL):
        tokens = tokenizer.subword_tokenizer.tokenize(part[0])
        lengths = [1 if by_character else len(token.removeprefix("##")) for token in tokens]
        if tokens == [tokenizer.unk_token]:
            lengths = [len(part[0])]
        elif sum(lengths) != len(part[0]):
            # A subword tokenizer that rewrites the word once more: its tokens share the word's place.
            subwords += [(token, origin[part.start()], origin[part.end() - 1] + 1) for token in tokens]
            continue
        low = part.start()
        for token, length in zip(tokens, lengths, strict=True):
            subwords.append((token, origin[low], origin[low + length - 1] + 1))
            low += length
    return subwords


def _split_at_special_tokens(tokenizer: Any, text: str) -> list[tuple[int, str, bool]]:
    """(start, part, is special): the tokenizer takes "[MASK]" and its like out of the text before anything else."""
    special = sorted({*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}, key=len, reverse=True)
    pattern = re.compile("(" + "|".join(map(re.escape, special)) + ")")
    parts = []
    position = 0
    for index, part in enumerate(pattern.split(text)):
        if part:
            parts.append((position, part, index % 2 == 1))
        position += len(part)
    return parts


@cache
def _starts_anew(character: str) -> bool:
    """Can the text be cut before `character` without changing its NFKC?"""
    first = unicodedata.normalize("NFKD", character)[:1]
    return bool(first) and not unicodedata.combining(first) and first not in _joining()


@cache
def _joining() -> frozenset[str]:
    """Starters that can compose with the character before them: second halves of canonical pairs, and Hangul vowels and finals."""
    second = set()
    for code in range(0x110000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            second.add(chr(int(parts[1], 16)))
    return frozenset(second | {chr(code) for code in [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]})
