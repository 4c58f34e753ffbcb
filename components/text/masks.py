"""[MASK] as people write it."""

import re

MASK = "[MASK]"
_WRITTEN = re.compile(r"[\[［<＜] ?(?:mask|ＭＡＳＫ|ｍａｓｋ) ?[\]］>＞]", re.IGNORECASE)


def with_masks(text: str) -> str:
    """`text` with each `[mask]`, `<mask>` and `［ＭＡＳＫ］` in it written "[MASK]"."""
    return _WRITTEN.sub(MASK, text)
