"""Numbers as people write them: either decimal mark, thousands apart, full-width digits, stars, a unit before or after."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

LONGEST = 40  # characters of a cell
MOST = Decimal(10) ** 15
_POINT = re.compile(r"\d{1,3}(?:[, ']\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?(?:e[+-]?\d{1,2})?|\.\d+")
_COMMA = re.compile(r"\d{1,3}(?:[. ']\d{3})+(?:,\d+)?|\d+(?:,\d+)?")
_BEFORE = re.compile(r"[^\d\s.,:/~〜\-+()]{0,4}")
_AFTER = re.compile(r"[^\d\s.,:/~〜\-+()]{0,8}")
_PLAIN = re.compile(r"-?\d{1,16}(?:\.\d{1,40})?")
_MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-", "▲": "-", "△": "-"})
STARS, FILLED = "★☆⭐✩✭", "★⭐"
# Units that multiply: 3万円 is not 3 円.
SCALES = ("千", "万", "億", "兆", "k", "m", "bn", "thousand", "million")


@dataclass(frozen=True)
class Numbers:
    """Of a column: `plain`: each different cell that is a number and nothing else, as decimal text; `units`: those with a unit beside it, as
    (decimal text, unit)."""

    plain: dict[str, str]
    units: dict[str, tuple[str, str]]

    @property
    def named(self) -> tuple[str, ...]:
        """The different units, in the order of the file."""
        return tuple(dict.fromkeys(unit for _, unit in self.units.values()))

    @property
    def multiplies(self) -> bool:
        """Whether a unit is one of thousands or more."""
        return any(
            unit.casefold().startswith(SCALES) and unit.casefold() not in ("m", "mm", "min", "mg", "ml", "kg", "km", "kb", "kcal")
            for unit in self.named
        )


def read_numbers(cells: pd.Series) -> Numbers:
    """What the cells say. Which decimal mark they use is told from all of them: the point, unless more of them are numbers with the comma."""
    parts = {cell: found for cell in map(str, cells.unique()) if (found := _parts(cell))}
    counts = cells.value_counts()
    fits = {mark: sum(int(counts[cell]) for cell, (_, core, _) in parts.items() if mark.fullmatch(core)) for mark in (_POINT, _COMMA)}
    comma = fits[_COMMA] > fits[_POINT]
    mark = _COMMA if comma else _POINT
    plain: dict[str, str] = {}
    units: dict[str, tuple[str, str]] = {}
    for cell, (sign, core, unit) in parts.items():
        if mark.fullmatch(core) and (text := _decimal(sign, core, comma)):
            if unit:
                units[cell] = (text, unit)
            else:
                plain[cell] = text
    return Numbers(plain, units)


def is_number(cell: str) -> bool:
    """Whether a cell is decimal text, as `read_numbers` writes it."""
    return _PLAIN.fullmatch(cell) is not None


def _parts(cell: str) -> tuple[str, str, str] | None:
    """(sign, the number without it, unit) of a cell that may be a number."""
    cell = cell.strip()
    if not cell or len(cell) > LONGEST:
        return None
    if set(cell) <= set(STARS):
        return "", str(sum(cell.count(star) for star in FILLED)), ""
    seen = unicodedata.normalize("NFKC", cell).translate(_MINUS).strip().casefold()
    digits = [place for place, character in enumerate(seen) if character in "0123456789"]
    if not digits:
        return None
    first, last = digits[0], digits[-1] + 1
    first -= first > 0 and seen[first - 1] == "." and (first < 2 or not seen[first - 2].isalpha())
    before, core, after = seen[:first].strip(), seen[first:last], seen[last:].strip()
    sign = ""
    for mark in ("-", "+"):
        if before.startswith(mark) or before.endswith(mark):
            sign, before = mark, before.strip(mark).strip()
            break
    if not (_BEFORE.fullmatch(before) and _AFTER.fullmatch(after)):
        return None
    return sign, core, before + after


def _decimal(sign: str, core: str, comma: bool) -> str | None:
    bare = core.replace(" ", "").replace("'", "")
    bare = bare.replace(".", "").replace(",", ".") if comma else bare.replace(",", "")
    value = Decimal(bare)
    if value > MOST:
        return None
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = text.lstrip("0") if len(text) > 1 and text.lstrip("0")[:1].isdigit() else text
    return f"-{text}" if sign == "-" and value else text
