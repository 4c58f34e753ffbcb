"""A token's row of causal attention, written out: score, mask, softmax and weighted sum, a line a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from components.charts.numbers import significant
from components.text.clip import clip
from components.transformer.causal import CausalSteps
from components.ui.state.language import t
from components.ui.widgets.escaped import printable

LONGEST = 14  # characters of a word in a line


@dataclass(frozen=True, eq=False)
class RowTable:
    """One query's numbers. word: the query; lines: (word, scaled score, masked score, weight, value) for each key; total: their weighted sum."""

    word: str
    lines: Sequence[tuple[str, float, float, float, np.ndarray]]
    total: np.ndarray


def row_table(words: Sequence[str], steps: CausalSteps, place: int) -> RowTable:
    lines = [
        (word, float(steps.scores[place, key]), float(steps.masked[place, key]), float(steps.weights[place, key]), steps.values[key])
        for key, word in enumerate(words)
    ]
    return RowTable(words[place], lines, steps.attended[place])


def show_row_steps(table: RowTable) -> None:
    """The table as text that can be read aloud; it scrolls in itself where it is long."""
    heads = "".join(f"<th scope='col'>{escape(t(f'decoder.column_{name}'))}</th>" for name in ("key", "score", "masked", "weight", "value"))
    body = "".join(
        f"<tr{'' if np.isfinite(masked) else ' class=hidden'}><th scope='row'>{escape(printable(clip(word, LONGEST)))}</th>"
        f"<td>{significant(score)}</td><td>{significant(masked)}</td><td>{significant(weight)}</td><td>{_written(value)}</td></tr>"
        for word, score, masked, weight, value in table.lines
    )
    total = f"<tr><th scope='row' colspan='4'>{escape(t('decoder.weighted_sum'))}</th><td>{_written(table.total)}</td></tr>"
    label = escape(t("decoder.row_label", word=printable(table.word)), quote=True)
    st.html(
        f"{_STYLE}<div class='dec-row' tabindex='0' role='region' aria-label=\"{label}\" data-scroll>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody><tfoot>{total}</tfoot></table></div>"
    )


def _written(vector: np.ndarray) -> str:
    return " ".join(f"{value:.2f}".replace("-", "−") for value in np.round(vector, 2) + 0.0)


_STYLE = """<style>
.dec-row { overflow: auto; max-height: 420px; background: var(--hi-field); border-radius: 8px; padding: .4rem .6rem; }
.dec-row table { border-collapse: collapse; width: 100%; font-size: .8125rem; font-variant-numeric: tabular-nums; }
.dec-row th { text-align: left; font-weight: 600; white-space: nowrap; }
.dec-row th, .dec-row td { border: 0; padding: .16rem .4rem; }
.dec-row td, .dec-row thead th:not(:first-child) { text-align: right; white-space: nowrap; }
.dec-row thead th { color: var(--hi-ink2); font-weight: 400; border-bottom: 1px solid var(--hi-line); }
.dec-row tfoot :is(th, td) { border-top: 1px solid var(--hi-edge); font-weight: 600; }
.dec-row .hidden :is(th, td) { color: var(--hi-ink2); font-weight: 400; }
</style>"""
