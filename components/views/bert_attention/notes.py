"""What is said about a reading above its figures: another kind of model, a text that was cut."""

import streamlit as st

from components.models.encoder import EncoderRun
from components.ui.state.language import t


def note_kind(causal: bool, joined: bool) -> None:
    """What is different in a model that isn't built like BERT. joined: it reads two texts with nothing between them."""
    if causal:
        st.caption(f":material/arrow_back: {t('bert_attention.causal')}")
    if joined:
        st.caption(t("bert_attention.no_separator"))


def note_cut(output: EncoderRun, most: int) -> None:
    """Says that a text was too long, and after which words it was cut."""
    text = output.text
    for sequence, left_out in enumerate(text.left_out):
        if not left_out:
            continue
        last = max(span[1] for span, own in zip(text.spans, text.sequence, strict=True) if own == sequence)
        whole = text.text if sequence == 0 else (text.pair or "")
        st.warning(
            t("bert_attention.cut", most=most, left_out=left_out, end=whole[max(0, last - 40) : last]), icon=":material/content_cut:"
        )
