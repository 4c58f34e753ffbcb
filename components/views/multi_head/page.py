"""The multi-head attention page's own parts: the controls, the heads, the comparison with PyTorch, the shapes, and what heads cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.matrices import head_grid, thumbnail_size, token_matrix
from components.charts.numbers import significant, tiny
from components.charts.theme import KEY_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR
from components.errors import UserError
from components.text.words import split_words
from components.ui.state.language import t
from components.ui.state.measuring import measured
from components.ui.widgets.address import choice, typed_text
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import Panel, matrix_panel, show_figure, show_matrix, show_row

if TYPE_CHECKING:
    from components.transformer.multi_head import HeadCost, MultiHeadExperiment

SMALL = 24  # words up to which every head is drawn in full
HEADS = ("1", "2", "4", "8", "16")
NO_BREAK = "\u00a0"
WIDTH = 190  # pixels of a head: four stand side by side on a screen of 1280
MAX_D_MODEL, MAX_LENGTH, MEASURED_D_MODEL = 512, 512, 512


class MultiHeadInputError(UserError):
    """Input of the multi-head page that can't be used."""


@dataclass(frozen=True, eq=False)
class MultiHeadInput:
    """What the visitor put in. `head` is the one drawn large where the texts are long."""

    query_words: Sequence[str]
    key_words: Sequence[str]
    d_model: int
    num_heads: int
    causal: bool
    seed: int


def read_input() -> MultiHeadInput:
    """Examples, the sentence, and the settings in one row. Raises MultiHeadInputError."""
    sizes = {"four": (64, "4"), "chapter": (512, "8"), "one": (64, "1"), "narrow": (64, "16")}
    choices = {name: {"mh_d_model": d_model, "mh_heads": heads} for name, (d_model, heads) in sizes.items()}
    examples("mh_example", choices, {name: t(f"multi_head.example_{name}") for name in choices})
    typed_text("mh_text", t("multi_head.example_text"))
    typed_text("mh_other", t("multi_head.example_other"))
    columns = st.columns([2.5, 2.55, 1.1, 0.95, 1.8], vertical_alignment="bottom")
    text = columns[0].text_input(t("multi_head.text"), key="mh_text", persist_state="session")
    with columns[1]:
        num_heads = int(choice(t("multi_head.heads"), HEADS, key="mh_heads", default="4"))
    d_model = int(columns[2].number_input(t("multi_head.d_model"), value=64, step=16, key="mh_d_model", bind="query-params"))
    seed = int(
        columns[3].number_input(t("common.seed"), value=0, step=1, key="mh_seed", bind="query-params", help=t("multi_head.seed_help"))
    )
    with columns[4]:
        causal = st.toggle(t("multi_head.causal"), key="mh_causal", bind="query-params")
        cross = st.toggle(t("multi_head.cross"), key="mh_cross", bind="query-params")
    other = st.text_input(t("multi_head.other"), key="mh_other", persist_state="session") if cross else text
    if not 1 <= d_model <= MAX_D_MODEL:
        raise MultiHeadInputError("multi_head.width_out_of_range", found=d_model, most=MAX_D_MODEL)
    if not 0 <= seed <= 9999:
        raise MultiHeadInputError("multi_head.seed_out_of_range", found=seed)
    if d_model % num_heads:
        nearest = max(num_heads, round(d_model / num_heads) * num_heads)
        raise MultiHeadInputError("multi_head.not_divisible", d_model=d_model, heads=num_heads, nearest=nearest)
    return MultiHeadInput(_words(text), _words(other), d_model, num_heads, causal, seed)


def compute(inputs: MultiHeadInput) -> "MultiHeadExperiment":
    """The from-scratch layer beside `nn.MultiheadAttention` with the same weights: a MultiHeadExperiment."""
    with st.spinner(t("multi_head.computing")):
        return _compute(tuple(inputs.query_words), tuple(inputs.key_words), inputs.d_model, inputs.num_heads, inputs.causal, inputs.seed)


@st.cache_data(max_entries=32, ttl=3600, show_spinner=False)
def _compute(
    queries: tuple[str, ...], keys: tuple[str, ...], d_model: int, num_heads: int, causal: bool, seed: int
) -> "MultiHeadExperiment":
    from components.transformer.masks import causal_mask
    from components.transformer.multi_head import compare_with_library
    from components.transformer.words import embed_words

    mask = causal_mask(len(queries), len(keys)) if causal else None
    return compare_with_library(embed_words(list(queries), seed, d_model), embed_words(list(keys), seed, d_model), num_heads, mask, seed)


def show_heads(inputs: MultiHeadInput, experiment: "MultiHeadExperiment") -> None:
    """One matrix a head; for long texts all of them small, and a chosen one large."""
    highest = float(experiment.weights.max())
    if max(len(inputs.query_words), len(inputs.key_words)) > SMALL:
        _show_many(inputs, experiment, highest)
        return
    panels = [
        matrix_panel(
            weights,
            inputs.query_words,
            inputs.key_words,
            key=f"multi-head-{head + 1}",
            alt=t("multi_head.head_alt", head=head + 1, **_strongest(weights, inputs)),
            name=t("multi_head.head", head=head + 1),
            title=t("multi_head.head", head=head + 1),
            limits=(0.0, highest),
            width=WIDTH - 55,
            height=225,
        )
        for head, weights in enumerate(experiment.weights)
    ]
    show_row(panels, key="multi-head", caption=t("multi_head.heads_caption", d_k=inputs.d_model // inputs.num_heads), width=WIDTH)


def show_numbers(inputs: MultiHeadInput, experiment: "MultiHeadExperiment") -> None:
    """The largest differences from PyTorch's layer, and the parameters of both."""
    columns = st.columns(4)
    columns[0].metric(t("multi_head.output_difference"), tiny(experiment.output_difference), help=t("multi_head.difference_help"))
    columns[1].metric(t("multi_head.weights_difference"), tiny(experiment.weights_difference), help=t("multi_head.difference_help"))
    columns[2].metric(t("multi_head.parameters"), f"{experiment.parameter_count:,}", help=t("multi_head.parameters_help"))
    columns[3].metric(t("multi_head.library_parameters"), f"{experiment.library_parameter_count:,}", help=t("multi_head.parameters_help"))


def show_shapes(inputs: MultiHeadInput, experiment: "MultiHeadExperiment") -> None:
    """The shape at every step, in the order of computing."""
    shapes = {step.name: str(step.shape) for step in experiment.steps}
    st.markdown(f"**{t('multi_head.shapes_title')}**")
    rows = [f"| {t('multi_head.step')} | {t('multi_head.shape')} |", "|---|---|"]
    rows += [f"| {t(f'multi_head.step_{name}')}: {formula} | {_joined(shapes, names)} |" for name, formula, names in STEPS]
    st.markdown("\n".join(rows))
    st.caption(t("multi_head.shapes_caption", d_k=inputs.d_model // inputs.num_heads, heads=inputs.num_heads, d_model=inputs.d_model))


STEPS = (
    ("input", "$Q,\\ K,\\ V$", ("query", "key", "value")),
    ("projected", "$QW^Q,\\ KW^K,\\ VW^V$", ("query_projected", "key_projected", "value_projected")),
    ("split", "$Q_i,\\ K_i,\\ V_i$", ("query_heads", "key_heads", "value_heads")),
    ("weights", "$\\mathrm{softmax}(Q_iK_i^\\top/\\sqrt{d_k})$", ("weights",)),
    ("heads", "$\\mathrm{head}_i$", ("heads",)),
    ("concatenated", "$\\mathrm{Concat}(\\mathrm{head}_1,\\dots,\\mathrm{head}_h)$", ("concatenated",)),
    ("output", "$\\mathrm{Concat}(\\dots)\\,W^O$", ("output",)),
)


def show_similarity(inputs: MultiHeadInput, experiment: "MultiHeadExperiment") -> None:
    """How alike the heads' matrices are on this input."""
    from components.transformer.multi_head import head_similarity

    similarity = head_similarity(experiment.weights)
    names = [str(head + 1) for head in range(inputs.num_heads)]
    others = similarity[~np.eye(inputs.num_heads, dtype=bool)]
    mean = significant(float(others.mean())) if others.size else "–"
    show_matrix(
        similarity,
        names,
        names,
        key="multi-head-similarity",
        caption=t("multi_head.similarity_caption"),
        alt=t("multi_head.similarity_alt", heads=inputs.num_heads, mean=mean),
        signed=True,
        limits=(-1.0, 1.0),
        row_title=t("multi_head.head_axis"),
        column_title=t("multi_head.head_axis"),
        width=340,
        height=340,
    )


def show_costs() -> None:
    """Time, memory and similarity against the number of heads, measured here on demand."""
    st.markdown(f"**{t('multi_head.costs_title')}**")
    length = int(choice(t("multi_head.costs_length"), ("32", "128", "512"), key="mh_length", default="128"))
    costs = measured("multi-head", (length,), lambda: _measure(length), total=len(HEADS), label=t("multi_head.costs_button"))
    if not costs:
        st.caption(t("multi_head.costs_idle", d_model=MEASURED_D_MODEL))
        return
    heads = [cost.num_heads for cost in costs]
    series = {
        "time": ([1000 * cost.seconds for cost in costs], QUERY_COLOUR),
        "memory": ([cost.weights_bytes / 2**20 for cost in costs], KEY_COLOUR),
        "similar": ([np.nan if cost.mean_similarity is None else cost.mean_similarity for cost in costs], OUTPUT_COLOUR),
    }
    panels = []
    for name, (values, colour) in series.items():
        curve = Curve(t(f"multi_head.costs_{name}"), values, colour)
        figure = line_figure(heads, [curve], x_title=t("multi_head.heads"), y_title=curve.name, log_x=True, markers=True, height=250)
        figure.update_yaxes(**({"range": [-1, 1]} if name == "similar" else {"rangemode": "tozero"}))
        known = [value for value in values if not np.isnan(value)]
        alt = t("multi_head.costs_alt", name=curve.name, first=significant(known[0]), last=significant(known[-1]), most=heads[-1])
        table = line_table(heads, [curve], x_title=t("multi_head.heads"))
        panels.append(Panel(f"multi-head-{name}", figure, alt, table, curve.name))
    parameters = f"{costs[0].parameter_count:,}"
    show_row(
        panels,
        key="multi-head-costs",
        caption=t("multi_head.costs_caption", d_model=MEASURED_D_MODEL, length=length, parameters=parameters),
        width=260,
    )


def _measure(length: int) -> "Iterator[HeadCost]":
    from components.transformer.multi_head import measure_heads

    return measure_heads(MEASURED_D_MODEL, length, tuple(map(int, HEADS)))


def _show_many(inputs: MultiHeadInput, experiment: "MultiHeadExperiment", highest: float) -> None:
    from components.transformer.analysis import thumbnail

    names = [str(head + 1) for head in range(inputs.num_heads)]
    chosen = int(choice(t("multi_head.chosen_head"), names, key="mh_head")) - 1
    n = min(len(inputs.query_words), len(inputs.key_words))
    small = thumbnail(experiment.weights[:, :n, :n], thumbnail_size(1, inputs.num_heads, n))
    weights = experiment.weights[chosen]
    show_figure(
        head_grid(small[None], layer_title="", head_title=t("multi_head.head_axis"), selected=[(0, chosen)]),
        key="multi-head-grid",
        caption=t("multi_head.grid_caption"),
        alt=t("multi_head.grid_alt", heads=inputs.num_heads, highest=significant(highest)),
        data=lambda: pd.DataFrame(experiment.weights.reshape(inputs.num_heads, -1), index=names),
    )
    show_figure(
        token_matrix(
            weights,
            inputs.query_words,
            inputs.key_words,
            row_title=t("multi_head.query_axis"),
            column_title=t("multi_head.key_axis"),
            highest=highest,
        ),
        key="multi-head-large",
        caption=t("multi_head.heads_caption", d_k=inputs.d_model // inputs.num_heads),
        alt=t("multi_head.head_alt", head=chosen + 1, **_strongest(weights, inputs)),
        data=lambda: pd.DataFrame(weights, index=list(inputs.query_words), columns=list(inputs.key_words)),
    )


def _strongest(weights: np.ndarray, inputs: MultiHeadInput) -> dict[str, str]:
    row, column = np.unravel_index(weights.argmax(), weights.shape)
    return {
        "query": inputs.query_words[int(row)],
        "word": inputs.key_words[int(column)],
        "weight": significant(float(weights[row, column])),
    }


def _joined(shapes: dict[str, str], names: Sequence[str]) -> str:
    """Shapes of a step, said once where they are the same."""
    return ", ".join(f"`{shape.replace(' ', NO_BREAK)}`" for shape in dict.fromkeys(shapes[name] for name in names))


def _words(sentence: str) -> list[str]:
    words = split_words(sentence)
    if not words:
        raise MultiHeadInputError("multi_head.no_words")
    if len(words) > MAX_LENGTH:
        raise MultiHeadInputError("multi_head.too_many_words", found=len(words), most=MAX_LENGTH)
    return words
