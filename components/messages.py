"""The sentences of the interface, read straight from the gettext catalogues under content/<language>/.

Lowest floor: knows Babel alone, so that an error raised anywhere can be worded in either language, on a page or in a script.
A message's id is "<catalogue>.<name>", for example "attention.title" in content/en/attention.po.
"""

from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

LANGUAGES = ("en", "ja")
CONTENT = Path(__file__).resolve().parent.parent / "content"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of one language, id -> text. Raises ValueError for an unknown language or an id given twice."""
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: expected one of {LANGUAGES}")
    messages: dict[str, str] = {}
    for path in sorted((CONTENT / language).glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale=language, abort_invalid=True):
                if not entry.id:
                    continue
                assert isinstance(entry.id, str) and isinstance(entry.string, str), "no plural forms here: see `_Words`"
                if entry.id in messages:
                    raise ValueError(f"{path}: message {entry.id!r} stands twice")
                messages[entry.id] = entry.string
    return messages


def message(key: str, language: str, /, **values: object) -> str:
    """The text of `key` in `language`, its {names} replaced by `values`. Raises KeyError for an unknown key or a missing value."""
    text = catalogue(language)[key]
    return _WORDS.vformat(text, (), values) if values else text


class _Words(Formatter):
    """Python's format, and `{n:row has|rows have}`: the first wording where n is one, the second for any other number."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if bar:
            return one if str(value) == "1" else many
        return str(super().format_field(value, format_spec))


_WORDS = _Words()
