"""Decoder and generation: attention that sees only what came before, and the parts of today's decoders beside those of 2017."""

from components.ui import choose_view, copy_link, footer, guarded, header, t
from components.views.decoder.causal import show_causal
from components.views.decoder.check import questions
from components.views.decoder.following import show_following
from components.views.decoder.modern import show_modern
from components.views.decoder.surprise import show_surprise
from components.views.decoder.writing import show_writing

VIEWS = {"causal": show_causal, "next": show_following, "write": show_writing, "surprise": show_surprise, "modern": show_modern}
SNIPPETS = {"causal": "causal_attention", "next": "next_token", "write": "writing", "surprise": "perplexity", "modern": "modern_parts"}

header("decoder")
view = choose_view(t("decoder.part"), list(VIEWS), key="dec_part", label_of=lambda name: t(f"decoder.part_{name}"))
settings = None
with guarded():
    settings = VIEWS[view]()
footer("decoder", snippet=SNIPPETS[view] if settings else None, settings=settings, check=lambda: questions(settings))
copy_link("dec_prompt", "dec_text", "dec_other")
