"""Tokens and BERT: text into tokens, tokens into the model, and what the model is made of."""

import streamlit as st

from components.ui import choice, copy_link, footer, guarded, header, t
from components.views.tokens.japanese_models import show_japanese_models
from components.views.tokens.model_input import show_model_input
from components.views.tokens.page import read_text, show_side_by_side
from components.views.tokens.parameters import show_parameters

PARTS = {"split": "tokenizers", "input": "model_input", "parameters": "bert_parameters", "japanese": "japanese_bert"}

header("tokens")
part = choice(t("tokens.part"), tuple(PARTS), key="tok_part", label_of=lambda name: t(f"tokens.part_{name}"), label_visibility="collapsed")
snippet, settings = None, {}
with guarded():
    if part == "split":
        settings = show_side_by_side(read_text())
    elif part == "input":
        settings = show_model_input(read_text())
    elif part == "parameters":
        settings = show_parameters()
    else:
        settings = show_japanese_models()
    snippet = PARTS[part]

st.divider()
footer("tokens", snippet=snippet if settings else None, settings=settings)
copy_link("tok_text", "tok_pair", "tok_other")
