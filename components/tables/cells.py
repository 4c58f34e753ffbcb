"""What kind of thing stands in a cell: a text, or a time, number, link, mail address, identifier or switch, which are no texts to learn from."""

import re

import pandas as pd

LOOKED_AT = 200  # characters of a cell: enough to tell, and a bound on what telling costs

_NUMBER = r"[^\w\s]{0,2}\d[\d.,\s]*\s?(?:[%％‰°]|[^\W\d_]{1,2}|[^\w\s]{1,2})?"
_TIME_WORDS = (
    *("午前", "午後", "AM", "PM", "am", "pm", r"a\.m\.", r"p\.m\.", "GMT", "UTC", "JST", "EST", "PST", "CET"),
    *("(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?", "(?:令和|平成|昭和)"),
    *(
        "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)",
    ),
)
_TIME = rf"(?=\D*\d)(?>{'|'.join(_TIME_WORDS)}|[\d\s/:.,+\-()~〜年月日時分秒火水木金土TZ])++"
_LINK = r"(?:https?://|ftp://|www\.)\S+|[\w.-]+\.(?:com|net|org|jp|io|dev|html?|php|pdf|jpe?g|png)(?:/\S*)?"
_MAIL = r"(?:mailto:)?[^\s@<>]+@[^\s@<>]+"
_IDENTIFIER = (
    r"(?=\D*\d)[A-Za-z]{0,12}[-_#:/.]?[0-9A-Fa-f]+(?:[-_/.:][0-9A-Za-z]+)*|#?[0-9a-f]{8,}|(?=\D*\d)[A-Z0-9]+(?:[-_][A-Z0-9]+)*|@\w+"
)
_SWITCH = r"(?i:true|false|yes|no|y|n|t|f|on|off)|はい|いいえ|有|無|あり|なし|[○〇×✓✔]"
_NO_TEXT = re.compile("|".join(f"(?:{kind})" for kind in (_NUMBER, _TIME, _LINK, _MAIL, _IDENTIFIER, _SWITCH)))
_SWITCHES = re.compile(_SWITCH)


def share_without_text(column: pd.Series) -> float:
    """The share of the filled cells that hold no text: times, numbers, links, addresses, identifiers, switches. 1.0 for an empty column."""
    filled = _looked_at(column)
    return float(filled.map(lambda cell: _NO_TEXT.fullmatch(cell) is not None).mean()) if len(filled) else 1.0


def share_of_switches(column: pd.Series) -> float:
    """The share of the filled cells that say yes or no in some writing."""
    filled = _looked_at(column)
    return float(filled.map(lambda cell: _SWITCHES.fullmatch(cell) is not None).mean()) if len(filled) else 0.0


def _looked_at(column: pd.Series) -> pd.Series:
    cells = column.str.strip().str.slice(0, LOOKED_AT)
    return cells[cells != ""]
