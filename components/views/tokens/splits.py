"""One text cut by a dictionary and by several tokenizers, on one ruler of characters, and what is said of the cuts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from components.text.japanese import morphemes
from components.text.language import has_japanese
from components.text.tokens import AlignedText, Span

_LATIN_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


@dataclass(frozen=True)
class WordPiece:
    """What stands in a track over text[start:end]: its tokens and their ids, one unless several come from the same characters (㍿).
    continues: goes on with the word before it."""

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    start: int
    end: int
    unknown: bool
    continues: bool


@dataclass(frozen=True)
class Word:
    """A word of the text; part_of_speech, reading and base_form as the dictionary has them, "" for a text without Japanese."""

    text: str
    start: int
    end: int
    part_of_speech: str = ""
    reading: str = ""
    base_form: str = ""


@dataclass(frozen=True)
class Track:
    """One tokenizer's pieces, in the text's order. tokens: how many it makes; unknown: how many of them it doesn't know."""

    id: str
    pieces: tuple[WordPiece, ...]
    tokens: int
    unknown: int
    japanese: bool


@dataclass(frozen=True)
class Finding:
    """What stands above the tracks. unknown: `track` doesn't know `parts`; cut: it makes `count` pieces of the word `parts[0]`; counts: how many
    pieces each makes. span: the part of the text that is looked at first."""

    kind: Literal["unknown", "cut", "counts"]
    track: Track
    parts: tuple[str, ...]
    count: int
    span: Span


def words_of(text: str) -> tuple[Word, ...]:
    """The dictionary's for Japanese; runs of letters, and every mark by itself, for the rest."""
    if not has_japanese(text):
        return tuple(Word(found.group(), *found.span()) for found in _LATIN_WORD.finditer(text))
    return tuple(Word(one.text, one.start, one.end, one.part_of_speech, one.reading, one.base_form) for one in morphemes(text))


def track_of(id: str, aligned: AlignedText, unknown_id: int | None, japanese: bool) -> Track:
    """The pieces of one tokenizer. Tokens of the same characters stand in one piece."""
    pieces: list[WordPiece] = []
    for position, token in enumerate(aligned.tokens):
        start, end = aligned.spans[position]
        unknown = aligned.ids[position] == unknown_id
        if pieces and start < pieces[-1].end:
            last = pieces.pop()
            tokens, ids = (*last.tokens, token), (*last.ids, aligned.ids[position])
            pieces.append(WordPiece(tokens, ids, last.start, max(last.end, end), last.unknown or unknown, last.continues))
        else:
            continues = position > 0 and aligned.words[position] == aligned.words[position - 1]
            pieces.append(WordPiece((token,), (aligned.ids[position],), start, end, unknown, continues))
    return Track(id, tuple(pieces), len(aligned), sum(id == unknown_id for id in aligned.ids), japanese)


def within(track: Track, span: Span) -> tuple[WordPiece, ...]:
    """The pieces that share a character with the span."""
    return tuple(piece for piece in track.pieces if piece.start < span[1] and piece.end > span[0])


def finding(text: str, words: Sequence[Word], tracks: Sequence[Track]) -> Finding:
    """What is most worth saying: what a tokenizer doesn't know (one that was made for another language first), else the word that is cut most,
    else the counts. ValueError without a track."""
    if not tracks:
        raise ValueError("no tokenizer")
    ordered = sorted(tracks, key=lambda track: track.japanese == has_japanese(text))  # made for another language first
    for track in ordered:
        if unknown := [piece for piece in track.pieces if piece.unknown]:
            parts = tuple(dict.fromkeys(text[piece.start : piece.end] for piece in unknown))
            return Finding("unknown", track, parts, len(parts), (unknown[0].start, unknown[0].end))
    own = ordered[-1]
    cuts = [
        (len(within(track, (word.start, word.end))) - (len(within(own, (word.start, word.end))) if track is not own else 1), track, word)
        for track in ordered
        for word in words
    ]
    if cuts:
        more, track, word = max(cuts, key=lambda cut: cut[0])
        span = (word.start, word.end)
        if more > 1:
            return Finding("cut", track, (text[word.start : word.end],), len(within(track, span)), span)
        return Finding("counts", own, (), own.tokens, span)
    return Finding("counts", own, (), own.tokens, (0, 1))
