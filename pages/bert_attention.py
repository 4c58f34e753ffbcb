"""Attention of a real BERT: every layer and head of any model, on the visitor's own text."""

from components.ui import bench, choose_view, copy_link, footer, guarded, header, t
from components.views.bert_attention.ablation import show_experiments, snippet_settings
from components.views.bert_attention.check import questions
from components.views.bert_attention.heads import show_heads
from components.views.bert_attention.page import choose_source, read_input, show_notes
from components.views.bert_attention.views import VIEWS, choose_part, show_view

header("bert_attention")
bar = bench("ba")
bar.run()
settings, shown, reading = None, None, None
with guarded():
    more = bar.more
    reading = read_input(bar, more)
    view = choose_view(t("bert_attention.view"), VIEWS, key="ba_view", label_of=lambda name: t(f"bert_attention.view_{name}"))
    with more:
        source = choose_source(reading)
        shown = choose_part(source, reading)
    show_view(view, shown, reading)
    show_notes(reading)
    show_heads(source, reading)
    show_experiments(source, reading)
    settings = snippet_settings(source, reading)
footer("bert_attention", snippet="bert_attention" if settings else None, settings=settings, check=lambda: questions(shown, reading))
copy_link("ba_text", "ba_pair")
