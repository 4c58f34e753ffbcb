"""Which character parts the columns, which quotes a cell, and whether quotes inside one are doubled (RFC 4180) or escaped by a backslash.

Sniffers are fooled by prose in a single column. Here the header decides: a delimiter counts only if the header holds it and the rows below
have as many fields as the header; above the header may stand a title, if the table under it is the more regular.
"""

from dataclasses import replace

from components.tables.dialect import SPACES, TITLE_ROWS, Dialect, Record, Sample, sample_of
from components.tables.quotes import Quoting

DELIMITERS = (",", "\t", ";", "|", "，", SPACES)
QUOTES = ('"', "'")
SAMPLE_CHARACTERS = 200_000


def find_dialect(
    lines: list[str], tabs_only: bool = False, delimiter: str | None = None, quote: str | None = None, quoted_lines: list[str] | None = None
) -> Dialect:
    """The dialect of the first `lines` of a file. `tabs_only`: the name says that the file is a TSV, which a header with a tab confirms.

    `delimiter` and `quote` are the user's own, "" for none. `quoted_lines`: lines from anywhere in the file that hold a quotation mark.
    """
    lines = _shortened(lines)
    if delimiter == "":
        return Dialect(None, quote='"' if quote is None else quote or None)
    if delimiter is not None:
        return _quoting(lines, delimiter, quote, quoted_lines or []).dialect
    candidates = ("\t",) if tabs_only and any("\t" in line for line in lines[:TITLE_ROWS]) else DELIMITERS
    samples = [_quoting(lines, mark, quote, quoted_lines or []) for mark in candidates if any(mark in line for line in lines)]
    best = max(samples, key=lambda sample: sample.fit, default=None)
    if best is None or not best.fit:
        return Dialect(None, quote='"' if quote is None else quote or None)
    return best.dialect


def _shortened(lines: list[str]) -> list[str]:
    cut, size = [], 0
    for line in lines:
        cut.append(line[:10_000])
        size += len(cut[-1])
        if size > SAMPLE_CHARACTERS:
            break
    return cut


def _quoting(lines: list[str], delimiter: str, quote: str | None, quoted_lines: list[str]) -> Sample:
    """The best way of reading `lines` parted by `delimiter`."""
    if quote is not None:
        return _padding(lines, Dialect(delimiter, quote=quote or None))
    if delimiter == SPACES:
        return sample_of(lines, Dialect(delimiter, quote=None))
    usual = _padding(lines, Dialect(delimiter))
    single = _single_quoted(lines, usual)
    if single:
        return single
    evidence = Quoting.of(usual)
    if not evidence.marks and quoted_lines:
        evidence = Quoting.of(sample_of(usual.records[0].lines * bool(usual.records) + _shortened(quoted_lines), usual.dialect))
    if evidence.are_text:
        return _padding(lines, Dialect(delimiter, quote=None))
    return usual


def _padding(lines: list[str], dialect: Dialect) -> Sample:
    """With backslashes that escape and spaces beside the delimiter, where the lines say so."""
    best = sample_of(lines, dialect)
    mark = dialect.quote
    if mark and any("\\" + mark in line for line in lines):
        escaped = sample_of(lines, replace(dialect, escape="\\"))
        best = escaped if (escaped.fit, -len(escaped.broken)) > (best.fit, -len(best.broken)) else best
    if _padded(best):
        padded = sample_of(lines, replace(best.dialect, padded=True))
        best = padded if padded.fit >= best.fit or len(padded.broken) < len(best.broken) else best
    delimiter = dialect.delimiter or ""
    if (mark and any(f"{mark} {delimiter}" in line for line in lines)) or _trailing(best):
        trimmed = sample_of(lines, replace(best.dialect, trimmed=True))
        best = trimmed if len(trimmed.broken) < len(best.broken) or _trailing(best) else best
        if best is trimmed and not best.dialect.padded and _padded(best):
            best = sample_of(lines, replace(best.dialect, padded=True))
    return best


def _padded(sample: Sample) -> bool:
    """A space behind the delimiter before a quote, or behind every delimiter from the header on."""
    mark = sample.dialect.quote
    beginnings = [cell[:20].lstrip(" ")[:1] for record in sample.records for cell in record.cells[1:] if cell[:1] == " "]
    if mark and mark in beginnings:
        return True
    cells = [cell for record in sample.records for cell in record.cells[1:] if cell]
    return len(sample.records) > 1 and bool(cells) and all(cell[0] == " " for cell in cells)


def _trailing(sample: Sample) -> bool:
    """A space before every delimiter from the header on."""
    cells = [cell for record in sample.records for cell in record.cells[:-1] if cell]
    return len(sample.records) > 1 and bool(cells) and all(cell[-1] == " " for cell in cells)


def _single_quoted(lines: list[str], usual: Sample) -> Sample | None:
    """The lines with ' as the quotation mark, where it closes what it opens and the columns or the cells need it or have it throughout."""
    delimiter = usual.dialect.delimiter or ""
    if not any(_begins(line, "'", delimiter) for line in lines):
        return None
    single = _padding(lines, Dialect(delimiter, quote="'"))
    closed = sum(_opens(record, delimiter) for record in single.records)
    if not single.fit or len(single.broken) * 4 > closed:
        return None
    if any(_begins(line, '"', delimiter) for line in lines):
        double = Quoting.of(usual)
        doubtful = usual.broken or double.stray > double.needed or single.fit > usual.fit
        return single if doubtful and _are_needed(single) else None
    throughout = closed >= 3 and closed * 2 >= len(single.records) and not single.broken
    wider = closed >= 2 and single.fit > usual.fit
    # Where every line is a whole row as it stands, apostrophes at the ends of two lines must not glue what lies between.
    whole = not usual.broken and len({len(record.cells) for record in usual.records}) == 1
    return single if wider or throughout or _are_needed(single, over_lines=not whole) else None


def _begins(line: str, mark: str, delimiter: str) -> bool:
    return line.startswith(mark) or delimiter + mark in line or f"{delimiter} {mark}" in line


def _are_needed(sample: Sample, over_lines: bool = True) -> bool:
    """Whether the marks are those of a program that quotes what needs it: none stands in an unquoted cell, and some cell needs them.
    over_lines: whether a cell of several lines counts as one that does."""
    mark, delimiter = sample.dialect.quote or '"', sample.dialect.delimiter or "\n"
    needed = 0
    for record in sample.records:
        text = "".join(record.lines)
        if mark not in text:
            continue
        quoted = [f"{mark}{cell.replace(mark, mark * 2)}{mark}" in text for cell in record.cells]
        if any(mark in cell and not is_quoted for cell, is_quoted in zip(record.cells, quoted, strict=True)):
            return False
        needed += any(
            is_quoted and _needs(cell, mark, delimiter) and (over_lines or "\n" not in cell)
            for cell, is_quoted in zip(record.cells, quoted, strict=True)
        )
    return needed > 0 and len(sample.broken) * 8 <= needed


def _needs(cell: str, mark: str, delimiter: str) -> bool:
    return any(character in cell for character in (mark, delimiter, "\n", "\r"))


def _opens(record: Record, delimiter: str) -> bool:
    return any(line.startswith("'") or delimiter + "'" in line.replace(delimiter + " ", delimiter) for line in record.lines[:1])
