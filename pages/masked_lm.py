"""Masked LM and next sentence: the two tasks that BERT was trained on, and what the head says after each layer."""

import streamlit as st

from components.ui import choose_view, copy_link, footer, guarded, header, t
from components.views.masked_lm.check import questions
from components.views.masked_lm.filling import show_fill
from components.views.masked_lm.lens import show_lens
from components.views.masked_lm.masking import show_simulator
from components.views.masked_lm.models import offer
from components.views.masked_lm.next_sentence import show_next_sentence

SNIPPETS = {"fill": "fill_mask", "lens": "logit_lens", "simulate": "masking", "next": "next_sentence"}

header("masked_lm")
shown = st.container()
models = offer()
parts = [
    name
    for name, needed in (("fill", "masked_lm"), ("lens", "masked_lm"), ("simulate", None), ("next", "next_sentence"))
    if not needed or models.ids[needed]
]
part = parts[0]
if len(parts) > 1:
    part = choose_view(t("masked_lm.part"), parts, key="mlm_part", label_of=lambda name: t(f"masked_lm.part_{name}"))
snippet, settings = None, {}
with shown, guarded():
    if part == "fill":
        settings = show_fill(models)
    elif part == "lens":
        settings = show_lens(models)
    elif part == "simulate":
        settings = show_simulator(models)
    else:
        settings = show_next_sentence(models)
    snippet = SNIPPETS[part]

footer("masked_lm", snippet=snippet if settings else None, settings=settings, check=lambda: questions(settings))
copy_link("mlm_text", "mlm_fill", "mlm_lens", "nsp_a", "nsp_b", "nsp_story", "mlm_other")
