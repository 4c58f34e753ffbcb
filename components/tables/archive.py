"""Packed files: which file of a zip archive holds the table, and the content of a gzip file, unpacked only as far as it may be."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from components.errors import TableError
from components.tables.limits import MAX_BYTES, MAX_PACKED_FILES, MAX_PACKED_RATIO, SMALL_UNPACKED

ZIP = b"PK\x03\x04"
GZIP = b"\x1f\x8b\x08"
ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".jsonl", ".ndjson", ".json", ".parquet", ".html", ".htm", ".xls", ".gz")
# What tells the office formats that are zip archives too.
_WORKBOOK, _BINARY_WORKBOOK, _OPEN_DOCUMENT = "xl/workbook.xml", "xl/workbook.bin", "content.xml"


@dataclass(frozen=True)
class Unpacked:
    """A file out of an archive, and the names of all the files there that may be tables. Names are only shown, never used as paths."""

    name: str
    data: bytes
    names: tuple[str, ...] = ()


def is_workbook(data: bytes) -> bool:
    """Whether a zip archive is an XLSX workbook, or too damaged to say. Raises TableError for other office formats."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except Exception:
        return True  # the workbook's reader says what is wrong
    if _BINARY_WORKBOOK in names or (_OPEN_DOCUMENT in names and "mimetype" in names):
        raise TableError("training.sheet-other")
    return _WORKBOOK in names


def unpack_zip(data: bytes, wanted: str | None) -> Unpacked:
    """The file `wanted`, else the largest table of a zip archive. Raises TableError where there is none, or too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MAX_PACKED_FILES:
                raise TableError("training.archive-too-many", limit=MAX_PACKED_FILES)
            parts = {part.filename: part for part in archive.infolist() if _is_table(part)}
            if not parts:
                raise TableError("training.archive-none")
            likeliest = max(parts.values(), key=lambda part: part.file_size)
            part = parts.get(wanted or "", likeliest)
            if part.flag_bits & 1:
                raise TableError("training.archive-password")
            _check(part.file_size, len(data))
            with archive.open(part) as file:  # zipfile stops at the stated size, so the size holds
                return Unpacked(part.filename, file.read(MAX_BYTES + 1), tuple(parts))
    except TableError:
        raise
    except Exception as error:  # zipfile raises NotImplementedError, RuntimeError, zlib.error, struct.error ...
        raise TableError("training.archive-damaged") from error


def unpack_gzip(data: bytes, name: str) -> Unpacked:
    """The content of a gzip file of one or several members. Raises TableError where it is damaged, or too much."""
    unpacked, rest, size = [], data, 0
    limit = max(SMALL_UNPACKED, min(MAX_BYTES, MAX_PACKED_RATIO * len(data)))
    try:
        while rest.startswith(GZIP) and size <= limit:
            stream = zlib.decompressobj(wbits=31)
            unpacked.append(stream.decompress(rest, limit + 1 - size))
            size += len(unpacked[-1])
            if size <= limit and not stream.eof:
                raise TableError("training.archive-damaged")
            rest = stream.unused_data
    except zlib.error as error:
        raise TableError("training.archive-damaged") from error
    _check(size, len(data))
    return Unpacked(name[:-3] if name.lower().endswith(".gz") else name, b"".join(unpacked))


def _is_table(part: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(part.filename)
    hidden = any(piece.startswith((".", "__MACOSX")) for piece in path.parts)
    return not part.is_dir() and not hidden and path.suffix.lower() in ENDINGS


def _check(size: int, packed: int) -> None:
    if size > MAX_BYTES or (size > SMALL_UNPACKED and size > MAX_PACKED_RATIO * packed):
        raise TableError("training.archive-too-large", size=round(size / 1e6), limit=round(MAX_BYTES / 1e6))
