"""A lesson in one address: its steps, each a page with its settings and a teacher's note. Nothing of it is kept on the server.

The address is a stranger's: only pages that there are, only their own keys, and everything has a bound.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from components.errors import UserError

from .keys import ALIASES, PREFIXES, SHARED

LESSON, STEP = "lesson", "step"  # names in the address: the packed lesson, and which of its steps is looked at, from 1
MOST_STEPS, MOST_NOTE = 20, 200  # steps of a lesson, characters of a note
MOST_PACKED = 4_000  # characters in the address: mail programs and servers cut long ones
MOST_UNPACKED = 40_000  # bytes; a small text can unpack to a huge one
MOST_PASTED = 100_000  # characters of links that are read
SECRET = ("visitor", "key", "run", "from")  # whose runs, and which: a teacher's own, never a class's
PACKED = re.compile(r"[A-Za-z0-9_-]+")


class LessonError(UserError):
    """A lesson that can't be made of these links, or opened from this address. Its keys stand in content/<language>/lesson.po."""


@dataclass(frozen=True)
class Step:
    """One step: a page, what its address says, and a note, which is the text of whoever made the lesson."""

    page: str
    settings: tuple[tuple[str, str], ...] = ()
    note: str = ""


def belongs(key: str, page: str) -> bool:
    """Whether a name in the address is `page`'s own."""
    if key in SHARED:
        return False
    rests = [key.removeprefix(prefix) for prefix in PREFIXES[page] if key.startswith(prefix)]
    return any(not (rest[:1].isascii() and rest[:1].isalnum()) for rest in rests)


def pack(steps: Sequence[Step]) -> str:
    """The lesson as one value for the address. Raises LessonError where it gets too long."""
    said = json.dumps([[step.page, dict(step.settings), step.note] for step in steps], ensure_ascii=False, separators=(",", ":"))
    packed = base64.urlsafe_b64encode(zlib.compress(said.encode(), 9)).rstrip(b"=").decode()
    if len(packed) > MOST_PACKED or len(said.encode()) > MOST_UNPACKED:
        raise LessonError("lesson.too_long", found=f"{len(packed):,}", most=f"{MOST_PACKED:,}")
    return packed


def unpack(packed: str) -> tuple[Step, ...]:
    """The steps of `pack`. Raises LessonError for what no `pack` made: too long, cut off, a page that isn't, a key of another page."""
    if len(packed) > MOST_PACKED:
        raise LessonError("lesson.too_long", found=f"{len(packed):,}", most=f"{MOST_PACKED:,}")
    try:
        if not PACKED.fullmatch(packed):
            raise ValueError
        reader = zlib.decompressobj()
        said = reader.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MOST_UNPACKED)
        if not reader.eof or reader.unused_data:
            raise ValueError
        steps = [Step(page, tuple(settings.items()), note) for page, settings, note in json.loads(said)]
    except (ValueError, TypeError, AttributeError, RecursionError, zlib.error, binascii.Error):
        raise LessonError("lesson.broken") from None
    texts = [text for step in steps for text in (step.page, step.note, *(part for pair in step.settings for part in pair))]
    if not 1 <= len(steps) <= MOST_STEPS or not all(isinstance(text, str) and _is_text(text) for text in texts):
        raise LessonError("lesson.broken")
    try:
        for number, step in enumerate(steps, 1):
            _check(step, number)
    except LessonError:
        raise LessonError("lesson.refused") from None
    return tuple(steps)


def read_links(pasted: str) -> tuple[Step, ...]:
    """Links of pages, one a line, each with an optional note after it. Raises LessonError with the line's number."""
    if len(pasted) > MOST_PASTED:
        raise LessonError("lesson.too_long", found=f"{len(pasted):,}", most=f"{MOST_PASTED:,}")
    lines = [(number, line.strip()) for number, line in enumerate(pasted.splitlines(), 1) if line.strip()]
    if not lines:
        raise LessonError("lesson.no_links")
    if len(lines) > MOST_STEPS:
        raise LessonError("lesson.too_many", found=len(lines), most=MOST_STEPS)
    steps = tuple(_step_of(line, number) for number, line in lines)
    for (number, _), step in zip(lines, steps, strict=True):
        _check(step, number)
    return steps


def _step_of(line: str, number: int) -> Step:
    link, _, note = line.replace("\u3000", " ").partition(" ")
    try:
        address = urlsplit(link)
        pairs = parse_qsl(address.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise LessonError("lesson.no_link", line=number) from None
    if not address.scheme.startswith("http") or not address.netloc:
        raise LessonError("lesson.no_link", line=number)
    page = unquote(address.path).rstrip("/").rpartition("/")[2] or "overview"
    renamed = ((ALIASES.get(page, {}).get(key, key), value) for key, value in pairs)
    settings = {
        key: value for key, value in renamed if key not in ("lang", LESSON, STEP)
    }  # each reader's own, and the lesson that it was copied in
    return Step(page, tuple(settings.items()), note.strip())


def _check(step: Step, number: int) -> None:
    """Raises LessonError with the step's number for what no step may have."""
    if step.page not in PREFIXES:
        raise LessonError("lesson.no_page", line=number, page=step.page)
    for key, _ in step.settings:
        if key in SECRET:
            raise LessonError("lesson.secret", line=number, name=key)
        if not belongs(key, step.page):
            raise LessonError("lesson.foreign", line=number, name=key)
    if len(step.note) > MOST_NOTE:
        raise LessonError("lesson.long_note", line=number, found=len(step.note), most=MOST_NOTE)


def _is_text(text: str) -> bool:
    """Whether it can be sent to a browser: half of a surrogate pair can't."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
