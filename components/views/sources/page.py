"""The map of the architecture with its blocks explained, the learning goals, later models and references, the app's name."""

from typing import TYPE_CHECKING

import streamlit as st

from components.charts.architecture import BLOCK_IDS, BLOCKS, architecture_map
from components.charts.theme import ROLES
from components.settings import version
from components.ui.state.language import prose, t
from components.ui.widgets.figures import show_figure
from components.ui.widgets.options import named
from components.ui.widgets.pages import GOALS, link_to

if TYPE_CHECKING:
    import pandas as pd

BLOCK = "src_block"
FIRST = "encoder_attention"
STACKS = ("encoder_stack", "decoder_stack")
# What a block is, by the last part of its id: the text that explains it and the pages that show it.
KINDS = {
    "input": ("tokens",),
    "embedding": ("tokens", "similarity"),
    "position": ("positional",),
    "self_attention": ("attention", "multi_head", "bert_attention"),
    "masked_attention": ("attention", "multi_head"),
    "cross_attention": ("attention", "multi_head"),
    "norm": ("feed_forward",),
    "feed_forward": ("feed_forward",),
    "linear": ("masked_lm",),
    "probabilities": ("masked_lm",),
}
FORMULAS = {
    "position": r"\mathrm{PE}_{pos,2i} = \sin(pos/10000^{2i/d_{model}})",
    "self_attention": r"\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right)V",
    "masked_attention": r"\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}} + \mathrm{mask}\right)V",
    "cross_attention": r"Q = X_{dec}W_Q,\quad K = X_{enc}W_K,\quad V = X_{enc}W_V",
    "norm": r"\mathrm{LayerNorm}(x + \mathrm{Sublayer}(x))",
    "feed_forward": r"\max(0,\, xW_1 + b_1)W_2 + b_2",
    "probabilities": r"\mathrm{softmax}(x)_j = e^{x_j} / \textstyle\sum_i e^{x_i}",
}
SHAPES = {
    "input": r"(n)",
    "embedding": r"(n) \to (n, d_{model})",
    "position": r"(n, d_{model}) \to (n, d_{model})",
    "self_attention": r"(n, d_{model}) \to (h, n, d_k) \to (n, d_{model})",
    "masked_attention": r"(n, d_{model}) \to (h, n, d_k) \to (n, d_{model})",
    "cross_attention": r"(n_{dec}, d_{model}),\ (n_{enc}, d_{model}) \to (n_{dec}, d_{model})",
    "norm": r"(n, d_{model}) \to (n, d_{model})",
    "feed_forward": r"(n, d_{model}) \to (n, d_{ff}) \to (n, d_{model})",
    "linear": r"(n, d_{model}) \to (n, |V|)",
    "probabilities": r"(n, |V|) \to (n, |V|)",
}
WIDTH, INNER = 512, 2048  # the first Transformer's base model, as in the chapter
_ATTENTION = 4 * WIDTH * WIDTH + 4 * WIDTH
PARAMETERS = {
    "position": 0,
    "self_attention": _ATTENTION,
    "masked_attention": _ATTENTION,
    "cross_attention": _ATTENTION,
    "norm": 2 * WIDTH,
    "feed_forward": 2 * WIDTH * INNER + INNER + WIDTH,
    "probabilities": 0,
}


def kind_of(block: str) -> str:
    """The kind of a block of the map, a key of KINDS."""
    special = {"encoder_attention": "self_attention", "decoder_attention": "masked_attention"}
    if block in special:
        return special[block]
    return next(kind for kind in KINDS if kind in block)


def show_map() -> None:
    """The encoder-decoder map; a chosen block is explained beside it, with links to its pages."""
    if st.session_state.get(BLOCK) not in BLOCK_IDS:
        st.session_state[BLOCK] = FIRST
    left, right = st.columns([5, 4], gap="medium")
    with left:
        labels = {block: t(f"sources.block_{block}") for block in (*BLOCK_IDS, *STACKS)}

        def choose(_: int, index: int) -> None:
            st.session_state[BLOCK] = BLOCK_IDS[index]

        figure = architecture_map(labels, chosen=st.session_state[BLOCK], height=540)
        figure.update_traces(textfont={"color": ROLES["ink"].light, "size": 14})
        show_figure(
            figure,
            key="sources-map",
            caption=t("sources.map_caption"),
            alt=t("sources.map_alt", count=len(BLOCKS), chosen=labels[st.session_state[BLOCK]]),
            data=lambda: _map_table(labels),
            on_point=choose,
        )
    with right:
        names = {block: _full_name(block) for block in BLOCK_IDS}
        block = st.selectbox(t("sources.block"), BLOCK_IDS, format_func=named(names), key=BLOCK, persist_state="session")
        kind = kind_of(block)
        if kind in FORMULAS:
            st.latex(FORMULAS[kind])
        st.markdown(prose("sources", f"block-{kind.replace('_', '-')}"))
        st.markdown(f"{t('sources.shape')} ${SHAPES[kind]}$")
        if kind in PARAMETERS:
            st.markdown(t("sources.parameters", width=WIDTH, inner=INNER, count=f"{PARAMETERS[kind]:,}"))
        for page in KINDS[kind]:
            link_to(page)


def show_goals() -> None:
    """The chapter's learning goals as a checklist, each with the pages where it can be reached."""
    st.subheader(t("sources.goals"), anchor="goals")
    progress = st.empty()
    done = 0
    for goal, pages in GOALS.items():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            done += st.checkbox(t(f"sources.goal_{goal}"), key=f"src_goal_{goal}", persist_state="session")
            for page in pages:
                link_to(page)
    progress.progress(done / len(GOALS), t("sources.goals_done", done=done, all=len(GOALS)))


def show_further() -> None:
    """The models of the next chapter, and the references."""
    st.subheader(t("sources.next"), anchor="next")
    st.markdown(prose("sources", "next"))
    st.subheader(t("sources.references"), anchor="references")
    st.markdown(prose("sources", "references"))


def show_name() -> None:
    """What the app's name means, and which version this is."""
    st.caption(t("sources.name", version=version()))


def _full_name(block: str) -> str:
    side = t("sources.side_encoder") if block.startswith("encoder") else t("sources.side_decoder")
    return f"{side}: {t(f'sources.block_{block}')}"


def _map_table(labels: dict[str, str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame([{"block": block, "label": labels[block], "pages": " ".join(KINDS[kind_of(block)])} for block in BLOCK_IDS])
