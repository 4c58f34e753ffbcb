"""What goes into attention: input in three modes, the mask; and what comes out the same way of three implementations, and of scaling."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import KEY_COLOUR, QUERY_COLOUR
from components.errors import UserError
from components.text.words import split_words
from components.transformer import masks
from components.transformer.attention import (
    MAX_D_MODEL,
    MAX_TOKENS,
    MIN_D_MODEL,
    AttentionSteps,
    attention_steps,
    attention_steps_from_qkv,
    chapter_case,
    compare_implementations,
)
from components.transformer.parsing import MatrixError, parse_matrix
from components.transformer.scaling import ScalingCurve, scaling_curves
from components.transformer.words import embed_words, projection
from components.ui.state.language import t
from components.ui.widgets.address import choice, typed_text
from components.ui.widgets.figures import Panel, show_row

MASKS = ("none", "causal", "padding", "own")


class AttentionInputError(UserError):
    """Input of the attention page that can't be used."""


@dataclass(frozen=True, eq=False)
class AttentionInput:
    """What the visitor put in: the matrices' row names, and either word vectors with projections or Q, K, V themselves."""

    query_names: Sequence[str]
    key_names: Sequence[str]
    matrices: dict[str, np.ndarray]  # query_input, key_value_input, W_Q, W_K, W_V; or Q, K, V
    settings: dict[str, object]  # the same as the code snippet's assignments

    def steps(self, mask: np.ndarray, scale: bool) -> AttentionSteps:
        compute = attention_steps_from_qkv if "Q" in self.matrices else attention_steps
        return compute(**self.matrices, mask=mask, scale=scale)


def choose_mode() -> str:
    """Which kind of input: words, numbers, or the chapter's case."""
    modes = ("words", "numbers", "chapter")
    return choice(
        t("attention.mode"), modes, key="att_mode", label_of=lambda name: t(f"attention.mode_{name}"), label_visibility="collapsed"
    )


@dataclass(frozen=True, eq=False)
class ChosenMask:
    """allowed (n_q, n_k), True = may attend; settings: the same as the code snippet's assignments."""

    allowed: np.ndarray
    causal: bool = False
    padding: int = 0

    @property
    def settings(self) -> dict[str, object]:
        own = not self.causal and not self.padding
        hidden = [(int(row), int(column)) for row, column in np.argwhere(~self.allowed)] if own else []
        return {"causal": self.causal, "padding": self.padding, "hidden": hidden}


def read_input(mode: str, weights: DeltaGenerator) -> AttentionInput:
    """The controls of a mode (words, numbers, chapter) and what stands in them; the editors of W_Q, W_K and W_V go into the container
    `weights`. Raises AttentionInputError."""
    if mode == "words":
        return _words_input(weights)
    return _numbers_input() if mode == "numbers" else _chapter_input()


def choose_mask(names: AttentionInput) -> ChosenMask:
    """The mask controls."""
    n_q, n_k = len(names.query_names), len(names.key_names)
    kind = choice(
        t("attention.mask"), MASKS, key="att_mask", label_of=lambda name: t(f"attention.mask_{name}"), help=t("attention.mask_help")
    )
    if kind == "causal":
        return ChosenMask(masks.causal_mask(n_q, n_k), causal=True)
    if kind == "padding":
        asked = int(st.number_input(t("attention.padding"), 0, MAX_TOKENS, 1, key="att_padding", bind="query-params"))
        padding = min(asked, n_k)
        return ChosenMask(masks.padding_mask(n_q, n_k, n_k - padding), padding=padding)
    if kind == "own":
        return ChosenMask(_own_mask(names))
    return ChosenMask(masks.no_mask(n_q, n_k))


def show_comparison(steps: AttentionSteps) -> None:
    """The same input through three implementations, with their largest difference."""
    compared = compare_implementations(steps.Q, steps.K, steps.V, steps.mask, steps.scale)
    st.markdown(t("attention.same", difference=significant(compared.largest_difference, smallest=0)))


def show_scaling() -> None:
    """What d_k does to softmax, with and without the division."""
    scaled, unscaled = _scaling_curves(int(st.session_state.get("att_seed", 0)))
    panels = []
    for field in ("entropy", "largest_weight", "gradient_norm"):
        name = t(f"attention.curve_{field.split('_')[0]}")
        curves = [
            Curve(t("attention.with_scale"), getattr(scaled, field), QUERY_COLOUR),
            Curve(t("attention.without_scale"), getattr(unscaled, field), KEY_COLOUR),
        ]
        axis: dict[str, Any] = {"x_title": t("attention.curve_d_k")}
        ends = {"scaled": significant(curves[0].y[-1]), "unscaled": significant(curves[1].y[-1])}
        figure = line_figure(scaled.d_k, curves, y_title=name, log_x=True, markers=True, height=280, **axis)
        table = line_table(scaled.d_k, curves, **axis)
        panels.append(Panel(f"attention-scaling-{field}", figure, t("attention.curve_alt", name=name, **ends), table, name=name))
    show_row(panels, key="attention-scaling", caption=t("attention.curves_caption"), width=255)


@st.cache_data(max_entries=16, show_spinner=False)
def _scaling_curves(seed: int) -> tuple[ScalingCurve, ScalingCurve]:
    return scaling_curves(seed=seed)


def _words_input(weights: DeltaGenerator) -> AttentionInput:
    typed_text("att_text", t("attention.example_text"))
    typed_text("att_other", t("attention.example_other"))
    left, width, seeds, right = st.columns([4, 1.2, 1.2, 1.6], vertical_alignment="bottom")
    text = left.text_input(t("attention.text"), key="att_text", persist_state="session")
    d_model = int(width.number_input(t("attention.d_model"), MIN_D_MODEL, MAX_D_MODEL, 4, key="att_d_model", bind="query-params"))
    seed = int(seeds.number_input(t("common.seed"), 0, 9999, 0, key="att_seed", bind="query-params", help=t("attention.seed_help")))
    cross = right.toggle(t("attention.cross"), key="att_cross", bind="query-params", help=t("attention.cross_help"))
    other = left.text_input(t("attention.other"), key="att_other", persist_state="session") if cross else text
    if not MIN_D_MODEL <= d_model <= MAX_D_MODEL:  # the field's own limits hold in the browser only
        raise AttentionInputError("attention.d_model_limits", found=d_model, least=MIN_D_MODEL, most=MAX_D_MODEL)
    queries, keys = (_split(sentence) for sentence in (text, other))
    X = embed_words(queries, seed, d_model)
    matrices = {"query_input": X, "key_value_input": embed_words(keys, seed, d_model) if cross else X}
    edits: dict[tuple[str, int, int], float] = {}
    with weights.expander(t("attention.edit_weights"), icon=":material/edit:"):
        st.caption(t("attention.edit_weights_help"))
        for column, name in zip(st.columns(3), ("W_Q", "W_K", "W_V"), strict=True):
            with column:
                st.markdown(f"${name}$")
                start = projection(d_model, d_model, seed, name)
                matrices[name] = _edited(start, key=f"att_{name}:{d_model}:{seed}")
                changed = np.argwhere(matrices[name] != start)
                edits |= {(name, int(row), int(column)): float(matrices[name][row, column]) for row, column in changed}
    settings = {"query_words": queries, "key_words": keys, "d_model": d_model, "seed": seed, "edits": edits}
    return AttentionInput(queries, keys, matrices, settings)


def _numbers_input() -> AttentionInput:
    examples = {"Q": "1 0 1\n0 1 1", "K": "1 0 1\n0 1 0\n1 1 1", "V": "1 0\n0 2\n3 1"}
    matrices = {}
    for column, name in zip(st.columns(3), "QKV", strict=True):
        with column:
            typed_text(f"att_{name}", examples[name])
            typed = st.text_area(
                t("attention.matrix", name=name), key=f"att_{name}", persist_state="session", height=120, help=t("attention.matrix_help")
            )
            try:
                matrices[name] = parse_matrix(typed, MAX_TOKENS, MAX_D_MODEL)
            except MatrixError as error:
                raise AttentionInputError(
                    f"attention.matrix_{error.problem}",
                    name=name,
                    row=error.row,
                    column=error.column,
                    text=error.text[:20],
                    found=error.found,
                    expected=error.expected,
                ) from error
    Q, K, V = matrices["Q"], matrices["K"], matrices["V"]
    if Q.shape[1] != K.shape[1]:
        raise AttentionInputError("attention.widths_differ", q=Q.shape[1], k=K.shape[1])
    if K.shape[0] != V.shape[0]:
        raise AttentionInputError("attention.keys_values_differ", k=K.shape[0], v=V.shape[0])
    settings = {name: matrix.tolist() for name, matrix in matrices.items()}
    return AttentionInput([f"q{i + 1}" for i in range(len(Q))], [f"k{i + 1}" for i in range(len(K))], matrices, settings)


def _chapter_input() -> AttentionInput:
    left, right, _ = st.columns([1, 1, 2])
    sample = int(left.number_input(t("attention.sample"), 1, 2, 1, key="att_sample", bind="query-params"))
    seed = int(right.number_input(t("common.seed"), 0, 9999, 0, key="att_seed", bind="query-params"))
    Q, K, V = (matrix[sample - 1] for matrix in chapter_case(seed))
    names = [str(i + 1) for i in range(len(Q))]
    return AttentionInput(names, names, {"Q": Q, "K": K, "V": V}, {"seed": seed, "sample": sample})


def _split(sentence: str) -> list[str]:
    words = split_words(sentence)
    if not words:
        raise AttentionInputError("attention.no_words")
    if len(words) > MAX_TOKENS:
        raise AttentionInputError("attention.too_many_words", found=len(words), most=MAX_TOKENS)
    return words


def _edited(matrix: np.ndarray, key: str) -> np.ndarray:
    """A small spreadsheet over a matrix; an emptied or impossible cell raises."""
    frame = pd.DataFrame(matrix, columns=[str(i + 1) for i in range(matrix.shape[1])])
    edited = st.data_editor(frame, key=key, height=220, hide_index=True).to_numpy(dtype=float)
    if edited.shape != matrix.shape or not (np.abs(edited) <= 1e6).all():
        raise AttentionInputError("attention.weights_incomplete")
    return edited


def _own_mask(names: AttentionInput) -> np.ndarray:
    n_q, n_k = len(names.query_names), len(names.key_names)
    st.caption(t("attention.own_mask_help"))
    columns = [f"{i + 1} {name}" for i, name in enumerate(names.key_names)]
    frame = pd.DataFrame(
        np.ones((n_q, n_k), dtype=bool), columns=columns, index=[f"{i + 1} {name}" for i, name in enumerate(names.query_names)]
    )
    edited = st.data_editor(frame, key=f"att_own_mask:{n_q}:{n_k}", height=min(35 * n_q + 38, 420))  # 11 words without scrolling
    return edited.fillna(True).to_numpy(dtype=bool)
