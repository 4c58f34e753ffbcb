"""A visitor's words inside a line of Markdown: shown as they are, never read as formatting."""

import re

from components.text.clip import clip

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>$<&])")
# Joiners of letters and of emoji (👨‍👩‍👧 is three people and two of them) are not printable and belong to the text all the same.
_KEPT = " \u200c\u200d"
_SIGNS = {"\n": "↵", "\t": "⇥"}
# An address of the net becomes a link by itself, its marks disarmed or not; a character of no width ends what is taken for one.
_LINKS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\\?\.)|(?<=@)", re.IGNORECASE)
_SHORTCODE = re.compile(r":(?=[A-Za-z])")


def escaped_markdown(text: str, most: int = 200) -> str:
    """`text` on one line, at most `most` characters, with every mark of Markdown (and of Streamlit's :colours[]) disarmed and no link made."""
    return _LINKS.sub("\u200b", _SHORTCODE.sub(":\u200b", _MARKS.sub(r"\\\1", clip(text, most))))


def printable(text: str) -> str:
    """`text` with control characters and marks of direction made visible, so that a chip shows that there is something and turns nothing
    round."""
    return "".join(character if character.isprintable() or character in _KEPT else _SIGNS.get(character, "�") for character in text)


def printable_lines(text: str) -> str:
    """`printable` of a text that keeps its line breaks; a tabulator is four spaces."""
    return "\n".join(printable(line) for line in text.replace("\r\n", "\n").replace("\t", "    ").split("\n"))
