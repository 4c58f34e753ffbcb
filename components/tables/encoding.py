"""Which characters the bytes of a file stand for.

A byte-order mark says it, zero bytes tell UTF-16 and UTF-32, escapes ISO-2022, and UTF-8 can hardly be anything else. The other encodings
are tried one by one on a sample: the reading that is most plausible as written text wins, with chardet's opinion among the reasons. The
user's own choice goes before all this.
"""

import codecs
import re
from dataclasses import dataclass

import chardet

from components.errors import TableError
from components.tables.evidence import PIECE, telling_lines, telling_words
from components.tables.known_encodings import CODECS, LATIN, SCRIPTS, Codec
from components.tables.plausibility import BAD, eastern, half_width, japanese_share, plausibility, unmixed

# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Python knows these as text encodings, but they are not encodings of files (and punycode is quadratic).
NOT_OF_FILES = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf-7"}
SAMPLE = 256 * 1024
FIRST_LOOK, SECOND_LOOK = 2_000, 12_000  # bytes of words by which readings are compared
HOPELESS = 40.0  # how far behind the best a reading may be after the first look
CLOSE = 6.0  # readings nearer than this are both shown
VOTE = 2.0  # what chardet's opinion counts
# What a clean Japanese reading may lack to be taken instead of one in Latin letters or of one in another script: most who come here read
# Japanese, and a label may be one character. Half-width kana are rarer than Cyrillic.
JAPANESE_FIRST, JAPANESE_AMONG_OTHERS, HALF_WIDTH_FIRST = 20.0, 8.0, 3.0
UNSURE = 0.15  # chardet's confidence under which very short Japanese is looked at again
ENGLISH = frozenset(b"the and that this with not are they you she have very would were".split())
GLIMPSE = 30  # characters shown on each side of a damaged place
SHOWN = 160  # characters of a line that is shown in two readings

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ESCAPES = (b"\x1b$", b"\x1b(J", b"\x1b(I")


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return BAD, error.end


codecs.register_error("himotoku.mark", _marked)


@dataclass(frozen=True)
class Other:
    """An encoding by which a file can be read as well: a line in the reading that was taken, and in this one."""

    encoding: str
    taken: str
    line: str


@dataclass(frozen=True)
class Found:
    """The codec for a file, and others that are about as plausible, the likeliest first."""

    encoding: str
    alternatives: tuple[Other, ...] = ()


@dataclass(frozen=True)
class Decoded:
    """A file as text, how it was read, and how many places had no meaning in it (U+FFFD stands there)."""

    text: str
    encoding: str
    unreadable: int
    alternatives: tuple[Other, ...] = ()


def decode(data: bytes, chosen: str | None = None) -> Decoded:
    """The whole of a text file, line ends as "\\n". `chosen` is the user's codec. Raises TableError as `find_readings` does."""
    found = find_readings(data, chosen)
    text = data.decode(found.encoding, errors="himotoku.mark").removeprefix("\ufeff").rstrip("\x1a")
    plain = repaired(text.replace("\r\n", "\n").replace("\r", "\n"))
    return Decoded(plain, found.encoding, text.count(BAD), found.alternatives)


def damaged(text: str) -> bool:
    """Whether `text` holds a place that could not be decoded, or a lone surrogate from a JSON escape."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def repaired(text: str) -> str:
    """`text` with U+FFFD where it is damaged: for showing, never for training."""
    return _SURROGATE.sub("�", text)


def glimpse(text: str) -> str:
    """The surroundings of the first damaged place in `text`, on one line, with U+FFFD where it is damaged."""
    found = _SURROGATE.search(text)
    start = max(found.start() - GLIMPSE, 0) if found else 0
    return " ".join(repaired(text[start : start + 2 * GLIMPSE]).split())


def find_encoding(data: bytes, chosen: str | None = None) -> str:
    """The Python codec for `data`. Raises TableError as `find_readings` does."""
    return find_readings(data, chosen).encoding


def find_readings(data: bytes, chosen: str | None = None) -> Found:
    """The Python codec for `data`, and others about as plausible. `chosen` is the user's override.

    Raises TableError for an unknown codec or bytes that aren't text.
    """
    if chosen:
        return Found(_checked(data, chosen))
    for mark, name in MARKS:
        if data.startswith(mark):
            return Found(name)
    sample = data[:SAMPLE].rstrip(b"\x1a")  # the end of a file under DOS, once or up to the end of a disk's sector
    if wide := _wide_without_mark(sample):
        return Found(wide)
    if _looks_binary(sample):
        raise TableError("training.not-text")
    if b"\x1b" in data and any(escape in data for escape in _ESCAPES) and (seven := _seven_bit(data)):  # escapes are valid UTF-8
        return Found(seven)
    good, bad = _counts_of_utf8(data)
    if bad * 20 <= good:  # a few bad bytes must not turn a file into another language
        return Found("utf-8")
    return _most_plausible(telling_lines(data), maybe_utf8=good > bad)


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


def _counts_of_utf8(data: bytes) -> tuple[int, int]:
    """How many characters outside ASCII UTF-8 finds in the bytes, and how many places that it can't read; counting ends where these are
    the most.
    """
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="himotoku.mark")
    for start in range(0, len(data), PIECE):
        text = decoder.decode(data[start : start + PIECE], final=start + PIECE >= len(data))
        if not text.isascii():
            broken = text.count(BAD)
            bad += broken
            good += len(text) - len(text.encode("ascii", "ignore")) - broken
        if bad > 100 and bad > good:
            break
    return good, bad


def _wide_without_mark(sample: bytes) -> str | None:
    """UTF-16 and UTF-32 of mostly Latin text or with line ends betray themselves by zero bytes in some places only."""
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    for codec in ("utf-32-le", "utf-32-be"):
        text = sample[: len(sample) // 4 * 4].decode(codec, errors="himotoku.mark")
        if text.count(BAD) * 100 <= len(text) and "\x00" not in text:
            return codec
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if min(even, odd) * 2 > max(even, odd):
        return None
    codec = "utf-16-le" if odd > even else "utf-16-be"
    text = sample[: len(sample) // 2 * 2].decode(codec, errors="himotoku.mark")
    line_ends = text.count("\n") + text.count("\r")
    zeros_everywhere = max(even, odd) * 5 > len(sample)  # at least 40% of one side
    if text.count(BAD) * 100 > len(text) or "\x00" in text or not (line_ends or zeros_everywhere):
        return None
    # 一 and 言 end in a zero byte as well.
    return codec if (even + odd > 1 and min(even, odd) * 20 <= max(even, odd)) or eastern(text) else None


def _looks_binary(sample: bytes) -> bool:
    """Pictures, archives and programs: many control bytes. Some stray zero bytes in a text are listed row by row instead."""
    control = len(_CONTROL.findall(sample))
    return control >= 8 and control * 20 > len(sample)


def _seven_bit(data: bytes) -> str | None:
    """The form of ISO-2022-JP that reads nearly all of what stands between its escapes."""
    first = min(place for escape in _ESCAPES if (place := data.find(escape)) >= 0)
    sample = data[max(data.rfind(b"\n", 0, first) + 1, first - 1000) : first + SAMPLE]
    bad = {}
    for codec in ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004", "iso2022_kr"):
        text = sample.decode(codec, errors="himotoku.mark")
        bad[codec] = text.count(BAD)
        if not text.isascii() and not bad[codec]:
            return codec
    best = min(bad, key=lambda codec: bad[codec])
    return best if bad[best] * 20 <= len(sample.decode(best, "ignore").encode("ascii", "ignore")) else None


def _most_plausible(lines: list[bytes], maybe_utf8: bool) -> Found:
    """The reading of `lines` that is most like written text."""
    context = _Context.of(lines)
    candidates = [codec for codec in CODECS if codec.languages and (codec.name != "utf-8" or maybe_utf8)]
    first = _scores(candidates, telling_words(lines, FIRST_LOOK), context)
    best = max(first.values())
    hopeful = [codec for codec in candidates if first[codec.name] >= best - HOPELESS]
    words = telling_words(lines, SECOND_LOOK)
    scores = _scores(hopeful, words, context)
    taken = max(scores, key=scores.__getitem__)
    if context.japanese in scores and unmixed(text := _decoded(words, context.japanese)):
        kana = half_width(text)
        lead = JAPANESE_FIRST if SCRIPTS[taken] in LATIN else HALF_WIDTH_FIRST if kana else JAPANESE_AMONG_OTHERS
        if scores[context.japanese] + lead >= scores[taken]:
            taken = context.japanese
    seen, others = {_decoded(words, taken)}, []
    for name in sorted(scores, key=scores.__getitem__, reverse=True):
        text = _decoded(words, name)
        if scores[name] > scores[taken] - CLOSE and text not in seen:
            seen.add(text)
            others.append(_other(lines, taken, name))
    return Found(taken, tuple(others[:3]))


@dataclass(frozen=True)
class _Context:
    """What else is known of a sample: chardet's opinion, the Japanese encoding that it may well be, and whether English stands around."""

    vote: str | None
    japanese: str | None
    english: bool

    @classmethod
    def of(cls, lines: list[bytes]) -> "_Context":
        sample = b"".join(lines)[:SECOND_LOOK]
        found = chardet.detect(sample)
        vote = _python_name(found["encoding"])
        if vote and found["confidence"] >= UNSURE:
            japanese = vote if vote in ("cp932", "euc_jp") else None
        else:
            share, japanese = max((japanese_share(_decoded(sample, codec)), codec) for codec in ("euc_jp", "cp932"))
            japanese = japanese if share >= 0.5 else None
        plain = re.findall(rb"[a-z]+", sample.lower())
        english = sum(word in ENGLISH for word in plain)
        return cls(vote, japanese, english > 0 and english * 10 >= len(plain))


def _scores(candidates: list[Codec], words: bytes, context: _Context) -> dict[str, float]:
    scores: dict[str, float] = {}
    known: dict[tuple[str, frozenset[str]], float] = {}
    for codec in candidates:
        text = _decoded(words, codec.name)
        if (text, codec.languages) not in known:
            known[text, codec.languages] = plausibility(text, codec.languages, context.english)
        scores[codec.name] = known[text, codec.languages] + codec.prior + VOTE * (codec.name == context.vote)
    return scores


def _decoded(data: bytes, codec: str) -> str:
    # The sample's end may part a character.
    return data.decode(codec, errors="himotoku.mark").rstrip(BAD)


def _other(lines: list[bytes], taken: str, name: str) -> Other:
    """The first line that the two read differently, from shortly before the difference."""
    for line in lines:
        here, there = repaired(_decoded(line, taken)), repaired(_decoded(line, name))
        if here != there:
            same = next((at for at, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), 0)
            start = max(same - SHOWN // 2, 0)
            return Other(name, here[start : start + SHOWN].strip(), there[start : start + SHOWN].strip())
    return Other(name, "", "")


def _python_name(name: str | None) -> str | None:
    """chardet names the standard; what is offered is the vendor's superset of it."""
    supersets = {"shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "iso8859-1": "cp1252"}
    try:
        known = codecs.lookup(name or "").name
    except LookupError:
        return None
    return supersets.get(known, known)
