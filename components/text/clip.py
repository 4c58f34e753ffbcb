"""Texts that are too long for their place: cut, with a sign that they were."""

import itertools
import unicodedata


def clip(text: str, most: int) -> str:
    """`text` on one line, with "…" as the last of `most` characters where it has more."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def clip_to_width(text: str, most: int) -> str:
    """`text` at most as wide as `most` Latin letters, "…" included; a Japanese character is as wide as two."""
    ends = list(itertools.accumulate(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text))
    if not ends or ends[-1] <= most:
        return text
    return text[: sum(end < most for end in ends)] + "…"
