"""The attention page's own parts: input in three modes, the row of linked matrices, and the arithmetic of a chosen cell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import KEY, OUTPUT, QUERY, VALUE
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
from components.transformer.explain import STAGES, CellArithmetic, cell_sources, explain_cell
from components.transformer.parsing import MatrixError, parse_matrix
from components.transformer.scaling import scaling_curves
from components.transformer.words import embed_words, projection
from components.ui.state.language import t
from components.ui.widgets.address import choice, typed_text
from components.ui.widgets.figures import Panel, matrix_panel, show_row

CELL = "att_cell"
WIDTH = 190  # pixels of a panel: four stand side by side on a screen of 1280
MASKS = ("none", "causal", "padding", "own")
TITLES = {
    "query_input": r"$X$",
    "key_value_input": r"$X_{KV}$",
    "Q": r"$Q = XW_Q$",
    "K": r"$K = XW_K$",
    "V": r"$V = XW_V$",
    "scores": r"$QK^\top$",
    "scaled": r"$QK^\top/\sqrt{d_k}$",
    "masked": r"$+\,\mathrm{mask}$",
    "weights": r"$\mathrm{softmax}$",
    "output": r"$\mathrm{weights}\cdot V$",
}
_COLOURS = {"Q": QUERY, "K": KEY, "V": VALUE, "output": OUTPUT}


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


def show_steps(steps: AttentionSteps, names: AttentionInput) -> None:
    """The linked matrices from left to right; choosing a cell marks what it was computed from in all of them."""
    stage, row, column = chosen_cell(steps)
    sources = cell_sources(stage, row, column)
    given = steps.query_input is None
    self_attention = given or steps.query_input is steps.key_value_input
    stages = [] if given else ["query_input"] if self_attention else ["query_input", "key_value_input"]
    stages += STAGES
    panels = [_panel(name, getattr(steps, name), names, sources, self_attention, given) for name in stages]
    show_row(panels, key="attention-steps", caption=t("attention.steps_caption"), width=WIDTH)


def chosen_cell(steps: AttentionSteps) -> tuple[str, int, int]:
    """(stage, row, column) of the chosen cell; the largest weight of the last query until one is chosen, or when it no longer exists."""
    stage, row, column = st.session_state.get(CELL, ("", 0, 0))
    if stage and getattr(steps, stage, None) is not None:
        matrix = getattr(steps, stage)
        if row < matrix.shape[0] and column < matrix.shape[1] and not (steps.query_input is None and stage in "QKV"):
            return stage, row, column
    row = steps.weights.shape[0] - 1
    return "weights", row, int(steps.weights[row].argmax())


def cell_controls(steps: AttentionSteps, names: AttentionInput) -> None:
    """The same choice by keyboard: stage, row and column as menus."""
    stage, row, column = chosen_cell(steps)
    stages = STAGES[3:] if steps.query_input is None else STAGES
    names_of = {name: t(f"attention.stage_{name}") for name in stages}
    left, middle, right = st.columns(3)
    stage = left.selectbox(t("attention.cell_stage"), stages, index=stages.index(stage), format_func=names_of.get)
    rows, columns = _labels(stage, getattr(steps, stage), names)
    row = middle.selectbox(t("attention.cell_row"), *_numbered(rows, row))
    column = right.selectbox(t("attention.cell_column"), *_numbered(columns, column))
    chosen = (stage, _position(row), _position(column))
    if chosen != chosen_cell(steps):
        st.session_state[CELL] = chosen
        st.rerun()


def _numbered(labels: Sequence[str], chosen: int) -> tuple[list[str], int]:
    """Menu entries "1: cat" that stay apart when a word repeats, and the position of the chosen one."""
    return [f"{i + 1}: {label}" for i, label in enumerate(labels)], min(chosen, len(labels) - 1)


def _position(entry: str) -> int:
    return int(entry.split(":")[0]) - 1


def show_arithmetic(steps: AttentionSteps) -> None:
    """The chosen cell written out with the numbers in it."""
    stage, row, column = chosen_cell(steps)
    st.latex(arithmetic_latex(explain_cell(steps, stage, row, column)))


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
            Curve(t("attention.with_scale"), getattr(scaled, field), QUERY),
            Curve(t("attention.without_scale"), getattr(unscaled, field), KEY),
        ]
        axis = {"x_title": t("attention.curve_d_k")}
        ends = {"scaled": significant(curves[0].y[-1]), "unscaled": significant(curves[1].y[-1])}
        figure = line_figure(scaled.d_k, curves, y_title=name, log_x=True, markers=True, height=280, **axis)
        table = line_table(scaled.d_k, curves, **axis)
        panels.append(Panel(f"attention-scaling-{field}", figure, t("attention.curve_alt", name=name, **ends), table, name=name))
    show_row(panels, key="attention-scaling", caption=t("attention.curves_caption"), width=255)


@st.cache_data(max_entries=16, show_spinner=False)
def _scaling_curves(seed: int):
    return scaling_curves(seed=seed)


def arithmetic_latex(cell: CellArithmetic, most: int = 5) -> str:
    """One line of LaTeX; of a long sum the first `most` terms and a count of the rest."""
    name = {"scores": "S", "scaled": r"\tilde S", "masked": r"\hat S", "weights": "A", "output": "O"}.get(cell.stage, cell.stage)
    left = rf"{name}_{{{cell.row + 1},{cell.column + 1}}}"
    result = _number(cell.result)
    if cell.kind == "dot":
        terms = [rf"({_number(a)})({_number(b)})" for a, b in zip(cell.left[:most], cell.right[:most], strict=True)]
        rest = len(cell.left) - most
        return f"{left} = " + " + ".join(terms) + (rf" + \cdots_{{{rest}}}" if rest > 0 else "") + f" = {result}"
    if cell.kind == "divide":
        return rf"{left} = \frac{{{_number(cell.left[0])}}}{{{_number(cell.right[0])}}} = {result}"
    if cell.kind == "mask":
        return f"{left} = {_number(cell.left[0])}" if cell.allowed else rf"{left} = {_number(cell.left[0])} \to -\infty"
    if cell.total == 0:
        return f"{left} = 0"
    terms = [_number(value) for value in cell.left[:most]]
    rest = len(cell.left) - most
    total = " + ".join(terms) + (rf" + \cdots_{{{rest}}}" if rest > 0 else "")
    chosen = _number(cell.left[cell.column])
    return (
        rf"{left} = \frac{{e^{{x_{{{cell.column + 1}}} - \max x}}}}{{\sum_j e^{{x_j - \max x}}}} = \frac{{{chosen}}}{{{total}}} = {result}"
    )


def _number(value: float) -> str:
    if np.isneginf(value):
        return r"-\infty"
    text = significant(value).replace("−", "-")
    if "×10" in text:
        mantissa, exponent = f"{value:.2e}".split("e")
        return rf"{mantissa}\times 10^{{{int(exponent)}}}"
    return text


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
    edits = {}
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
    edited = st.data_editor(frame, key=f"att_own_mask:{n_q}:{n_k}", height=220)
    return edited.fillna(True).to_numpy(dtype=bool)


def _labels(stage: str, matrix: np.ndarray, names: AttentionInput) -> tuple[Sequence[str], Sequence[str]]:
    rows = names.key_names if stage in ("key_value_input", "K", "V") else names.query_names
    features = stage in ("query_input", "key_value_input", "Q", "K", "V", "output")
    return rows, [str(i + 1) for i in range(matrix.shape[1])] if features else names.key_names


def _panel(name: str, matrix: np.ndarray, names: AttentionInput, sources: dict, self_attention: bool, given: bool) -> Panel:
    rows, columns = _labels(name, matrix, names)
    region = sources.get(name) or (sources.get("key_value_input") if name == "query_input" and self_attention else None)

    def choose(row: int, column: int) -> None:
        st.session_state[CELL] = (name, row, column)

    selectable = name not in ("query_input", "key_value_input") and not (given and name in "QKV")
    finite = matrix[np.isfinite(matrix)]
    span = {"low": significant(finite.min()), "high": significant(finite.max())} if finite.size else {"low": "−∞", "high": "−∞"}
    title = f"${name}$" if given and name in "QKV" else TITLES[name]
    label = t(f"attention.stage_{name}")
    return matrix_panel(
        matrix,
        rows,
        columns,
        key=f"attention-{name}",
        alt=t("attention.panel_alt", name=label, rows=matrix.shape[0], columns=matrix.shape[1], **span),
        name=label,
        title=f"{title} {matrix.shape[0]}×{matrix.shape[1]}  \n{label}",
        on_cell=choose if selectable else None,
        signed=name != "weights",
        limits=(0.0, 1.0) if name == "weights" else None,
        marks=[(region.row, region.column)] if region else [],
        width=WIDTH - 55,
        height=215,
    )
