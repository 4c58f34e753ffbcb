"""Tokens: one text cut in several ways on one ruler, its way into the model, and what the model is made of. The tracks are a figure of its own."""

from components.ui import bench, choose_view, copy_link, footer, guarded, header, t
from components.views.tokens.check import questions
from components.views.tokens.japanese_models import show_japanese_models
from components.views.tokens.model_input import show_model_input
from components.views.tokens.page import read_text, show_side_by_side
from components.views.tokens.parameters import show_parameters

PARTS = {"split": "tokenizers", "input": "model_input", "parameters": "bert_parameters", "japanese": "japanese_bert"}

header("tokens")
part = choose_view(t("tokens.part"), tuple(PARTS), key="tok_part", label_of=lambda name: t(f"tokens.part_{name}"))
snippet, settings = None, {}
with guarded():
    if part in ("split", "input"):
        bar = bench("tok")
        bar.run(t("tokens.split" if part == "split" else "common.analyse"))
        settings = (show_side_by_side if part == "split" else show_model_input)(bar, read_text(bar))
    else:
        settings = show_parameters() if part == "parameters" else show_japanese_models()
    snippet = PARTS[part]

footer("tokens", snippet=snippet if settings else None, settings=settings, check=lambda: questions(settings))
copy_link("tok_text", "tok_pair", "tok_other")
