"""Cuts the heading face to the characters that the app's own words need: static/himotoku-mincho.woff2.

    python scripts/heading_font.py noto-serif-jp-japanese-600-normal.woff2

The file is from the npm package @fontsource/noto-serif-jp 5.3.0 (SIL Open Font License 1.1). Needs brotli beside the development requirements.
"""

import sys
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "static" / "himotoku-mincho.woff2"
# Latin letters, kana and punctuation always; kanji only where a text of ours has them. A visitor's words stand in gothic.
ALWAYS = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x3000, 0x3100), *range(0xFF01, 0xFF5F), *map(ord, "–—…“”‘’·×÷−√→←↑↓✓％≥≤")}
FEATURES = ["kern", "palt", "vert", "halt", "chws", "vchw", "liga", "ccmp", "locl"]  # halt and chws close the gap between 、 and 「


def wanted() -> set[int]:
    """The code points of every Japanese text of the interface."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "content" / "ja").iterdir())]
    return ALWAYS | {ord(character) for text in texts for character in text if ord(character) > 0x2FFF}


def main() -> None:
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False)
    font = subset.load_font(sys.argv[1], options)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=wanted())
    cut.subset(font)
    subset.save_font(font, TARGET, options)
    print(f"{TARGET.name}: {len(font.getBestCmap())} characters, {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
