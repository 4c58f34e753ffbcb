"""A sentence in running text with threads from one word to those it is linked with: attention where it belongs, over the words.

    token_line(
        [Word("[CLS]", special=True), Word("猫"), Word("は")], weights, key="ba_line", label="猫は…", chosen=1,
        on_choose=lambda place: st.session_state.update({"ba_word": place}),
    )

Pointing at a word (or moving to it with the arrow keys) shows its threads in the browser, without a run of the page; a click, a tap, Enter or 300 ms
of rest on a word is one call of `on_choose` and one run. Without `on_choose` a choice stays in the browser. Whatever is shown, the document hears
`himotoku-word` with detail {line: key, word: place}, so that another component of the page can follow the word under the finger.

Own front-end code (token_line.js and .css beside this file), because the text itself is the figure. It builds text nodes, never HTML, so any text
is safe in it. The finding is the figure's title and its text alternative; its words are chosen here, for each word, by `where_it_looks`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from components.ui.state.language import t

from .card import Card
from .escaped import printable

LONG = 60  # words from which on a text stands in a box that scrolls
LEAST = 0.02  # a thinner thread isn't drawn
SPREAD = 0.1  # no weight over it: the word looks at everything about alike
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_token_line",
    html="<figure><div class='head'><h2 class='finding' aria-live='polite'></h2><span class='aside'></span></div>"
    "<div class='box'><div class='line' role='group' data-words><svg aria-hidden='true'></svg></div></div></figure>",
    css=(_HERE / "token_line.css").read_text(encoding="utf-8"),
    js=(_HERE / "token_line.js").read_text(encoding="utf-8"),
)

Kind = Literal["strong", "itself", "tie", "spread", "nothing"]


@dataclass(frozen=True)
class Word:
    """One word or token of the line. special: of the tokenizer's own, small and grey. continues: goes on with the word before it. slot: a second
    line under the word (a tag, a weight)."""

    text: str
    special: bool = False
    continues: bool = False
    slot: str = ""


@dataclass(frozen=True)
class Look:
    """What one word's threads say. target: the strongest; other: what it ties with; weight: the strongest, 0 to 1."""

    kind: Kind
    target: int
    other: int
    weight: float


def where_it_looks(row: np.ndarray, place: int) -> Look:
    """What the weights (N,) of the word at `place` say: a tie where two are the same in whole percent, "spread" where none is over a tenth,
    "nothing" where all are zero."""
    order = np.argsort(-row, kind="stable")
    target, other = int(order[0]), int(order[min(1, len(order) - 1)])
    weight = float(row[target])
    if weight <= 0:
        kind: Kind = "nothing"
    elif weight < SPREAD:
        kind = "spread"
    elif other != target and round(100 * weight) == round(100 * float(row[other])):
        kind = "tie"
    else:
        kind = "itself" if target == place else "strong"
    return Look(kind, target, other, weight)


def threads(weights: np.ndarray) -> list[list[int]]:
    """(N, N) weights 0..1 -> for each row [target, thousandths, target, thousandths, ...] of those that are drawn, and the strongest: whole
    thousandths, since the third digit is all that is ever shown."""
    thousandths = np.rint(np.clip(weights, 0, 1) * 1000).astype(int)
    rows = []
    for row in thousandths:
        kept = np.flatnonzero(row >= min(1000 * LEAST, max(int(row.max()), 1)))
        rows.append([int(number) for place in kept for number in (place, row[place])])
    return rows


def thread_table(words: Sequence[Word], weights: np.ndarray) -> pd.DataFrame:
    """The line's numbers as a table (N, N): a row for each word that looks; the place from 1 stands before each word."""
    names = [f"{place} {word.text}" for place, word in enumerate(words, 1)]
    return pd.DataFrame(weights, index=names, columns=names)


def line_card(words: Sequence[Word], weights: np.ndarray, chosen: int, said: Mapping[Kind, str] | None = None) -> Card:
    """The line as a card to show: its words, the threads of the chosen one that are drawn, and its finding."""
    row, look = weights[chosen], where_it_looks(weights[chosen], chosen)
    links = [(chosen, place, float(weight)) for place, weight in enumerate(row) if weight >= LEAST]
    return Card(finding_text(words, look, chosen, said or {}), [word.text for word in words], links)


def finding_text(words: Sequence[Word], look: Look, place: int, said: Mapping[Kind, str]) -> str:
    """The sentence that stands over the line for the word at `place`, as plain text."""

    def named(at: int) -> str:
        return words[at].text if words[at].special else t("token_line.quoted", word=words[at].text)

    key = said.get(look.kind, f"token_line.{look.kind}")
    return t(key, a=named(place), b=named(look.target), c=named(look.other), w=round(100 * look.weight))


def token_line(
    words: Sequence[Word],
    weights: np.ndarray,
    *,
    key: str,
    label: str,
    chosen: int,
    on_choose: Callable[[int], None] | None = None,
    said: Mapping[Kind, str] | None = None,
    aside: str = "",
    below: bool = False,
    height: int = 190,
    size: int = 34,
) -> None:
    """Draws the line.

    weights (N, N), 0 to 1: row = the word that looks; a row of zeros has no threads. label: names the line for a screen reader, the sentence as
    typed. chosen: the word whose threads are shown until another is pointed at. on_choose(place) is called before the next run. said: catalogue
    keys in place of `token_line.<kind>`, each a sentence with {a} (the word), {b} (its strongest target), {c} (what ties with it) and {w} (whole
    percent). aside: a short text at the right of the finding, which stands above the line, or below. height: of the line in pixels, kept by a
    shorter sentence; size: of its type, smaller where the sentence needs it. ValueError where weights aren't (N, N).
    """
    if weights.shape != (len(words), len(words)):
        raise ValueError(f"weights of shape {weights.shape} for {len(words)} words")

    def picked() -> None:
        place = st.session_state[key].picked
        if on_choose and isinstance(place, int) and 0 <= place < len(words):
            on_choose(place)

    looks = [where_it_looks(row, place) for place, row in enumerate(weights)]
    quotes = t("token_line.quoted", word="\ue000").split("\ue000")
    _COMPONENT(
        key=key,
        data={
            "name": key,
            "words": [printable(word.text) for word in words],
            "special": [place for place, word in enumerate(words) if word.special],
            "continues": [place for place, word in enumerate(words) if word.continues],
            "slots": {place: printable(word.slot) for place, word in enumerate(words) if word.slot},
            "threads": threads(weights),
            "found": [[look.kind, look.target, look.other, round(100 * look.weight)] for look in looks],
            "said": _sentences({look.kind for look in looks}, said or {}),
            "quotes": quotes,
            "chosen": min(max(chosen, 0), len(words) - 1),
            "label": label,
            "aside": aside,
            "below": below,
            "height": height,
            "size": size,
            "most": LONG,
            "sends": on_choose is not None,
        },
        on_picked_change=picked,
        height="content",
    )


def _sentences(kinds: set[Kind], said: Mapping[Kind, str]) -> dict[str, str]:
    """The sentences of these kinds with a private-use character where the browser puts a word or the number."""
    places = {"a": "\ue000", "b": "\ue001", "c": "\ue002", "w": "\ue003"}
    return {kind: t(said.get(kind, f"token_line.{kind}"), **places) for kind in kinds}
