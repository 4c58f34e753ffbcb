"""The heads side by side over one sentence, the chosen word framed in all of them, with the finding over them."""

from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.heads import HeadColumn, bars_figure, heads_figure, squares_fit
from components.charts.words import Words
from components.text.clip import clip
from components.ui.state.language import t
from components.ui.widgets.address import keep_in_address, place_in_address
from components.ui.widgets.escaped import printable
from components.ui.widgets.figures import Panel, show_row
from components.ui.widgets.token_line import where_it_looks
from components.ui.widgets.verdict import said, show_finding

from .layer import Layer

WORD = "mh_word"
PAGE, PHONE = 976, 358  # pixels that a figure can have
MOST_BARS = 40  # words whose bars are drawn
LISTED = 4  # heads whose targets are named in the finding
MOST = 12  # characters of a word in a sentence
_TARGETS = "\ue010"  # stands in for what is put into a sentence as markup


@st.fragment
def show_heads(layer: Layer, begin: str) -> None:
    """Finding, figure and legend. begin: the word that is looked at first."""
    row = _chosen_word(layer, begin)
    queries = Words(layer.queries.names, layer.queries.special, row)
    with st.container(horizontal=True, vertical_alignment="center", key="multi-head-said"):
        with st.container():
            show_finding(finding(layer, row))
        with st.container(width=170):
            st.selectbox(
                t("multi_head.word"), range(len(queries)), key=WORD, format_func=lambda i: f"{i + 1} {queries.names[i]}",
                label_visibility="collapsed",
            )  # fmt: skip
    per_line = min(4, len(layer.heads))
    narrow = min(2, len(layer.heads))
    wide_squares = squares_fit(queries, layer.keys, per_line=4, width=PAGE)
    narrow_squares = squares_fit(queries, layer.keys, per_line=narrow, width=PHONE)
    alt = finding_text(layer, row)
    with st.container(key="multi-head-wide"):
        panel = _panel("multi-head", layer, queries, row, alt, squares=wide_squares, per_line=per_line, width=PAGE)
        show_row([panel], key="multi-head", caption=_caption(layer, row, wide_squares), width=PAGE)
    with st.container(key="multi-head-narrow"):
        panel = _panel("multi-head-small", layer, queries, row, alt, squares=narrow_squares, per_line=narrow, width=PHONE)
        show_row([panel], key="multi-head-small", caption=_caption(layer, row, narrow_squares), width=PHONE)


def finding(layer: Layer, row: int) -> str:
    """What the chosen word looks at in each head, as HTML."""
    said_of = [_marked(key, words) for key, *words in _targets(layer, row)]
    key, listed = _listed(said_of)
    html = said(key, quoted={"query": clip(layer.queries.names[row], MOST)}, targets=_TARGETS, heads=len(said_of))
    return html.replace(_TARGETS, listed)


def finding_text(layer: Layer, row: int) -> str:
    """The same as plain text, for those who don't see the figure."""
    targets = [_put(t(key), *words) for key, *words in _targets(layer, row)]
    key, listed = _listed(targets)
    return t(key, query=clip(layer.queries.names[row], MOST), targets=listed, heads=len(targets))


def _targets(layer: Layer, row: int) -> list[tuple[str, ...]]:
    """For each head what the word looks at most: the message that says it, and the words in it."""
    crossed = layer.queries.names != layer.keys.names
    found: list[tuple[str, ...]] = []
    for head in layer.heads:
        look = where_it_looks(head.weights[row], -1 if crossed else row)
        target, other = (clip(layer.keys.names[place], MOST) for place in (look.target, look.other))
        kind = "strong" if look.kind == "tie" and target == other else look.kind
        found.append(
            {
                "strong": ("multi_head.looks_at", target),
                "tie": ("multi_head.looks_at_both", target, other),
                "itself": ("multi_head.itself",),
                "spread": ("multi_head.no_favourite",),
                "nothing": ("multi_head.nothing",),
            }[kind]
        )
    return found


def _listed(targets: list[str]) -> tuple[str, str]:
    """The message for what the heads look at, and their list; of many heads, how many different things."""
    if len(set(targets)) == 1:
        return ("multi_head.finding_same" if len(targets) > 1 else "multi_head.finding_one"), targets[0]
    if len(targets) > LISTED:
        return "multi_head.finding_many", str(len(set(targets)))
    return "multi_head.finding", t("multi_head.comma").join(targets)


def _put(text: str, *words: str) -> str:
    return text.format(*words)


def _marked(key: str, words: Sequence[str]) -> str:
    """A message with the visitor's words in it, escaped, in their own face."""
    return escape(t(key)).format(*(f"<q>{escape(printable(word))}</q>" for word in words))


def _chosen_word(layer: Layer, begin: str) -> int:
    """The word that is followed: the visitor's, else the one that the page begins with, else the last of the text's own."""
    names, special = layer.queries.names, layer.queries.special or (False,) * len(layer.queries.names)
    own = [i for i, added in enumerate(special) if not added] or [0]
    named = [i for i in own if any(character.isalnum() for character in names[i])] or own
    usual = next((i for i in own if begin and names[i] == begin), named[-1])
    if st.session_state.get(f"{WORD}:of") != names:
        st.session_state[WORD] = place_in_address(WORD, range(len(names)), usual)
        st.session_state[f"{WORD}:of"] = names
    st.session_state.setdefault(WORD, usual)
    keep_in_address(WORD, str(st.session_state[WORD]), str(usual))
    return int(st.session_state[WORD])


def _panel(key: str, layer: Layer, queries: Words, row: int, alt: str, *, squares: bool, per_line: int, width: int) -> Panel:
    shown = list(range(len(layer.keys)))
    if squares:
        figure = heads_figure(layer.heads, queries, layer.keys, per_line=per_line, width=width)
    else:
        shown = _most_seen(layer, row)
        keys = Words(tuple(layer.keys.names[i] for i in shown), tuple(layer.keys.special[i] for i in shown) if layer.keys.special else ())
        heads = [HeadColumn(head.name, head.number, head.note, head.weights[:, shown]) for head in layer.heads]
        figure = bars_figure(heads, row, keys, per_line=per_line, width=width)

    def chosen(trace: int, index: int) -> None:
        if squares and trace % 2:
            st.session_state[WORD] = index
        elif not squares and layer.queries.names == layer.keys.names:
            st.session_state[WORD] = shown[index]

    def table() -> pd.DataFrame:
        parts = [
            pd.DataFrame(head.weights, columns=list(layer.keys.names)).assign(head=head.number or place, word=list(layer.queries.names))
            for place, head in enumerate(layer.heads, 1)
        ]
        return pd.concat(parts).set_index(["head", "word"]).reset_index()

    return Panel(key, figure, alt, table, on_point=chosen, width=width)


def _most_seen(layer: Layer, row: int) -> list[int]:
    """The words whose bars are drawn, in the order of the text: those that some head gives most of the chosen word's weight."""
    highest = np.max([head.weights[row] for head in layer.heads], axis=0)
    return sorted(int(place) for place in np.argsort(-highest, kind="stable")[:MOST_BARS])


def _caption(layer: Layer, row: int, squares: bool) -> str:
    parts = [layer.source, t("multi_head.legend_squares" if squares else "multi_head.legend_bars")]
    if not squares and len(layer.keys) > MOST_BARS:
        parts.append(t("multi_head.most_seen", shown=MOST_BARS, all=len(layer.keys)))
    return " ".join([*parts, *layer.notes])
