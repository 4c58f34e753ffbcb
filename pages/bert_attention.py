"""Attention of a real BERT: every layer and head of any model, on the visitor's own text."""

import streamlit as st

from components.ui import copy_link, footer, guarded, header
from components.views.bert_attention.ablation import show_experiments, snippet_settings
from components.views.bert_attention.page import choose_heads, read_input
from components.views.bert_attention.views import choose_part, choose_view, show_view

header("bert_attention")
settings = None
with guarded():
    reading = read_input()
    left, right = st.columns([4, 5], gap="medium")
    with left:
        source = choose_heads(reading)
        shown = choose_part(source, reading)
    with right:
        show_view(choose_view(), shown, reading)
    show_experiments(source, reading)
    settings = snippet_settings(source, reading)
footer("bert_attention", snippet="bert_attention" if settings else None, settings=settings)
copy_link("ba_text", "ba_pair")
