"""A visitor's words inside a line of Markdown: shown as they are, never read as formatting."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>$<&])")
_SHORTCODE = re.compile(r":(?=[A-Za-z])")


def plain(text: str, most: int = 200) -> str:
    """`text` on one line, at most `most` characters, with every mark of Markdown (and of Streamlit's :colours[]) disarmed."""
    line = " ".join(text.split())
    shown = line if len(line) <= most else line[: most - 1] + "…"
    return _SHORTCODE.sub(":\u200b", _MARKS.sub(r"\\\1", shown))
