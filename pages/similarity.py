"""Similarity and embeddings: sentences to vectors, vectors to cosines, and what pooling and layer do to them."""

import streamlit as st

from components.ui import copy_link, footer, guarded, header, t
from components.ui.similarity import choose_encoder, read_sentences, show_layers, show_pairs, show_poolings, show_similarities

header("similarity")
code = {}
with guarded():
    left, right = st.columns([2, 3], gap="medium")
    with left:
        sentences = read_sentences()
        compared = choose_encoder(sentences)
    with right:
        show_similarities(compared)
    st.subheader(t("similarity.heading_pairs"), anchor=False)
    show_pairs(compared)
    st.subheader(t("similarity.heading_poolings"), anchor=False)
    show_poolings(compared)
    st.subheader(t("similarity.heading_layers"), anchor=False)
    show_layers(compared)
    code = {"snippet": "similarity", "settings": compared.settings}
footer("similarity", **code)
copy_link("sentences")
