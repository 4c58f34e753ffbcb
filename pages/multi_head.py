"""Multi-head attention: heads of a trained model named by what they do, or of a layer made from scratch; how it is cut and joined, what it costs."""

import streamlit as st

from components.ui import bench, copy_link, footer, guarded, header, prose, t
from components.views.multi_head.check import questions
from components.views.multi_head.costs import show_costs
from components.views.multi_head.figure import show_heads
from components.views.multi_head.inputs import choose_mode, read_random, read_text
from components.views.multi_head.layer import random_layer, trained_layer
from components.views.multi_head.parts import show_agreement, show_cut, show_similarity

header("multi_head")
layer = None
with guarded():
    bar = bench("mh")
    mode, gear = choose_mode(bar), bar.more
    bar.run()
    text = read_text(bar)
    layer = trained_layer(text, gear) if mode == "trained" else random_layer(read_random(text, gear))
    show_heads(layer, t("multi_head.example_word"))
    show_agreement(layer)
    st.subheader(t("multi_head.cut_title"), anchor=False)
    show_cut(layer)
    show_similarity(layer)
with guarded():
    show_costs()
    st.markdown(prose("multi_head", "how-many"))
footer(
    "multi_head",
    snippet=(layer.snippet or None) if layer else None,
    settings=layer.settings if layer else None,
    check=lambda: questions(layer),
)
copy_link("mh_text", "mh_other")
