"""Attention, step by step: a sentence through one head of a trained BERT, through random weights, or typed matrices; every number computed live."""

import streamlit as st

from components.ui import bench, copy_link, footer, guarded, header, prose, t
from components.views.attention.check import questions
from components.views.attention.compared import show_comparison, show_scaling, show_variants
from components.views.attention.figure import show_flow
from components.views.attention.inputs import choose_mode, read_input
from components.views.attention.mask import choose_mask, choose_scale

header("attention")
settings, steps, inputs = None, None, None
mode = ""
with guarded():
    bar = bench("att")
    mode, gear = choose_mode(bar), bar.more
    bar.run()
    figure, editors = st.container(), st.container()
    inputs = read_input(mode, bar, gear, editors)
    mask = choose_mask(inputs, gear, editors)
    scale = choose_scale(gear)
    steps = inputs.steps(mask.allowed, scale)
    with figure:
        show_flow(steps, inputs, mask.causal)

    st.subheader(t("attention.heading_variants"), anchor=False)
    show_variants(inputs, mask.allowed, scale)
    st.subheader(t("attention.heading_same"), anchor=False)
    show_comparison(steps)
    if inputs.settings:
        settings = {**inputs.settings, **mask.settings, "scale": scale}

st.subheader(t("attention.heading_why"), anchor=False)
show_scaling()
st.markdown(prose("attention", "why-scale"))
footer("attention", snippet=f"attention_{mode}" if settings else None, settings=settings, check=lambda: questions(steps, inputs))
copy_link("att_text", "att_other", "att_Q", "att_K", "att_V")
