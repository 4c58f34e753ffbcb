"""The part of a file that tells its encoding: lines and words with bytes outside ASCII, a bounded number of them from the whole file."""

import re

PIECE = 256 * 1024  # bytes looked at in one go: one search holds the interpreter to its end
LINE_START = 4096  # how much of a line is looked at before its first byte that isn't ASCII
FIRST = 24 * 1024  # bytes of the first lines, at the most
LOOKED_AT = 2_000  # lines among which the first different ones are sought
SPOTS = 24  # places spread over the file at which a line is looked for
SPOT = 512  # bytes of a line from one of these places
_TELLING = re.compile(rb"[\x80-\xff]")
# What parts words in every encoding: bytes that are never the second of a double-byte character.
_WORD = re.compile(rb"[^\x00-\x2f]+")
_ASCII = bytes(range(0x80))


def telling_lines(data: bytes) -> list[bytes]:
    """Lines that aren't ASCII alone: the first ones, one for every byte value, and some from places all over the file; none twice."""
    lines = dict.fromkeys(_first_lines(data))
    lines |= dict.fromkeys(_lines_of_other_bytes(data, b"".join(lines)))
    for number in range(1, SPOTS):
        found = _next_telling(data, len(data) * number // SPOTS, len(data) * (number + 1) // SPOTS)
        if found is not None:
            lines[_line_around(data, found, 0, SPOT)[0]] = None
    return list(lines)


def telling_words(lines: list[bytes], most: int) -> bytes:
    """The distinct words of `lines` that aren't ASCII alone, each with the byte before and after it, one a line; at most `most` bytes. It
    ends with a line end unless the last word is cut.
    """
    words: dict[bytes, None] = {}
    size = 0
    for line in lines:
        for match in _WORD.finditer(line):
            if match.group().isascii():
                continue
            word = line[max(match.start() - 1, 0) : match.end() + 1][: most - size]
            if word not in words:
                words[word] = None
                size += len(word) + 1
            if size >= most:
                return b"\n".join(words)
    return b"\n".join((*words, b""))


def _first_lines(data: bytes) -> list[bytes]:
    lines: dict[bytes, None] = {}
    size = position = 0
    for _ in range(LOOKED_AT):
        telling = _next_telling(data, position, len(data))
        if telling is None or size >= FIRST:
            break
        line, position = _line_around(data, telling, position, FIRST - size)
        if line not in lines:
            lines[line] = None
            size += len(line)
    return list(lines)


def _lines_of_other_bytes(data: bytes, seen: bytes) -> list[bytes]:
    """For every byte value that `seen` lacks, the line of its first place: the only ogonek of a file may stand at its end."""
    lines = []
    known = bytes({*_ASCII, *seen})
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE]
        while new := piece.translate(None, known)[:1]:
            line = _line_around(data, start + piece.index(new), 0, SPOT)[0]
            lines.append(line)
            known += bytes({new[0], *line} - {*known})
        if len(known) == 256:
            break
    return lines


def _next_telling(data: bytes, start: int, stop: int) -> int | None:
    """Where the next byte stands that isn't ASCII. In pieces, as one search holds the interpreter to its end."""
    for position in range(start, stop, PIECE):
        if found := _TELLING.search(data, position, min(position + PIECE, stop)):
            return found.start()
    return None


def _line_around(data: bytes, telling: int, begin: int, most: int) -> tuple[bytes, int]:
    """The line that holds the byte at `telling`, from `begin` at the earliest, with its end if that comes within `most` bytes; and where
    it ends.
    """
    start = max(begin, telling - min(LINE_START, most // 2))
    start = max(start, data.rfind(b"\n", start, telling) + 1, data.rfind(b"\r", start, telling) + 1)
    stop = min(start + most, len(data))
    ends = [end + 1 for mark in (b"\n", b"\r") if (end := data.find(mark, telling, stop)) >= 0]
    return data[start : min(ends, default=stop)], min(ends, default=stop)
