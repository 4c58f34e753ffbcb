"""Multi-head attention: the heads side by side, PyTorch's own layer as the check, shapes, and what the number of heads changes."""

import streamlit as st

from components.ui import copy_link, footer, guarded, header, prose
from components.views.multi_head.page import compute, read_input, show_costs, show_heads, show_numbers, show_shapes, show_similarity

header("multi_head")
settings = None
with guarded():
    inputs = read_input()
    experiment = compute(inputs)
    show_heads(inputs, experiment)
    show_numbers(inputs, experiment)
    left, right = st.columns([3, 2])
    with left:
        show_shapes(inputs, experiment)
    with right:
        show_similarity(inputs, experiment)
    settings = {
        "query_words": list(inputs.query_words),
        "key_words": list(inputs.key_words),
        "d_model": inputs.d_model,
        "num_heads": inputs.num_heads,
        "causal": inputs.causal,
        "seed": inputs.seed,
    }
with guarded():
    show_costs()
    st.markdown(prose("multi_head", "how-many"))
footer("multi_head", snippet="multi_head" if settings else None, settings=settings)
copy_link("mh_text", "mh_other")
