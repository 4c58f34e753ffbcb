"""The terms of the field, each in one sentence, under the page that shows it: the sections of content/<language>/glossary.md."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.ui.state.language import language, sections, t
from components.ui.widgets.pages import link_to

# Page -> the terms that it shows, in the order of content/<language>/glossary.md.
TERMS: Mapping[str, Sequence[str]] = {
    "tokens": ("token", "tokenizer", "vocabulary", "wordpiece", "mecab", "special-token", "padding", "parameter"),
    "vectors": ("embedding",),
    "similarity": ("pooling", "cosine-similarity", "sentence-vector"),
    "attention": ("attention", "query", "key", "value", "softmax", "self-attention", "cross-attention", "causal-mask"),
    "multi_head": ("multi-head-attention", "head"),
    "positional": ("positional-encoding",),
    "feed_forward": ("feed-forward-network", "residual-connection", "layer-normalisation"),
    "bert_attention": ("encoder", "hidden-state", "entropy", "rollout"),
    "masked_lm": ("masked-language-model", "next-sentence-prediction"),
    "decoder": ("decoder", "sampling", "temperature", "top-p", "beam-search", "kv-cache"),
    "classification": (
        "logit", "confidence", "calibration", "accuracy", "precision", "recall", "macro-f1", "confusion-matrix", "integrated-gradients",
    ),
    "entities": ("named-entity", "bio-tags"),
    "question_answering": ("span", "window", "exact-match"),
    "label": ("active-learning",),
    "fine_tune": (
        "pre-training", "fine-tuning", "base-model", "lora", "loss", "gradient-descent", "epoch",
        "validation", "baseline", "domain-adaptation", "perplexity", "near-duplicate", "inference",
    ),
    "my_models": ("run", "interval"),
    "sources": ("transformer", "rnn"),
}  # fmt: skip


def show_terms() -> None:
    """All terms, under a link to the page where each can be seen at work."""
    st.subheader(t("sources.terms"), anchor="terms")
    written = sections(language(), "glossary")
    for page, terms in TERMS.items():
        if page != "sources":
            link_to(page)
        st.markdown("\n".join(f"- {written[term]}" for term in terms))
