"""Attention, step by step: from a sentence, or from typed matrices, to the weights and the output, every number computed live."""

import streamlit as st

from components.ui import copy_link, footer, guarded, header, prose, t
from components.views.attention.compared import show_variants
from components.views.attention.matrices import show_steps
from components.views.attention.steps import choose_mask, choose_mode, read_input, show_comparison, show_scaling

header("attention")
mode = choose_mode()
code = {}
with guarded():
    controls, figure, weights = st.container(), st.container(), st.container()
    with controls:
        inputs = read_input(mode, weights)
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        with left:
            mask = choose_mask(inputs)
        with right:
            scale = st.toggle(t("attention.scale"), value=True, key="att_scale", bind="query-params")
    with figure:
        steps = inputs.steps(mask.allowed, scale)
        show_steps(steps, inputs)

    st.subheader(t("attention.heading_variants"), anchor=False)
    show_variants(inputs, mask.allowed, scale)
    st.subheader(t("attention.heading_same"), anchor=False)
    show_comparison(steps)
    code = {"snippet": f"attention_{mode}", "settings": {**inputs.settings, **mask.settings, "scale": scale}}

st.subheader(t("attention.heading_why"), anchor=False)
show_scaling()
st.markdown(prose("attention", "why-scale"))
footer("attention", **code)
copy_link("att_text", "att_other", "att_Q", "att_K", "att_V")
