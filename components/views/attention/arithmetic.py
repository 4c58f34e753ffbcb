"""The arithmetic of one cell: a line of LaTeX, and every term of its sum as a table."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.numbers import latex
from components.transformer.explain import CellArithmetic
from components.ui.state.language import t

LINE_TERMS = 5  # of a sum, in the line of arithmetic


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
    """One line of LaTeX, the result first; of a long sum the first `most` terms and, worded by `more`, how many are left."""

    def left_out(count: int) -> str:
        return rf" + \underbrace{{\cdots}}_{{\text{{{more(count)}}}}}" if count > 0 else ""

    name = {"scores": "S", "scaled": r"\tilde S", "masked": r"\hat S", "weights": "A", "output": "O"}.get(cell.stage, cell.stage)
    left = rf"{name}_{{{cell.row + 1},{cell.column + 1}}} = {latex(cell.result)}"
    rest = len(cell.left) - most
    if cell.kind == "dot":
        terms = [rf"({latex(a)})({latex(b)})" for a, b in zip(cell.left[:most], cell.right[:most], strict=True)]
        return f"{left} = " + " + ".join(terms) + left_out(rest)
    if cell.kind == "divide":
        return rf"{left} = \frac{{{latex(cell.left[0])}}}{{{latex(cell.right[0])}}}"
    if cell.kind == "mask":
        return left if cell.allowed else rf"{left} \leftarrow {latex(cell.left[0])}"
    if cell.total == 0:
        return left
    total = " + ".join(latex(value) for value in cell.left[:most]) + left_out(rest)
    chosen = latex(cell.left[cell.column])
    return rf"{left} = \frac{{e^{{x_{{{cell.column + 1}}} - \max x}}}}{{\sum_j e^{{x_j - \max x}}}} = \frac{{{chosen}}}{{{total}}}"
