"""What the labels of a table are written like: one label in several writings, lists around a label, labels that say that there is none."""

import re
import unicodedata
from collections.abc import Callable

import pandas as pd

from components.tables.printed import read_printed
from components.text.duplicates import normalised
from components.training.findings import Finding, Fix, rows_finding

_WHOLE_NUMBER = re.compile(r"[-+]?\d+\.0*")
# What programs and people write where a label is missing; compared without case and width.
MISSING = {
    *("nan", "null", "none", "n/a", "na", "#n/a", "#na", "<na>", "nat", "nil", "undefined", "missing", "(blank)", "blank", "empty"),
    *("#value!", "#ref!", "#name?", "#div/0!", "#null!", "#num!", "-", "--", "---", "—", "–", "ー", "?", "??", ".", "...", "…"),
    *("未回答", "無回答", "未入力", "未記入", "未設定", "未分類", "欠損", "欠測", "欠損値", "該当なし", "空白", "なし(空白)"),
}


def label_key(name: str) -> str:
    """The form in which two labels count as the same: without case, width, spaces and characters that nobody sees, and 1.0 as 1."""
    seen = "".join(character for character in name if unicodedata.category(character) not in ("Cf", "Cc", "Mn") or character.isspace())
    key = normalised(seen) or normalised(name)
    return key.rstrip("0").rstrip(".") if _WHOLE_NUMBER.fullmatch(key) else key


def unwrapped(name: str) -> str | None:
    """The label in a list of one as labelling tools write it, `["pos"]`, `['pos']` or `{"choices": ["pos"]}`; "" for an empty list; None for
    anything else."""
    items = items_of(name)
    return None if items is None or len(items) > 1 else (items[0] if items else "")


def unwrapping(frame: pd.DataFrame, label: str) -> Fix | None:
    """The fix that takes the labels of `frame[label]` out of their lists; None where there is none."""
    renamed = tuple((name, inner) for name in map(str, frame[label].unique()) if (inner := unwrapped(name)) is not None)
    return Fix("label-lists", (), label, renamed) if renamed else None


def label_form_findings(frame: pd.DataFrame, label: str, counts: dict[str, int]) -> list[Finding | None]:
    """Findings on how labels are written; counts: rows of each, the commonest first."""
    return [_lists(frame, label), _several(frame, label, counts), _missing(frame, label, counts), _variants(frame, label, counts)]


def items_of(name: str) -> list[str] | None:
    """The names in a list or a dictionary as labelling tools write it, empty ones left out; None for anything else."""
    name = name.strip()
    if not name.startswith(("[", "(", "{")):
        return None
    try:
        value = read_printed(name)
    except ValueError:
        return None
    if isinstance(value, dict):
        value = next((value[key] for key in ("choices", "labels", "label") if key in value), None)
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return [item for item in value if item.strip()]


def _lists(frame: pd.DataFrame, label: str) -> Finding | None:
    fix = unwrapping(frame, label)
    if fix is None:
        return None
    rows = tuple(int(row) for row in frame.index[frame[label].isin([old for old, _ in fix.renamed])])
    return Finding("label-lists", "warning", rows, (("n", len(rows)), ("example", fix.renamed[0][0])), fix)


def _several(frame: pd.DataFrame, label: str, counts: dict[str, int]) -> Finding | None:
    names = [name for name in counts if len(items_of(name) or ()) > 1]
    rows = frame.index[frame[label].isin(names)]
    return rows_finding("label-several", "warning", rows, example=names[0]) if names else None


def _missing(frame: pd.DataFrame, label: str, counts: dict[str, int]) -> Finding | None:
    names = [name for name in counts if unicodedata.normalize("NFKC", name).strip().casefold() in MISSING]
    rows = frame.index[frame[label].isin(names)]
    return rows_finding("label-missing", "warning", rows, names=", ".join(names[:5])) if names else None


def _variants(frame: pd.DataFrame, label: str, counts: dict[str, int]) -> Finding | None:
    renamed = merged_writings(counts)
    if not renamed:
        return None
    rows = tuple(int(row) for row in frame.index[frame[label].isin(list(renamed))])
    return _variants_finding(label, renamed, rows, tuple(renamed.items()))


def variants_in_sets(
    frame: pd.DataFrame, label: str, counts: dict[str, int], rename: Callable[[str, dict[str, str]], str]
) -> Finding | None:
    """The same of labels that stand within cells: `rename` writes a cell with other names."""
    renamed = merged_writings(counts)
    cells = tuple((cell, new) for cell in map(str, frame[label].unique()) if (new := rename(cell, renamed)) != cell) if renamed else ()
    if not cells:
        return None
    rows = tuple(int(row) for row in frame.index[frame[label].isin([old for old, _ in cells])])
    return _variants_finding(label, renamed, rows, cells)


def merged_writings(counts: dict[str, int]) -> dict[str, str]:
    """Labels that differ in what `label_key` leaves away: "Positive", "positive ", "ｐｏｓｉｔｉｖｅ", 1 and 1.0. Each becomes the commonest
    writing without anything unseen in it."""
    writings: dict[str, list[str]] = {}
    for name in counts:
        writings.setdefault(label_key(name), []).append(name)
    renamed: dict[str, str] = {}
    for names in writings.values():
        clean = [name for name in names if name.isprintable() and name == name.strip()] or names
        renamed |= {name: clean[0] for name in names if name != clean[0]}
    return renamed


def _variants_finding(label: str, renamed: dict[str, str], rows: tuple[int, ...], cells: tuple[tuple[str, str], ...]) -> Finding:
    example = " / ".join(ascii(part) if not part.isprintable() else repr(part) for part in next(iter(renamed.items())))
    return Finding("label-variants", "warning", rows, (("n", len(rows)), ("example", example)), Fix("label-variants", (), label, cells))
