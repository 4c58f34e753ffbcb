"""The row of linked matrices from the input to the output, and the arithmetic of the cell that is chosen in one of them."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.numbers import latex, significant
from components.transformer.attention import AttentionSteps
from components.transformer.explain import STAGES, CellArithmetic, cell_sources, explain_cell
from components.ui.state.language import t
from components.ui.widgets.cell_picker import Axes, Cell, cell_picker
from components.ui.widgets.figures import Panel, matrix_panel, show_row

from .steps import AttentionInput

LINE_TERMS = 5  # of a sum, in the line of arithmetic
WIDTH = 190  # pixels of a panel: four stand side by side on a screen of 1280
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


def show_steps(steps: AttentionSteps, names: AttentionInput) -> None:
    """The linked matrices from left to right; choosing a cell marks what it was computed from in all of them, and writes it out."""
    typed_matrices = steps.query_input is None
    self_attention = typed_matrices or steps.query_input is steps.key_value_input
    inputs = [] if typed_matrices else ["query_input"] if self_attention else ["query_input", "key_value_input"]

    def draw(cell: Cell, choose: Callable[[Cell], None]) -> None:
        sources = cell_sources(cell.matrix, *cell.indices)
        panels = [_panel(name, getattr(steps, name), names, sources, self_attention, typed_matrices, choose) for name in [*inputs, *STAGES]]
        show_row(panels, key="attention-steps", caption=t("attention.steps_caption"), width=WIDTH)
        show_arithmetic(explain_cell(steps, cell.matrix, *cell.indices))

    titles = [t(f"attention.cell_{part}") for part in ("stage", "row", "column")]
    cell_picker(_selectable(steps, names), _largest_weight(steps), draw, key="att", titles=titles, in_address=True)


def _selectable(steps: AttentionSteps, names: AttentionInput) -> dict[str, Axes]:
    """The matrices that are computed: all but the input, and the typed Q, K and V."""
    stages = STAGES[3:] if steps.query_input is None else STAGES
    axes = {}
    for stage in stages:
        rows, columns = _labels(stage, getattr(steps, stage), names)
        axes[stage] = Axes(_numbered(rows), _numbered(columns), t(f"attention.stage_{stage}"))
    return axes


def _numbered(labels: Sequence[str]) -> list[str]:
    """Menu entries "1: cat", that stay apart when a word repeats."""
    return [f"{i + 1}: {label}" for i, label in enumerate(labels)]


def _largest_weight(steps: AttentionSteps) -> Cell:
    """Of the last query."""
    row = steps.weights.shape[0] - 1
    return Cell(row, int(steps.weights[row].argmax()), "weights")


def show_arithmetic(cell: CellArithmetic) -> None:
    """The cell written out in a line; a sum of more terms than that holds, term by term on request."""
    st.latex(arithmetic_latex(cell, more=lambda n: t("attention.more_terms", n=n)))
    terms = term_table(cell)
    if len(terms) > LINE_TERMS and st.toggle(t("attention.every_term", n=len(terms)), key="att_terms", bind="query-params"):
        names = {name: t(f"attention.term_{name}") for name in terms.columns}
        st.dataframe(terms.rename(columns=names), hide_index=True, height=min(35 * len(terms) + 38, 400))


def term_table(cell: CellArithmetic) -> pd.DataFrame:
    """The terms of the cell's sum, one a row: factors and product of a dot product, or a softmax's exponents; and the sum so far. Empty for a
    cell that is no sum."""
    if cell.kind == "dot":
        columns = {"left": cell.left, "right": cell.right, "product": cell.products, "sum": np.cumsum(cell.products)}
    elif cell.kind == "softmax" and cell.total:
        columns = {"exponential": cell.left, "sum": np.cumsum(cell.left)}
    else:
        return pd.DataFrame()
    return pd.DataFrame({"number": np.arange(1, len(cell.left) + 1), **columns})


def arithmetic_latex(cell: CellArithmetic, most: int = LINE_TERMS, more: Callable[[int], str] = str) -> str:
    """One line of LaTeX; of a long sum the first `most` terms and, worded by `more`, how many are left."""

    def left_out(count: int) -> str:
        return rf" + \underbrace{{\cdots}}_{{\text{{{more(count)}}}}}" if count > 0 else ""

    name = {"scores": "S", "scaled": r"\tilde S", "masked": r"\hat S", "weights": "A", "output": "O"}.get(cell.stage, cell.stage)
    left = rf"{name}_{{{cell.row + 1},{cell.column + 1}}}"
    result = latex(cell.result)
    if cell.kind == "dot":
        terms = [rf"({latex(a)})({latex(b)})" for a, b in zip(cell.left[:most], cell.right[:most], strict=True)]
        rest = len(cell.left) - most
        return f"{left} = " + " + ".join(terms) + left_out(rest) + f" = {result}"
    if cell.kind == "divide":
        return rf"{left} = \frac{{{latex(cell.left[0])}}}{{{latex(cell.right[0])}}} = {result}"
    if cell.kind == "mask":
        return f"{left} = {latex(cell.left[0])}" if cell.allowed else rf"{left} = {latex(cell.left[0])} \to -\infty"
    if cell.total == 0:
        return f"{left} = 0"
    terms = [latex(value) for value in cell.left[:most]]
    rest = len(cell.left) - most
    total = " + ".join(terms) + left_out(rest)
    chosen = latex(cell.left[cell.column])
    return (
        rf"{left} = \frac{{e^{{x_{{{cell.column + 1}}} - \max x}}}}{{\sum_j e^{{x_j - \max x}}}} = \frac{{{chosen}}}{{{total}}} = {result}"
    )


def _labels(stage: str, matrix: np.ndarray, names: AttentionInput) -> tuple[Sequence[str], Sequence[str]]:
    rows = names.key_names if stage in ("key_value_input", "K", "V") else names.query_names
    features = stage in ("query_input", "key_value_input", "Q", "K", "V", "output")
    return rows, [str(i + 1) for i in range(matrix.shape[1])] if features else names.key_names


def _panel(
    name: str,
    matrix: np.ndarray,
    names: AttentionInput,
    sources: dict,
    self_attention: bool,
    typed_matrices: bool,
    choose: Callable[[Cell], None],
) -> Panel:
    rows, columns = _labels(name, matrix, names)
    region = sources.get(name) or (sources.get("key_value_input") if name == "query_input" and self_attention else None)

    selectable = name not in ("query_input", "key_value_input") and not (typed_matrices and name in "QKV")
    finite = matrix[np.isfinite(matrix)]
    span = {"low": significant(finite.min()), "high": significant(finite.max())} if finite.size else {"low": "−∞", "high": "−∞"}
    title = f"${name}$" if typed_matrices and name in "QKV" else TITLES[name]
    label = t(f"attention.stage_{name}")
    return matrix_panel(
        matrix,
        rows,
        columns,
        key=f"attention-{name}",
        alt=t("attention.panel_alt", name=label, rows=matrix.shape[0], columns=matrix.shape[1], **span),
        name=label,
        title=f"{title} {matrix.shape[0]}×{matrix.shape[1]}  \n{label}",
        on_cell=(lambda row, column: choose(Cell(row, column, name))) if selectable else None,
        signed=name != "weights",
        limits=(0.0, 1.0) if name == "weights" else None,
        marks=[(region.row, region.column)] if region else [],
        width=WIDTH - 55,
        height=215,
    )
