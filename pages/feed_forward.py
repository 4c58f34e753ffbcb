"""Feed-forward and the encoder block: neurons, steps, norms and parameters of a real model, through an encoder written from scratch."""

from components.ui import choice, copy_link, footer, guarded, header, t
from components.views.feed_forward.page import read_input, show_neurons, show_proof, snippet_settings
from components.views.feed_forward.views import show_activation, show_block, show_norms, show_parameters

VIEWS = {
    "neurons": show_neurons,
    "block": show_block,
    "norms": show_norms,
    "activation": show_activation,
    "parameters": show_parameters,
}

header("feed_forward")
settings = None
with guarded():
    traced = read_input()
    show_proof(traced)
    view = choice(
        t("feed_forward.view"),
        list(VIEWS),
        key="ff_view",
        label_of=lambda name: t(f"feed_forward.view_{name}"),
        label_visibility="collapsed",
    )
    VIEWS[view](traced)
    settings = snippet_settings(traced)
footer("feed_forward", snippet="encoder_block" if settings else None, settings=settings)
copy_link("ff_text")
