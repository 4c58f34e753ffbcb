"""One attention matrix of a real model as arcs, as a matrix, or in the text itself; which words and which part of it is shown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.arcs import arc_figure
from components.charts.matrices import token_matrix
from components.charts.numbers import significant
from components.transformer.analysis import SubMatrix, from_tokens, part_of, strongest_links
from components.ui.state.language import t
from components.ui.widgets.address import choice, keep_list_in_address, listed_in_address
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import show_figure, show_matrix
from components.ui.widgets.tokens import Chip, token_chips

from .numbers import describe
from .page import CHOSEN, AttentionReading, AttentionSource
from .text import attention_text

VIEWS = ("arcs", "matrix", "text")
DIRECTIONS = ("all", "ab", "ba", "aa", "bb")
MOST_ARCS = 150
MOST_NUMBERS = 28  # units up to which the matrix is drawn with numbers in cells that can be chosen


@dataclass(frozen=True, eq=False)
class Shown:
    """What of a source is on the screen: the part, whether rows were made to sum to one again, and the chosen units among its rows."""

    source: AttentionSource
    part: SubMatrix
    chosen: tuple[int, ...]

    @property
    def chosen_rows(self) -> list[int]:
        """The chosen units as rows of the part."""
        return [int(row) for row in np.flatnonzero(np.isin(self.part.rows, self.chosen))]


def choose_view() -> str:
    return choice(
        t("bert_attention.view"), VIEWS, key="ba_view", label_of=lambda name: t(f"bert_attention.view_{name}"), label_visibility="collapsed"
    )


def choose_part(source: AttentionSource, reading: AttentionReading) -> Shown:
    """The controls for special tokens, direction and chosen words, and what they leave."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        hide = bool(reading.specials) and st.toggle(
            t("bert_attention.hide_specials", specials=" ".join(escaped_markdown(token) for token in reading.specials)),
            key="ba_hide",
            bind="query-params",
            help=t("bert_attention.hide_specials_help"),
        )
        renormalize = hide and st.toggle(t("bert_attention.renormalize"), key="ba_share", bind="query-params")
        direction = "all"
        if reading.pair is not None:
            direction = choice(
                t("bert_attention.direction"),
                DIRECTIONS,
                key="ba_direction",
                label_of=lambda name: t(f"bert_attention.direction_{name}"),
                widget=st.selectbox,
                label_visibility="collapsed",
                width=170,
            )
    options = reading.units.numbered
    if CHOSEN not in st.session_state:  # words stand in the address by their places, so that the text does not
        st.session_state[CHOSEN] = [options[int(at)] for at in listed_in_address(CHOSEN) if at.isdecimal() and int(at) < len(options)]
    st.session_state[CHOSEN] = [name for name in st.session_state[CHOSEN] if name in options]
    chosen = st.multiselect(
        t("bert_attention.chosen"), options, key=CHOSEN, placeholder=t("bert_attention.chosen_none"), persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    chosen_units = tuple(options.index(name) for name in chosen)
    keep_list_in_address(CHOSEN, [str(unit) for unit in chosen_units])
    units = reading.units
    part = part_of(source.matrix, units.special, units.segments, hide=hide, renormalize=renormalize, direction=direction)
    return Shown(source, part, chosen_units)


def show_view(view: str, shown: Shown, reading: AttentionReading) -> None:
    """The chosen view with its finding under it."""
    {"arcs": _show_arcs, "matrix": _show_matrix, "text": _show_text}[view](shown, reading)
    if shown.chosen_rows and view != "text":
        _show_sum(shown, reading)


def _show_arcs(shown: Shown, reading: AttentionReading) -> None:
    part, labels = shown.part, reading.units.labels
    rows = shown.chosen_rows or list(range(len(part.rows)))
    links = strongest_links(part.values[rows], most=MOST_ARCS)
    left, right = [labels[i] for i in part.rows], [labels[i] for i in part.columns]
    figure = arc_figure(
        np.array(rows)[links.rows],
        links.columns,
        links.weights,
        left,
        right,
        left_title=t("bert_attention.from"),
        right_title=t("bert_attention.to"),
        chosen=shown.chosen_rows,
    )
    left_trace = len(figure.data) - 2
    caption = t("bert_attention.arcs_caption", count=len(links.weights), share=f"{links.share:.0%}")
    # A long text's arcs stand in a frame of their own, so that the controls stay in reach.
    with st.container(height=560 if len(left) > 28 else "content", border=False):
        show_figure(
            figure,
            key="bert-attention-arcs",
            caption=f"{describe(shown.source, reading)} {caption}",
            alt=t("bert_attention.arcs_alt", name=shown.source.name, links=_strongest(shown, reading)),
            data=lambda: _table(shown, reading),
            on_point=lambda trace, index: _toggle(int(part.rows[index]), reading) if trace == left_trace else None,
        )


def _show_matrix(shown: Shown, reading: AttentionReading) -> None:
    part, labels = shown.part, reading.units.labels
    rows, columns = [labels[i] for i in part.rows], [labels[i] for i in part.columns]
    key, caption = "bert-attention-matrix", f"{describe(shown.source, reading)} {t('bert_attention.matrix_caption')}"
    alt = t("bert_attention.arcs_alt", name=shown.source.name, links=_strongest(shown, reading))
    if max(part.values.shape) <= MOST_NUMBERS:
        show_matrix(
            part.values,
            rows,
            columns,
            key=key,
            caption=caption,
            alt=alt,
            on_cell=lambda row, _: _toggle(int(part.rows[row]), reading),
            marks=[(row, None) for row in shown.chosen_rows],
            row_title=t("bert_attention.from"),
            column_title=t("bert_attention.to"),
            limits=(0.0, max(float(part.values.max()), 1e-6)),
            width=430,
            height=430,
            colour_bar=True,
        )
        return
    figure = token_matrix(
        part.values, rows, columns, row_title=t("bert_attention.from"), column_title=t("bert_attention.to"), height=520
    )  # fmt: skip
    show_figure(figure, key=key, caption=caption, alt=alt, data=lambda: _table(shown, reading))


def _show_text(shown: Shown, reading: AttentionReading) -> None:
    attention_text(
        reading.units.labels,
        shown.part.values,
        shown.part.rows.tolist(),
        shown.part.columns.tolist(),
        key="ba_text_view",
        chosen=shown.chosen,
        special=np.flatnonzero(reading.units.special).tolist(),
        continuing=np.flatnonzero(reading.units.continuing).tolist(),
        on_pick=lambda unit: _toggle(unit, reading),
    )
    st.markdown(f"{describe(shown.source, reading)} {t('bert_attention.text_caption')}")
    st.download_button(
        t("common.save_csv"),
        lambda: _table(shown, reading).to_csv().encode("utf-8-sig"),
        file_name="bert-attention.csv",
        mime="text/csv",
        key="bert-attention-text-csv",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def _show_sum(shown: Shown, reading: AttentionReading) -> None:
    """What the chosen words attend to, added up, as tinted chips."""
    sums = from_tokens(shown.part.values, shown.chosen_rows)
    names = "＋".join(reading.units.labels[unit] for unit in shown.chosen)
    st.markdown(t("bert_attention.sum", names=escaped_markdown(names)))
    highest = max(float(sums.max()), 1e-9)
    noted = set(np.argsort(-sums)[:12].tolist())
    chips = [
        Chip(
            reading.units.labels[unit],
            kind="special" if reading.units.special[unit] else "token",
            weight=float(value) / highest,
            note=significant(float(value), 2) if column in noted else "",
            tooltip=significant(float(value)),
        )
        for column, (unit, value) in enumerate(zip(part_columns(shown), sums, strict=True))
    ]
    token_chips(chips)


def part_columns(shown: Shown) -> list[int]:
    return [int(column) for column in shown.part.columns]


def _strongest(shown: Shown, reading: AttentionReading, count: int = 3) -> str:
    labels, part = reading.units.labels, shown.part
    links = strongest_links(part.values, most=count)
    return t("bert_attention.comma").join(
        f"{labels[part.rows[row]]} → {labels[part.columns[column]]} {significant(float(weight))}"
        for row, column, weight in zip(links.rows, links.columns, links.weights, strict=True)
    )


def _table(shown: Shown, reading: AttentionReading) -> pd.DataFrame:
    """The part as a table: one row a unit that attends."""
    names = reading.units.numbered
    return pd.DataFrame(shown.part.values, index=[names[i] for i in shown.part.rows], columns=[names[i] for i in shown.part.columns])


def _toggle(unit: int, reading: AttentionReading) -> None:
    name, chosen = reading.units.numbered[unit], list(st.session_state.get(CHOSEN, []))
    st.session_state[CHOSEN] = [other for other in chosen if other != name] if name in chosen else [*chosen, name]
