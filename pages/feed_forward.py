"""Feed-forward and the encoder block: neurons, steps, norms and parameters of a real model, through an encoder written from scratch."""

from components.ui import choice, copy_link, footer, guarded, header, t
from components.views.feed_forward.page import read_input, show_neurons, show_proof, snippet_settings
from components.views.feed_forward.views import show_activation, show_block, show_norms, show_parameters

VIEWS = {
    "neurons": (show_neurons, "feed_forward"),
    "block": (show_block, "encoder_block"),
    "norms": (show_norms, "encoder_block"),
    "activation": (show_activation, "feed_forward"),
    "parameters": (show_parameters, "bert_parameters"),
}

header("feed_forward")
snippet, settings = None, None
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
    show, snippet = VIEWS[view]
    show(traced)
    settings = snippet_settings(traced, snippet)
footer("feed_forward", snippet=snippet if settings else None, settings=settings)
copy_link("ff_text")
