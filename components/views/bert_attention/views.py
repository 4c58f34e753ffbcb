"""One attention matrix of a real model over the words of the text, as a matrix, or as arcs between two columns; which part of it is shown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.arcs import arc_figure
from components.charts.matrices import token_matrix
from components.charts.numbers import significant
from components.transformer.analysis import SubMatrix, from_tokens, part_of, strongest_links
from components.ui.state.language import t
from components.ui.widgets.address import choice, keep_list_in_address
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import figure_foot, show_figure, show_matrix
from components.ui.widgets.token_line import Word, line_card, thread_table, token_line
from components.ui.widgets.tokens import Chip, token_chips
from components.ui.widgets.verdict import said, show_finding

from .heads import show_what_it_does
from .numbers import describe
from .page import AttentionReading, AttentionSource
from .presets import CHOSEN

VIEWS = ("line", "matrix", "arcs")
DIRECTIONS = ("all", "ab", "ba", "aa", "bb")
MOST_ARCS = 150
LINE_HEIGHT = 210
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


def choose_part(source: AttentionSource, reading: AttentionReading) -> Shown:
    """Whether special tokens are shown, which direction between two texts, and the words that were chosen."""
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
            t("bert_attention.direction"), DIRECTIONS, key="ba_direction", label_of=lambda name: t(f"bert_attention.direction_{name}"),
            widget=st.selectbox,
        )  # fmt: skip
    options = reading.units.numbered
    st.session_state[CHOSEN] = [name for name in st.session_state[CHOSEN] if name in options]
    chosen = tuple(options.index(name) for name in st.session_state[CHOSEN])
    keep_list_in_address(CHOSEN, [str(unit) for unit in chosen])
    units = reading.units
    part = part_of(source.matrix, units.special, units.segments, hide=hide, renormalize=renormalize, direction=direction)
    return Shown(source, part, chosen)


def show_view(view: str, shown: Shown, reading: AttentionReading) -> None:
    """The chosen view: what it shows as its title, the figure, and in the views of the whole matrix which words it is about."""
    if view == "line":
        _show_line(shown, reading)
        return
    _show_strongest(shown, reading)
    {"arcs": _show_arcs, "matrix": _show_matrix}[view](shown, reading)
    st.multiselect(
        t("bert_attention.chosen"), reading.units.numbered, key=CHOSEN, placeholder=t("bert_attention.chosen_none"), persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    if shown.chosen_rows:
        _show_sum(shown, reading)


def _show_line(shown: Shown, reading: AttentionReading) -> None:
    part, units = shown.part, reading.units
    places = sorted({*part.rows.tolist(), *part.columns.tolist()})
    weights = np.zeros((len(units), len(units)))
    weights[np.ix_(part.rows, part.columns)] = part.values
    weights = weights[np.ix_(places, places)]
    words = [_word(units.labels[unit], units.special[unit], units.continuing[unit]) for unit in places]
    chosen = _line_word(shown, places, weights, reading)
    token_line(
        words,
        weights,
        key="ba_line",
        label=" ".join(filter(None, (reading.text, reading.pair))),
        chosen=chosen,
        on_choose=lambda place: st.session_state.update({CHOSEN: [units.numbered[places[place]]]}),
        aside=shown.source.name,
        height=LINE_HEIGHT,
    )
    figure_foot(
        key="bert-attention-line",
        caption=t("bert_attention.line_legend"),
        data=lambda: thread_table(words, weights),
        card=line_card(words, weights, chosen),
    )
    show_what_it_does(shown.source, reading)


def _word(label: str, special: bool, continues: bool) -> Word:
    """A piece that goes on with a word stands close to it, which says what its ## says."""
    return Word(label.removeprefix("##") if continues and len(label) > 2 else label, special, continues)


def _line_word(shown: Shown, places: list[int], weights: np.ndarray, reading: AttentionReading) -> int:
    """The place of the chosen word; until one is chosen, of the word of the text that looks most clearly at another."""
    for unit in shown.chosen:
        if unit in places:
            return places.index(unit)
    own = np.array([not reading.units.special[unit] for unit in places])
    between = np.where(own[:, None] & own & ~np.eye(len(places), dtype=bool), weights, 0)
    return int(between.max(axis=1).argmax())


def _show_strongest(shown: Shown, reading: AttentionReading) -> None:
    """The strongest link of the part, as the figure's title."""
    links, labels = strongest_links(shown.part.values, most=1), reading.units.labels
    if not len(links.weights):
        show_finding(said("bert_attention.strongest_none"))
        return
    words = {"a": labels[shown.part.rows[links.rows[0]]], "b": labels[shown.part.columns[links.columns[0]]]}
    show_finding(said("bert_attention.strongest", quoted=words, name=shown.source.name, share=f"{links.weights[0]:.0%}"))


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
            width=520,
            height=520,
            colour_bar=True,
        )
        return
    figure = token_matrix(
        part.values, rows, columns, row_title=t("bert_attention.from"), column_title=t("bert_attention.to"), height=520
    )  # fmt: skip
    show_figure(figure, key=key, caption=caption, alt=alt, data=lambda: _table(shown, reading))


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
