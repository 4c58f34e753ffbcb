"""Decoder and generation: attention that sees only what came before, and the parts of today's decoders beside those of 2017."""

from components.ui import choose_view, copy_link, footer, guarded, header, t
from components.views.decoder.causal import show_causal
from components.views.decoder.modern import show_modern

VIEWS = {"causal": show_causal, "modern": show_modern}
SNIPPETS = {"causal": "causal_attention", "modern": "modern_parts"}

header("decoder")
view = choose_view(t("decoder.part"), list(VIEWS), key="dec_part", label_of=lambda name: t(f"decoder.part_{name}"))
settings = None
with guarded():
    settings = VIEWS[view]()
footer("decoder", snippet=SNIPPETS[view] if settings else None, settings=settings)
copy_link("dec_text", "dec_other")
