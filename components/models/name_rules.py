"""What is never part of a name, and what is never cut by one, whatever a tagger's tags say: emoji, addresses, handles, joined words.

The rules hold for the bundled taggers and their training. An emoji is read as white space, and no name goes across it. An e-mail or
web address and a handle (@name) are no names; neither is the # of a hashtag, though its word may be one. Capitalised parts that are
joined without a space (Jean-Claude, O'Brien, AT&T) and a domain (Booking.com) are one word each, in a name as a whole or not at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex  # re knows no property of emoji

from components.text.tokens import AlignedText, Span

EMOJI = regex.compile(
    r"(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[0-9#*]\uFE0F?\u20E3)"
    r"[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u200D\U000E0020-\U000E007F]*"
)
NO_NAME = re.compile(
    r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"  # an e-mail address
    r"|(?:https?://|www\.)[!-~]+"
    r"|[@＠][A-Za-z0-9_]*"  # a handle
    r"|[#＃](?=\w)",
    re.IGNORECASE,
)
ONE_WORD = re.compile(
    r"(?<![A-Za-zÀ-ɏ0-9])[A-ZÀ-Þ][A-Za-zÀ-ɏ0-9]*(?:[-‐'’&](?!S\b)[A-ZÀ-Þ][A-Za-zÀ-ɏ0-9]*)+"
    r"|(?<![A-Za-z0-9.@-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|org|net|edu|gov|info|io|ai|tv|jp|uk|de|fr|co)(?![A-Za-z0-9-])"
)


@dataclass(frozen=True)
class NameRules:
    """For each token: words (T,), the number of the word that a name may not cut; closed (T,), it is in no name; apart (T,), no name
    goes on from the token before into it."""

    words: tuple[int, ...]
    closed: tuple[bool, ...]
    apart: tuple[bool, ...]


def without_emoji(text: str) -> str:
    """`text` with a space for each character of its emoji, so that all places stay."""
    return str(EMOJI.sub(lambda found: " " * len(found.group()), text))


def no_names(text: str) -> list[Span]:
    """Where emoji, addresses, handles and the # of hashtags stand."""
    return [*(found.span() for found in EMOJI.finditer(text)), *(found.span() for found in NO_NAME.finditer(text))]


def rules_for(aligned: AlignedText) -> NameRules:
    """The rules for the tokens of a text whose emoji were read as spaces; `aligned.text` still has them."""
    closed = _within(aligned.spans, [found.span() for found in NO_NAME.finditer(aligned.text)])
    joined = _within(aligned.spans, [found.span() for found in ONE_WORD.finditer(aligned.text)])
    emoji = [found.start() for found in EMOJI.finditer(aligned.text)]
    words: list[int] = []
    for token, word in enumerate(aligned.words):
        goes_on = token > 0 and (word == aligned.words[token - 1] or joined[token] == joined[token - 1] != 0)
        words.append(words[-1] if goes_on else token)
    apart = [False] * len(aligned)
    place = 0
    for token, ((_, end), (start, _)) in enumerate(pairwise(aligned.spans), 1):
        while place < len(emoji) and emoji[place] < end:
            place += 1
        apart[token] = place < len(emoji) and emoji[place] < start
    return NameRules(tuple(words), tuple(number > 0 for number in closed), tuple(apart))


def _within(spans: Sequence[Span], stretches: list[Span]) -> list[int]:
    """For each span the number, from 1, of the stretch of text that it overlaps, 0 for none; both in the order of the text."""
    numbers, place = [], 0
    for start, end in spans:
        while place < len(stretches) and stretches[place][1] <= start:
            place += 1
        numbers.append(place + 1 if place < len(stretches) and stretches[place][0] < end else 0)
    return numbers
