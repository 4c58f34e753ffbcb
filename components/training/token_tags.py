"""Marked pieces of a text as BIO tags of its tokens, window by window."""

from collections.abc import Mapping, Sequence

from components.tables.span_cells import Marked
from components.text.tokens import AlignedText
from components.text.windows import Window

IGNORED = -100  # torch's cross entropy leaves these tokens out
Piece = tuple[int, int, str]  # first token, last token, type


def pieces_in(aligned: AlignedText, spans: Sequence[Marked]) -> list[Piece]:
    """The pieces, sorted and not overlapping, that hold a token of their own: all tokens that share a character with them."""
    pieces: list[Piece] = []
    token = 0
    for start, end, name in spans:
        while token < len(aligned) and aligned.spans[token][1] <= start:
            token += 1
        first = token
        while token < len(aligned) and aligned.spans[token][0] < end:
            token += 1
        if token > first:
            pieces.append((first, token - 1, name))
    return pieces


def cuts_a_word(aligned: AlignedText, piece: Piece) -> bool:
    """Whether a piece begins or ends within a word."""
    first, last, _ = piece
    words = aligned.words
    return (first > 0 and words[first - 1] == words[first]) or (last + 1 < len(words) and words[last + 1] == words[last])


def window_tags(pieces: Sequence[Piece], window: Window, windows: Sequence[Window], number: Mapping[str, int]) -> list[int]:
    """The tags to learn for the tokens of a window: B- on a piece's first token, I- on the others. A piece that the window's edge cuts is left out
    where another window holds it whole."""
    start, end = window
    tags = [0] * (end - start)
    for first, last, name in pieces:
        if last < start or first >= end:
            continue
        cut = first < start or last >= end
        elsewhere = cut and any(low <= first and last < high for low, high in windows)
        for token in range(max(first, start), min(last + 1, end)):
            tags[token - start] = IGNORED if elsewhere else number[f"{'B' if token == first else 'I'}-{name}"]
    return tags
