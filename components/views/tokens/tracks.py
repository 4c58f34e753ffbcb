"""Tracks of one text under each other: its characters, its words, the pieces of each tokenizer, every cut on one line through all of them.

Own front-end code (tracks.js and .css beside this file), because the text itself is the figure. A chosen piece is shown in all tracks and told of
in a card, in the browser, without a run of the page. Texts become text nodes, never HTML.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from components.charts.theme import SEQUENTIAL, SEQUENTIAL_DARK, ink_on, tinted
from components.ui.state.language import t
from components.ui.widgets.escaped import printable

from .splits import Finding, Track, Word

MOST = 300  # characters that are drawn
# How dark a piece of so many characters is, to 8 and more, on the sequential scale.
SHADES = (0.1, 0.26, 0.42, 0.56, 0.68, 0.8, 0.9, 1)
_HERE = Path(__file__).parent


def _tints() -> str:
    """The shades as CSS, each with the ink that is read on it, light and dark."""
    rules = []
    for length, share in enumerate(SHADES, 1):
        light, dark = tinted(SEQUENTIAL, share), tinted(SEQUENTIAL_DARK, share)
        rules.append(f":host {{ --tint-{length}: light-dark({light}, {dark}) }}")
        rules.append(f".tint{length} {{ background: var(--tint-{length}); color: light-dark({ink_on(light)}, {ink_on(dark)}) }}")
    return "\n".join(rules)


_COMPONENT = st.components.v2.component(
    "himotoku_token_tracks",
    html="<div class='tracks' role='group'></div><p class='legend'></p><div class='card' aria-live='polite'></div>",
    css=_tints() + "\n" + (_HERE / "tracks.css").read_text(encoding="utf-8"),
    js=(_HERE / "tracks.js").read_text(encoding="utf-8"),
)


def token_tracks(
    text: str,
    words: Sequence[Word],
    tracks: Sequence[Track],
    names: Sequence[str],
    parts_of_speech: Sequence[tuple[str, str]],
    found: Finding,
) -> None:
    """Draws the first MOST characters. names: of the tracks. parts_of_speech: of each word a short name and a long one."""
    shown = [word for word in words if word.start < MOST]
    _COMPONENT(
        key="tok_tracks",
        data={
            "characters": [printable(character) for character in text[:MOST]],
            "words": [
                [word.start, word.end, printable(word.text), *parts, word.reading, word.base_form if word.base_form != word.text else ""]
                for word, parts in zip(shown, parts_of_speech, strict=False)
            ],
            "tracks": [
                {
                    "name": name,
                    "count": t("tokens.pieces", n=track.tokens),
                    "unknown": t("tokens.unknown", n=track.unknown) if track.unknown else "",
                    "pieces": [
                        [piece.start, piece.end, [printable(token) for token in piece.tokens], piece.ids, piece.unknown, piece.continues]
                        for piece in track.pieces
                        if piece.start < MOST
                    ],
                }
                for track, name in zip(tracks, names, strict=True)
            ],
            "chosen": list(found.span),
            "label": t("tokens.tracks_label"),
            "say": {
                name: t(f"tokens.{name}")
                for name in (
                    "characters",
                    "words",
                    "long_piece",
                    "not_in_vocabulary",
                    "goes_on",
                    "word",
                    "speech",
                    "reading",
                    "base",
                    "place",
                )
            }
            | {"length": t("tokens.length", n=len(text)), "wordsCounted": t("tokens.words_counted", n=len(words))},
        },
        height="content",
    )
