"""Terms in prose: where one first stands on a page, its sentence of the glossary comes at a touch.

The marks are `<abbr>` in the app's own prose, which no visitor can write; nothing else in it is HTML (a test says so).
"""

import re
from functools import cache
from html import escape

from components.ui.state.language import sections

# Where no mark goes: formulas, code, links, bold beginnings of a part, lines of a table, headings.
_KEPT = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$|`[^`]+`|\[[^\]]*\]\([^)]*\)|^\*\*[^*]+\*\*|^\|.*$|^#.*$|:[a-z-]+\[", re.MULTILINE | re.DOTALL)
ALSO_USUAL = {"Run", "Precision", "Recall"}  # words of everyday prose as well: a mark would explain something else
_EMPHASIS = re.compile(r"(?<!\*)\*{1,2}([^*\n]+)\*{1,2}(?!\*)")
_NAMED = re.compile(r"\*\*(.+?)[.。]\*\*\s*(.+)", re.DOTALL)
_SCRIPTS = ("\u4e00-\u9fff々", "\u30a0-\u30ff", "A-Za-z0-9")


@cache
def _terms(language: str) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """(what it looks like in a text, name, sentence) of every term, the longest names first."""
    found = []
    for text in sections(language, "glossary").values():
        if (match := _NAMED.match(text)) and match[1] not in ALSO_USUAL:
            found.append((_pattern(match[1], language), match[1], f"{match[1]}{'. ' if language == 'en' else '：'}{match[2].strip()}"))
    return tuple(sorted(found, key=lambda one: -len(one[1])))


def _pattern(name: str, language: str) -> re.Pattern[str]:
    """A name as a word of its own: in Japanese, characters of the same script beside it would make it another word."""
    if language == "en":
        return re.compile(rf"(?<![\w-]){re.escape(name)}s?(?![\w-])", 0 if name.isupper() else re.IGNORECASE)
    before, after = (next((kind for kind in _SCRIPTS if re.match(f"[{kind}]", end)), "") for end in (name[0], name[-1]))
    return re.compile((f"(?<![{before}])" if before else "") + re.escape(name) + (f"(?![{after}])" if after else ""))


def with_terms(text: str, language: str, seen: set[str]) -> str:
    """Markdown of the app's own with marks at the terms that are not in `seen`, to which they are added."""
    kept = [found.span() for found in _KEPT.finditer(text)]
    marks: list[tuple[int, int, str]] = []
    for pattern, name, sentence in _terms(language):
        if name in seen:
            continue
        taken = [*kept, *((start, end) for start, end, _ in marks)]
        for found in pattern.finditer(text):
            span = _with_emphasis(text, *found.span())
            if span and not any(start < span[1] and span[0] < end for start, end in taken):
                marks.append((*span, sentence))
                seen.add(name)
                break
    for start, end, sentence in sorted(marks, reverse=True):
        text = f'{text[:start]}<abbr tabindex="0" title="{escape(_plain(sentence))}">{text[start:end]}</abbr>{text[end:]}'
    return text


def _with_emphasis(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The place of a term with the signs of its emphasis, which stay signs only where a letter follows; None within a longer emphasis."""
    for emphasis in _EMPHASIS.finditer(text):
        if emphasis.start() < start and end < emphasis.end():
            return emphasis.span() if (emphasis.start(1), emphasis.end(1)) == (start, end) else None
    return start, end


def _plain(sentence: str) -> str:
    """A sentence of the glossary without its marks of Markdown."""
    return " ".join(re.sub(r"[*`$]|\[([^\]]+)\]\([^)]*\)", r"\1", sentence).split())
