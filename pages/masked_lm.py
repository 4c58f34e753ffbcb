"""Masked LM and next sentence: the two tasks that BERT was trained on."""

import streamlit as st

from components.ui import choice, copy_link, footer, guarded, header, t
from components.views.masked_lm.filling import show_fill
from components.views.masked_lm.masking import show_simulator
from components.views.masked_lm.models import offer
from components.views.masked_lm.next_sentence import show_next_sentence

SNIPPETS = {"fill": "fill_mask", "simulate": "masking", "next": "next_sentence"}

header("masked_lm")
top, shown = st.container(), st.container()
models = offer()
parts = [
    name for name, needed in (("fill", "masked_lm"), ("simulate", None), ("next", "next_sentence")) if not needed or models.ids[needed]
]
part = parts[0]
if len(parts) > 1:
    with top:
        part = choice(
            t("masked_lm.part"), parts, key="mlm_part", label_of=lambda name: t(f"masked_lm.part_{name}"), label_visibility="collapsed"
        )
snippet, settings = None, {}
with shown, guarded():
    if part == "fill":
        settings = show_fill(models)
    elif part == "simulate":
        settings = show_simulator(models)
    else:
        settings = show_next_sentence(models)
    snippet = SNIPPETS[part]

st.divider()
footer("masked_lm", snippet=snippet if settings else None, settings=settings)
copy_link("mlm_text", "mlm_fill", "nsp_a", "nsp_b", "nsp_story", "mlm_other")
