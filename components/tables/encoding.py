"""Which characters the bytes of a file stand for: byte-order mark, then strict UTF-8, then chardet; the user's own choice goes first."""

import codecs
import re
from dataclasses import dataclass

import chardet

from components.errors import TableError

# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What people are offered as an override, commonest first.
ENCODINGS = (
    "utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
    "cp1252", "latin-1", "gb18030", "big5", "euc_kr", "koi8-r", "cp1251",
)  # fmt: skip
# Python knows these as text encodings, but they are not encodings of files (and punycode is quadratic).
NOT_OF_FILES = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf-7"}
# chardet names the standard; files follow the vendor's superset (NEC and IBM rows such as (1) in a circle or the tall "taka").
SUPERSETS = {"shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "utf-8"}
SAMPLE = 256 * 1024
LINE_START = 4096  # how much of a line is looked at before its first byte that isn't ASCII
UNSURE = 0.15  # chardet's confidence under which short Japanese files are looked at again

BAD = "\udcff"  # stands where bytes had no meaning; a lone surrogate never occurs in decoded text
_SURROGATE = re.compile("[\ud800-\udfff]")
_JAPANESE = re.compile("[ぁ-んァ-ヶー一-龠々〆、。「」！？・　-〿０-９Ａ-Ｚａ-ｚ①-⑳]")
_TELLING = re.compile(rb"[\x80-\xff\x1b]")
_HALF_WIDTH_KANA = re.compile("[｡-ﾟ]")

codecs.register_error("himotoku.mark", lambda error: (BAD, error.end))


@dataclass(frozen=True)
class Decoded:
    """A file as text, the codec it was read by, and how many places had no meaning in it (U+FFFD stands there)."""

    text: str
    encoding: str
    unreadable: int


def decode(data: bytes, chosen: str | None = None) -> Decoded:
    """The whole of a text file, line ends as "\\n". `chosen` is the user's codec. Raises TableError as `find_encoding` does."""
    codec = find_encoding(data, chosen)
    text = data.decode(codec, errors="himotoku.mark").removeprefix("\ufeff")
    return Decoded(repaired(text.replace("\r\n", "\n").replace("\r", "\n")), codec, text.count(BAD))


def damaged(text: str) -> bool:
    """Whether `text` holds a place that could not be decoded, or a lone surrogate from a JSON escape."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def repaired(text: str) -> str:
    """`text` with U+FFFD where it is damaged: for showing, never for training."""
    return _SURROGATE.sub("�", text)


def find_encoding(data: bytes, chosen: str | None = None) -> str:
    """The Python codec for `data`. `chosen` is the user's override. Raises TableError for an unknown codec or bytes that aren't text."""
    if chosen:
        return _checked(data, chosen)
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    wide = _utf16_without_mark(data[:SAMPLE])
    if wide:
        return wide
    if _looks_binary(data[:SAMPLE]):
        raise TableError("training.not-text")
    if _is_utf8(data) and b"\x1b$" not in data:  # ISO-2022-JP is 7-bit: its escapes are valid UTF-8
        return "utf-8"
    return _guess(data)


def _checked(data: bytes, chosen: str) -> str:
    try:
        info = codecs.lookup(chosen)
    except (LookupError, ValueError):
        raise TableError("training.unknown-encoding", name=chosen[:40]) from None
    if not info._is_text_encoding or info.name.replace("-", "_") in NOT_OF_FILES | {"utf_7"}:
        raise TableError("training.unknown-encoding", name=chosen[:40])
    if info.name == "utf-8" and data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return info.name


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8, but for one damaged place in twenty characters: a few bad bytes must not turn a file into another
    language.
    """
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="himotoku.mark")
    for start in range(0, len(data), SAMPLE):
        text = decoder.decode(data[start : start + SAMPLE], final=start + SAMPLE >= len(data))
        if not text.isascii():
            broken = text.count(BAD)
            bad += broken
            good += len(text) - len(text.encode("ascii", "ignore")) - broken
        if bad > 100 and bad > good:
            return False
    return bad * 20 <= good


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 of mostly Latin text or with line ends betrays itself by zero bytes on one side only."""
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even + odd < 2 or min(even, odd) * 20 > max(even, odd):
        return None
    codec = "utf-16-le" if odd > even else "utf-16-be"
    text = sample[: len(sample) // 2 * 2].decode(codec, errors="himotoku.mark")
    line_ends = text.count("\n") + text.count("\r")
    zeros_everywhere = max(even, odd) * 5 > len(sample)  # at least 40% of one side
    return codec if text.count(BAD) * 100 <= len(text) and (line_ends or zeros_everywhere) and "\x00" not in text else None


def _looks_binary(sample: bytes) -> bool:
    """Pictures, archives and programs: many control bytes. Some stray zero bytes in a text are listed row by row instead."""
    control = len(re.findall(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", sample))
    return control >= 8 and control * 20 > len(sample)


def _guess(data: bytes) -> str:
    sample = b"".join(_telling_lines(data))
    found = chardet.detect(sample)
    name = _python_name(found["encoding"])
    if name and found["confidence"] >= UNSURE:
        return name
    candidates = [(score, codec) for codec in ("euc_jp", "cp932") if (score := _japanese_share(sample, codec)) >= 0.5]
    if candidates:
        return max(candidates)[1]
    if _decodes(sample, "cp1252"):
        return "cp1252"
    return name or "latin-1"


def _telling_lines(data: bytes) -> list[bytes]:
    """The first SAMPLE bytes of lines that aren't ASCII alone: ASCII says nothing and would fill the sample. A line starts LINE_START bytes
    before its first telling byte at the most.
    """
    lines, size, position = [], 0, 0
    while size < SAMPLE and (telling := _telling(data, position)) is not None:
        start = max(position, telling - LINE_START)
        start = max(start, data.rfind(b"\n", start, telling) + 1, data.rfind(b"\r", start, telling) + 1)
        stop = start + SAMPLE - size
        position = min((end + 1 for mark in (b"\n", b"\r") if (end := data.find(mark, telling, stop)) >= 0), default=min(stop, len(data)))
        lines.append(data[start:position])
        size += position - start
    return lines


def _telling(data: bytes, position: int) -> int | None:
    """Where the next byte stands that isn't ASCII or begins an escape. In pieces, as one search holds the interpreter to its end."""
    for start in range(position, len(data), SAMPLE):
        if found := _TELLING.search(data, start, start + SAMPLE):
            return found.start()
    return None


def _python_name(name: str | None) -> str | None:
    try:
        known = codecs.lookup(name or "").name
    except LookupError:
        return None
    # The EBCDIC pages of mainframes, which chardet also knows, turn every letter and comma into another; no table comes in them.
    return SUPERSETS.get(known, known) if "a,".encode(known, "replace") == b"a," else None


def _decodes(sample: bytes, codec: str) -> bool:
    try:
        sample.decode(codec)
    except UnicodeError:
        return False
    return True


def _japanese_share(sample: bytes, codec: str) -> float:
    """The part of the non-ASCII characters that Japanese text uses, 0 where the bytes are not of this codec."""
    if not _decodes(sample, codec):
        return 0.0
    text = [character for character in sample.decode(codec) if character > "\x7f"]
    joined = "".join(text)
    # Wrongly decoded EUC-JP looks like half-width kana, so those count for less.
    return (len(_JAPANESE.findall(joined)) + 0.6 * len(_HALF_WIDTH_KANA.findall(joined))) / max(len(text), 1)
