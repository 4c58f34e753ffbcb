"""Feed-forward and the encoder block: steps, neurons, norms and parameters of a real model, through an encoder written from scratch."""

import streamlit as st

from components.ui import bench, choose_view, copy_link, footer, guarded, header, t
from components.views.feed_forward.block import show_block
from components.views.feed_forward.check import questions
from components.views.feed_forward.neurons import show_all_neurons, show_neurons
from components.views.feed_forward.page import read_input, show_proof, snippet_settings
from components.views.feed_forward.views import show_activation, show_norms, show_parameters

VIEWS = {
    "block": (show_block, "encoder_block"),
    "neurons": (show_neurons, "feed_forward"),
    "norms": (show_norms, "encoder_block"),
    "activation": (show_activation, "feed_forward"),
    "parameters": (show_parameters, "bert_parameters"),
}

header("feed_forward")
view = choose_view(t("feed_forward.view"), list(VIEWS), key="ff_view", label_of=lambda name: t(f"feed_forward.view_{name}"))
show, snippet = VIEWS[view]
bar = bench("ff")
bar.run()
settings, traced = None, None
with guarded():
    traced = read_input(bar)
    show(traced)
    show_proof(traced)
    if view == "neurons":
        with st.expander(t("feed_forward.all_neurons")):
            show_all_neurons(traced)
    settings = snippet_settings(traced, snippet)
footer("feed_forward", snippet=snippet if settings else None, settings=settings, check=lambda: questions(traced))
copy_link("ff_text")
