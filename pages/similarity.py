"""Similarity and embeddings: a sentence falls onto a map of others; all pairs of a list, poolings and layers; a whole table mapped and searched."""

import streamlit as st

from components.ui import choose_view, copy_link, footer, guarded, header, t
from components.views.similarity.check import of_list, of_map
from components.views.similarity.lists import show_clusters, show_duplicates, show_search
from components.views.similarity.map import show_map
from components.views.similarity.page import Compared, choose_encoder, read_sentences, show_pairs, show_similarities
from components.views.similarity.poolings import show_layers, show_poolings
from components.views.similarity.sample import first_view, show_sample
from components.views.similarity.table import go_on, read_embedded


def sentences() -> Compared:
    """Some sentences, all pairs."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        compared = choose_encoder(read_sentences())
    with right:
        show_similarities(compared)
    st.subheader(t("similarity.heading_pairs"), anchor=False)
    show_pairs(compared)
    st.subheader(t("similarity.heading_poolings"), anchor=False)
    show_poolings(compared)
    st.subheader(t("similarity.heading_layers"), anchor=False)
    show_layers(compared)
    return compared


def table() -> None:
    """A column of a table."""
    embedded = read_embedded()
    if embedded is None:
        return
    if embedded.work.ready:
        tabs = st.tabs([t(f"similarity.tab_{name}") for name in ("map", "search", "duplicates", "clusters")])
        for tab, show in zip(tabs, (show_map, show_search, show_duplicates, show_clusters), strict=True):
            with tab:
                show(embedded)
    go_on(embedded)


header("similarity")
first_view()
mode = choose_view(t("similarity.mode"), ("map", "sentences", "table"), key="sim_mode", label_of=lambda name: t(f"similarity.mode_{name}"))
placed, compared = None, None
with guarded():
    if mode == "map":
        placed = show_sample()
    elif mode == "sentences":
        compared = sentences()
    else:
        table()
shown = placed or compared
footer("similarity", **(shown.code if shown else {}), check=lambda: [*of_map(placed), *of_list(compared)])
copy_link("sim_text", "sim_sentences")
