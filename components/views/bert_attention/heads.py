"""All heads of the model as small pictures, in groups by what they do on this text; choosing one shows it large.

Own front-end code (heads.js and .css beside this file): one picture is a button of 30 pixels, and a group is as long as it has heads, which no chart
lays out. The pictures come as one byte a cell.
"""

import base64
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from components.ui.state.language import t
from components.ui.widgets.verdict import said, show_doubt

from .kinds import Head, grouped, measured
from .numbers import describe, specials_joined
from .page import AttentionReading, AttentionSource, head_name, pick_head

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_heads",
    html="<div class='kinds' role='group'></div>",
    css=(_HERE / "heads.css").read_text(encoding="utf-8"),
    js=(_HERE / "heads.js").read_text(encoding="utf-8"),
)


def count_finding(groups: dict[str, list[Head]]) -> str:
    """What most of the heads do, as HTML: the largest group, or the two that share the first place."""
    heads = sum(map(len, groups.values()))
    first, second = (sorted(groups, key=lambda kind: -len(groups[kind])) * 2)[:2]
    values = {"heads": heads, "kind": t(f"head_kind.{first}"), "count": len(groups[first])}
    if first != second and len(groups[first]) == len(groups[second]):
        return said("bert_attention.most_tied", quoted=None, other=t(f"head_kind.{second}"), **values)
    return said("bert_attention.most", quoted=None, **values)


def show_heads(source: AttentionSource, reading: AttentionReading) -> None:
    """What most heads do on this text, and all of them by kind."""
    kinds, pictures = measured(reading.key, reading, reading.whole_words)
    groups = grouped(kinds)
    st.html(f'<h2 class="hi-finding">{count_finding(groups)}</h2><p class="hi-legend">{escape(t("bert_attention.heads_legend"))}</p>')
    head_picker(
        [(t(f"head_kind.{kind}"), t(f"head_kind.{kind}_note", specials=specials_joined(reading)), heads) for kind, heads in groups.items()],
        pictures,
        key="ba_heads_picker",
        label=t("bert_attention.grid_alt", layers=reading.layers, heads=reading.heads, name=source.name),
        selected=source.heads,
        on_pick=pick_head,
    )


def show_what_it_does(source: AttentionSource, reading: AttentionReading) -> None:
    """One sentence on the head that is shown: its kind with the number that decided, and the doubt that a head raises in which all look at one word."""
    if source.kind != "head":
        st.caption(describe(source, reading))
        return
    found = measured(reading.key, reading, reading.whole_words)[0][source.heads[0]]
    values = {"name": source.name, "share": f"{found.share:.0%}"}
    if found.word is not None:
        show_doubt(said("head_kind.one_word_says", quoted={"word": reading.units.labels[found.word]}, **values))
        return
    sentence = said(f"head_kind.{found.kind}_says", quoted=None, specials=specials_joined(reading), **values)
    st.html(f'<p class="hi-legend">{sentence}</p>')


def head_picker(
    groups: Sequence[tuple[str, str, Sequence[Head]]],
    pictures: np.ndarray,
    *,
    key: str,
    label: str,
    selected: Sequence[Head],
    on_pick: Callable[[Head], None],
) -> None:
    """groups: (name, what they do, heads). pictures (layers, heads, m, m), bytes. One tab stop; arrow keys move, Enter chooses; on_pick(head) is
    called before the next run."""
    layers, heads, size = pictures.shape[:3]

    def picked() -> None:
        place = st.session_state[key].picked
        if isinstance(place, int) and 0 <= place < layers * heads:
            on_pick(divmod(place, heads))

    _COMPONENT(
        key=key,
        data={
            "label": label,
            "size": size,
            "pictures": base64.b64encode(pictures.tobytes()).decode("ascii"),
            "groups": [
                {
                    "name": name,
                    "note": note,
                    "heads": [[layer * heads + head, f"{head_name(layer, head)}{t('head_kind.colon')}{name}"] for layer, head in members],
                }
                for name, note, members in groups
            ],
            "selected": [layer * heads + head for layer, head in selected],
        },
        on_picked_change=picked,
        height="content",
    )
