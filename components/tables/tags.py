"""Tokens and their tags become a text with marked pieces: IOB1, IOB2 (BIO), IOBES and BILOU (Ramshaw & Marcus 1995; Ratinov & Roth 2009)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from components.tables.span_cells import Marked
from components.text.borders import is_spaceless

TAG = re.compile(r"O|[BIESULM][-_]\S+")
_BEGINS, _ENDS = ("B", "S", "U"), ("E", "L", "S", "U")


@dataclass(frozen=True)
class TaggedText:
    """`unbegun`: pieces whose first tag says that they go on (I- without B-), read as their beginning."""

    text: str
    spans: tuple[Marked, ...]
    unbegun: int


def tagged_text(tokens: Sequence[str], tags: Sequence[str], recorded: str = "") -> TaggedText:
    """The text of tokens with the pieces that their tags mark. recorded: the text as it was before it was cut, used where it holds the tokens."""
    places = _places_in(recorded, tokens) if recorded else None
    text = recorded
    if places is None:
        text, places = _joined(tokens)
    pieces, unbegun = pieces_of(tags)
    spans = tuple((places[first][0], places[last][1], name) for first, last, name in pieces)
    return TaggedText(text, spans, unbegun)


def pieces_of(tags: Sequence[str]) -> tuple[list[tuple[int, int, str]], int]:
    """(first token, last token, name) of each piece, and how many begin with a tag that says that they go on."""
    pieces: list[tuple[int, int, str]] = []
    unbegun = 0
    open_ = ""
    for place, tag in enumerate(tags):
        mark, name = ("", "") if tag == "O" else (tag[0], tag[2:])
        if name and open_ == name and mark not in _BEGINS:
            pieces[-1] = (pieces[-1][0], place, name)
        elif name:
            unbegun += mark not in _BEGINS
            pieces.append((place, place, name))
        open_ = "" if mark in _ENDS else name
    return pieces, unbegun


def _joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The tokens with spaces between them, but none beside a kana or a kanji."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = 0
    for token in tokens:
        if parts and token and parts[-1] and not is_spaceless(parts[-1][-1]) and not is_spaceless(token[0]):
            parts.append(" ")
            length += 1
        parts.append(token)
        places.append((length, length + len(token)))
        length += len(token)
    return "".join(parts), places


def _places_in(text: str, tokens: Sequence[str]) -> list[tuple[int, int]] | None:
    """Where the tokens stand in `text`, one after another with nothing but space between them; None where they don't."""
    places: list[tuple[int, int]] = []
    position = 0
    for token in tokens:
        while position < len(text) and text[position].isspace():
            position += 1
        if not text.startswith(token, position):
            return None
        places.append((position, position + len(token)))
        position += len(token)
    return places if not text[position:].strip() else None
