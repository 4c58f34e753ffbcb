"""The text with its names marked, large; a legend that filters them; under it every token with the tag that it got.

Own front-end code (marked_text.js and .css beside this file), because the text itself is the figure. It builds text nodes, never HTML, so any text
is safe in it. The filter stays in the browser: no run of the page.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from components.charts.numbers import per_cent
from components.models import Entity
from components.ui.state.language import t

from . import kinds
from .escaped import printable_lines

if TYPE_CHECKING:
    from components.models.ner import TaggedText

SURE = 0.6  # a name or tag under it is hatched
LONG = 400  # characters from which on the text is small and scrolls
MOST_TOKENS = 600
# What the bundled models' types mean; the Japanese one keeps its data's own names.
MEANINGS = kinds.MEANT | {"ORG": "organisation", "MISC": "other", "その他の組織名": "other_organisation"}
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_marked_text",
    html="<div class='figure'><div class='text' data-words dir='auto'></div><div class='legend' role='group'></div>"
    "<h3 class='heading'></h3><div class='strip' data-words></div></div>",
    css=kinds.STYLE + (_HERE / "marked_text.css").read_text(encoding="utf-8"),
    js=(_HERE / "marked_text.js").read_text(encoding="utf-8"),
)


def marked_text(result: "TaggedText", names: Mapping[str, str], *, key: str) -> None:
    """Draws the text. names: label -> what it is called, in the order of the legend."""
    order = {label: number for number, label in enumerate(names)}
    kind = kinds.kinds_of(list(names))
    counts = [sum(entity.label == label for entity in result.entities) for label in names]
    _COMPONENT(
        key=key,
        data={
            "pieces": pieces(result.text, result.entities, order),
            "tokens": _tokens(result, order),
            "kinds": [{"kind": kind[label], "name": names[label], "count": count} for label, count in zip(names, counts, strict=True)],
            "long": len(result.text) > LONG,
            "labels": {"tags": t("entities.heading_tags"), "filter": t("entities.filter")},
        },
        height="content",
    )


def kind_name(label: str) -> str:
    """What a type is called in the visitor's language; a type that only its model knows keeps its own name."""
    return t(f"entities.type_{MEANINGS[label]}") if label in MEANINGS else label


def in_order(labels: Sequence[str]) -> list[str]:
    """A model's types in the order of the kinds."""
    kind = kinds.kinds_of(labels)
    return sorted(labels, key=lambda label: kinds.KINDS.index(kind[label]))


def pieces(text: str, entities: Sequence[Entity], order: Mapping[str, int]) -> list[list[object]]:
    """The text in pieces [text, kind's number or -1, per cent, whether unsure]: names, and what stands between them."""
    found, position = [], 0
    for entity in sorted(entities, key=lambda one: one.start):
        if entity.start > position:
            found.append([printable_lines(text[position : entity.start]), -1, "", 0])
        found.append([printable_lines(entity.text), order[entity.label], per_cent(entity.score), int(entity.score < SURE)])
        position = entity.end
    if position < len(text):
        found.append([printable_lines(text[position:]), -1, "", 0])
    return found


def _tokens(result: "TaggedText", order: Mapping[str, int]) -> list[list[object]]:
    rows = []
    for token, tag, score in list(zip(result.tokens, result.tags, result.scores, strict=True))[:MOST_TOKENS]:
        position, _, label = tag.partition("-")
        known = label in order
        tip = f"{tag} · {per_cent(score)}"
        rows.append(
            [printable_lines(token.removeprefix("##")), position[:1] if known else "", order.get(label, -1), int(score < SURE), tip]
        )
    return rows
