"""Where a page is in a Transformer: the model's parts in the order in which a text passes them, those of the page filled."""

from html import escape

import streamlit as st

from components.ui.state.language import t

PARTS = ("text", "vectors", "positions", "attention", "ffn", "answer")
BLOCK = ("attention", "ffn")  # what a layer repeats
ALL_LEARNED = PARTS[1:]
HERE = {
    "vectors": ("text", "vectors"),
    "tokens": ("text",),
    "similarity": ("vectors",),
    "positional": ("positions",),
    **dict.fromkeys(("attention", "multi_head", "bert_attention"), ("attention",)),
    "feed_forward": ("ffn",),
    "decoder": ("attention", "ffn", "answer"),
    **dict.fromkeys(("masked_lm", "classification", "entities", "question_answering"), ("answer",)),
    **dict.fromkeys(("label", "fine_tune", "my_models"), ALL_LEARNED),
}


def show_locator(page: str) -> None:
    """The small map; nothing for a page that is about no part."""
    if here := HERE.get(page):
        st.html(locator(here))


def locator(here: tuple[str, ...]) -> str:
    """The map as HTML with the parts `here` filled, named as a whole for a screen reader."""

    def box(part: str) -> str:
        return f'<i class="{"on" if part in here else "off"}">{escape(t("common.part_" + part))}</i>'

    names = t("common.list_separator").join(t(f"common.part_{part}") for part in here)
    label = escape(t("common.you_are_here", parts=names))
    layer = f"<b>{''.join(map(box, BLOCK))}</b>"
    before, after = "".join(map(box, PARTS[:3])), box(PARTS[-1])
    return f'<div class="hi-here" role="img" aria-label="{label}">{before}{layer}{after}</div>'
