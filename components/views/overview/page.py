"""Home's own parts: the map of the architecture, the measured comparison with an RNN, the models at hand, the learning goals."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant, tiny
from components.charts.overview import BLOCK_IDS, BLOCKS, architecture_map
from components.charts.theme import KEY_COLOUR, QUERY_COLOUR
from components.models import ModelCard, catalog
from components.models.bundled import BUNDLED_IDS
from components.settings import version
from components.ui.state.language import prose, t
from components.ui.state.measuring import measured
from components.ui.widgets.figures import show_figure
from components.ui.widgets.models import score_words
from components.ui.widgets.options import named
from components.ui.widgets.pages import link_to

if TYPE_CHECKING:
    import pandas as pd

BLOCK = "home_block"
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
GOALS = (
    ("architecture", ("attention", "feed_forward")),
    ("implement", ("multi_head", "exercises")),
    ("positions", ("positional",)),
    ("training", ("masked_lm", "fine_tune")),
    ("library", ("tokens",)),
    ("japanese", ("classification", "entities")),
)
PAGES_OF_TASK = {
    "similarity": "similarity",
    "masked_lm": "masked_lm",
    "next_sentence": "masked_lm",
    "classification": "classification",
    "ner": "entities",
    "qa": "question_answering",
}
# What is measured. The snippet has the same names.
D_MODEL, NUM_HEADS, SEED, ROUNDS = 64, 4, 0, 3
LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048)
DISTANCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


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
        labels = {block: t(f"overview.block_{block}") for block in (*BLOCK_IDS, *STACKS)}

        def choose(_: int, index: int) -> None:
            st.session_state[BLOCK] = BLOCK_IDS[index]

        figure = architecture_map(labels, chosen=st.session_state[BLOCK], height=560)
        # Streamlit draws a chart's words in grey, too pale for words that are to be read and chosen.
        ink = st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor")
        figure.update_traces(textfont={"color": ink, "size": 14}).update_annotations(font={"color": ink})
        show_figure(
            figure,
            key="overview-map",
            caption=t("overview.map_caption"),
            alt=t("overview.map_alt", count=len(BLOCKS), chosen=labels[st.session_state[BLOCK]]),
            data=lambda: _map_table(labels),
            on_point=choose,
        )
    with right:
        names = {block: _full_name(block) for block in BLOCK_IDS}
        block = st.selectbox(t("overview.block"), BLOCK_IDS, format_func=named(names), key=BLOCK, persist_state="session")
        kind = kind_of(block)
        if kind in FORMULAS:
            st.latex(FORMULAS[kind])
        st.markdown(prose("overview", f"block-{kind.replace('_', '-')}"))
        st.markdown(f"{t('overview.shape')} ${SHAPES[kind]}$")
        if kind in PARAMETERS:
            st.markdown(t("overview.parameters", width=WIDTH, inner=INNER, count=f"{PARAMETERS[kind]:,}"))
        for page in KINDS[kind]:
            link_to(page)


def show_comparison() -> None:
    """RNN and Transformer: the corrected table, and this machine's own measurements on demand."""
    st.subheader(t("overview.comparison"), anchor="rnn")
    st.markdown(prose("overview", "rnn"))
    measurements = measured("overview", (), _measure, total=ROUNDS * len(LENGTHS) + len(DISTANCES), label=t("overview.measure"))
    if measurements is None:
        st.caption(t("overview.measure_idle"))
        return
    left, right = st.columns(2)
    with left:
        _show_times(measurements)
    with right:
        _show_gradients(measurements)


def show_models() -> None:
    """A card for each bundled model whose files are here: what it does, its size, its scores where they were measured."""
    st.subheader(t("overview.models"), anchor="models")
    cards = [card for card in catalog() if card.bundled]
    st.markdown(t("overview.models_lead", here=len(cards), all=len(BUNDLED_IDS)))
    with st.container(horizontal=True):
        for card in cards:
            with st.container(border=True, width=262, key=f"home-model-{card.id}"):
                _show_card(card)


def show_goals() -> None:
    """The chapter's learning goals as a checklist, each with the pages where it can be reached."""
    st.subheader(t("overview.goals"), anchor="goals")
    progress = st.empty()
    done = 0
    for goal, pages in GOALS:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            done += st.checkbox(t(f"overview.goal_{goal}"), key=f"home_goal_{goal}", persist_state="session")
            for page in pages:
                link_to(page)
    progress.progress(done / len(GOALS), t("overview.goals_done", done=done, all=len(GOALS)))


def show_further() -> None:
    """The models of the next chapter, and the references."""
    st.subheader(t("overview.next"), anchor="next")
    st.markdown(prose("overview", "next"))
    st.subheader(t("overview.references"), anchor="references")
    st.markdown(prose("overview", "references"))


def show_name() -> None:
    """What the app's name means, and which version this is."""
    st.caption(t("overview.name", version=version()))


def snippet_settings() -> dict[str, object]:
    """What the code tab is filled in with."""
    return {"d_model": D_MODEL, "num_heads": NUM_HEADS, "lengths": list(LENGTHS), "distances": list(DISTANCES), "seed": SEED}


def _full_name(block: str) -> str:
    side = t("overview.side_encoder") if block.startswith("encoder") else t("overview.side_decoder")
    return f"{side}: {t(f'overview.block_{block}')}"


def _map_table(labels: dict[str, str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame([{"block": block, "label": labels[block], "pages": " ".join(KINDS[kind_of(block)])} for block in BLOCK_IDS])


def _measure() -> Iterator[Any]:
    from components.transformer.recurrent import measure_gradients, measure_lengths

    yield from measure_lengths(D_MODEL, NUM_HEADS, LENGTHS, SEED, ROUNDS)
    yield from measure_gradients(D_MODEL, NUM_HEADS, DISTANCES, seed=SEED)


def _show_times(measurements: list) -> None:
    from components.transformer.recurrent import LayerTime, Measured, crossing_length

    times: tuple[LayerTime, ...] = [step for step in measurements if isinstance(step, Measured)][-1].times
    lengths = [point.length for point in times]
    curves = [
        Curve("LSTM", [1000 * point.lstm for point in times], KEY_COLOUR),
        Curve(t("overview.attention_layer"), [1000 * point.attention for point in times], QUERY_COLOUR),
    ]
    crossing = crossing_length(times)
    verdict = t("overview.crossing", length=crossing) if crossing else t("overview.no_crossing", length=lengths[-1])
    ratio = significant(times[-1].lstm / times[-1].attention)
    show_figure(
        line_figure(
            lengths,
            curves,
            x_title=t("overview.length_axis"),
            y_title=t("overview.time_axis"),
            log_x=True,
            log_y=True,
            markers=True,
            height=330,
        ),
        key="overview-times",
        caption=f"{t('overview.times_caption')} {verdict}",
        alt=t("overview.times_alt", length=lengths[-1], ratio=ratio) + f" {verdict}",
        data=line_table(lengths, curves, x_title=t("overview.length_axis")),
    )


def _show_gradients(measurements: list) -> None:
    from components.transformer.recurrent import GradientReach

    points = [step for step in measurements if isinstance(step, GradientReach)]
    distances = [point.distance for point in points]
    curves = [
        Curve("LSTM", [point.lstm for point in points], KEY_COLOUR),
        Curve(t("overview.attention_layer"), [point.attention for point in points], QUERY_COLOUR),
    ]
    last = {"distance": distances[-1], "lstm": tiny(points[-1].lstm), "attention": significant(points[-1].attention)}
    show_figure(
        line_figure(
            distances,
            curves,
            x_title=t("overview.distance_axis"),
            y_title=t("overview.gradient_axis"),
            log_x=True,
            log_y=True,
            markers=True,
            height=330,
        ),
        key="overview-gradients",
        caption=t("overview.gradients_caption", **last),
        alt=t("overview.gradients_alt", **last),
        data=line_table(distances, curves, x_title=t("overview.distance_axis")),
    )


def _show_card(card: ModelCard) -> None:
    st.markdown(f"**{t(card.name_key)}**")
    st.markdown(f":small[{t(card.about_key)}]")
    size = t("overview.size", parameters=significant(card.parameters / 1e6), megabytes=significant(card.size_bytes / 1e6))
    st.markdown(f":small[`{card.id}` {size}]")
    for words in score_words(card)[:2]:
        st.markdown(f":small[{words}]")
    link_to(PAGES_OF_TASK[card.task])
