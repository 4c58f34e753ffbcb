"""Attention as one flow: what goes in, the square of scores and weights in its states, what comes out; the chosen word and cell in all of them.

How much is drawn depends on the words: whole matrices, the square beside strips of the chosen row, or a part of the square under the whole row.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.attention import cell_size, row_figure, square_figure, square_width
from components.charts.numbers import significant
from components.charts.vectors import MARKED_COLUMNS, Vectors, strips_figure, vectors_figure
from components.charts.words import Words, head_height, name_width
from components.transformer.attention import AttentionSteps
from components.transformer.explain import STAGES, explain_cell
from components.ui.state.language import t
from components.ui.widgets.cell_picker import Axes, Cell, cell_picker
from components.ui.widgets.figures import Panel, show_row
from components.ui.widgets.verdict import show_finding

from .arithmetic import show_arithmetic
from .findings import finding, finding_text
from .inputs import AttentionInput
from .mask import hide_later
from .strip import STATES, Square, show_strip

WHOLE = 20  # words up to which all matrices are drawn whole
WIDEST, PART = 64, 40  # words up to which the square is whole; words of the part that is drawn of a larger one
SHOWN_DIMENSIONS = 32  # of a vector
PAGE, PHONE = 976, 358  # pixels that a figure can have
MATRIX, STRIPS, GAP = 80, 300, 14  # pixels of a matrix of vectors, of strips, and between matrices
AGAIN = "att:again"


@st.fragment
def show_flow(steps: AttentionSteps, names: AttentionInput, later: bool) -> None:
    """The figure with its finding, its switch and its arithmetic. later: whether later words are hidden now."""
    if st.session_state.pop(AGAIN, False):
        st.rerun()
    figure = st.container(key="attention-flow")
    more = st.expander(t("attention.cell_by_number"))

    def draw(cell: Cell, choose: Callable[[Cell], None]) -> None:
        with figure:
            _Drawing(steps, names, cell, choose).show(later)

    titles = [t(f"attention.cell_{part}") for part in ("stage", "row", "column")]
    cell = cell_picker(_selectable(steps, names), _first_cell(steps, names), draw, key="att", titles=titles, in_address=True, menus=more)
    with more:
        show_arithmetic(explain_cell(steps, cell.matrix, *cell.indices))


class _Drawing:
    """The figure for one chosen cell: `row` and `column` of the square that it is about, `state` of the square."""

    def __init__(self, steps: AttentionSteps, names: AttentionInput, cell: Cell, choose: Callable[[Cell], None]):
        self.steps, self.names, self.choose = steps, names, choose
        self.row, self.column = pair_of(steps, cell)
        self.state = cell.matrix if cell.matrix in STATES else "weights"
        special = names.special or (False,) * len(names.key_names)
        self.queries = Words(tuple(names.query_names), special if not names.crossed and names.special else (), self.row)
        self.keys = Words(tuple(names.key_names), special if names.special else (), self.column)
        count = max(len(self.queries), len(self.keys))
        self.whole, self.cut = count <= WHOLE, count > WIDEST
        self.cell = cell_size(len(self.queries), len(self.keys))
        top, left = (_start(place, len(words)) if self.cut else 0 for place, words in ((self.row, self.queries), (self.column, self.keys)))
        self.rows = slice(top, top + PART if self.cut else len(self.queries))
        self.columns = slice(left, left + PART if self.cut else len(self.keys))
        if self.whole:
            beside = _width(self._given(self.queries, self.keys)) + MATRIX + GAP + square_width(self.queries, self.keys, 0) + 2 * GAP
            self.cell = cell_size(len(self.queries), len(self.keys), PAGE - beside)

    def show(self, later: bool) -> None:
        names, weights = self.names, self.steps.weights
        with st.container(horizontal=True, vertical_alignment="center", key="attention-said"):
            with st.container():
                show_finding(finding(weights, self.row, names.query_names, names.key_names, crossed=names.crossed))
            st.session_state["att_later"] = later
            with st.container(width="content"):
                st.checkbox(t("attention.hide_later"), key="att_later", on_change=self._hide)
        self.alt = finding_text(weights, self.row, names.query_names, names.key_names, crossed=names.crossed)
        self._strip()
        rows, columns = self.queries.part(self.rows.start, self.rows.stop), self.keys.part(self.columns.start, self.columns.stop)
        if self.cut:
            with st.container(key="attention-wide-row"):
                show_row([self._row_panel(PAGE, "attention-row")], key="attention-row", caption=t("attention.row_caption"))
        fits = square_width(rows, columns, 14) <= PHONE
        with st.container(key="attention-all" if fits else "attention-wide"):
            panels = self._panels(rows, columns)
            show_row(panels, key="attention-flow", caption=self._caption())
        if not fits:
            with st.container(key="attention-narrow"):
                panels = [self._row_panel(PHONE, "attention-row-narrow"), self._strips_panel("attention-strips-narrow")]
                show_row(panels, key="attention-narrow", caption=self._caption(), width=PHONE)

    def _hide(self) -> None:
        hide_later()
        st.session_state[AGAIN] = True

    def _strip(self) -> None:
        part = np.ix_(range(*self.rows.indices(len(self.queries))), range(*self.columns.indices(len(self.keys))))
        steps = self.steps
        square = Square(
            self.queries.names[self.rows],
            self.keys.names[self.columns],
            steps.scores[part],
            steps.weights[part],
            ~steps.mask[part],
            float(np.sqrt(steps.d_k)) if steps.scale else None,
            steps.d_k,
        )
        top, left = self.rows.start, self.columns.start
        show_strip(
            square,
            (self.row - top, self.column - left),
            self.state,
            chart="attention-weights",
            on_state=lambda state: self.choose(Cell(self.row, self.column, state)),
            on_cell=lambda row, column: self.choose(Cell(row + top, column + left, self.state)),
        )

    def _panels(self, rows: Words, columns: Words) -> list[Panel]:
        square = self._square_panel(rows, columns)
        if not self.whole:
            return [square, self._strips_panel("attention-strips")]
        given = self._given(rows, columns)
        output = [self._vectors("output", "O", self.steps.output, self.row)]
        return [self._vectors_panel(given, "attention-inputs", columns), square, self._vectors_panel(output, "attention-output", columns)]

    def _square_panel(self, rows: Words, columns: Words) -> Panel:
        stages = {stage: getattr(self.steps, stage)[self.rows, self.columns] for stage in ("weights", "scores", "scaled", "masked")}
        tallest = max(len(self.queries), len(self.keys)) if self.whole else len(rows)
        figure = square_figure(
            stages, rows, columns, shown=self.state, cell=self.cell, head=head_height(columns), height=tallest
        )  # fmt: skip
        points = len(figure.data) - 1

        def chosen(trace: int, index: int) -> None:
            if trace == points:
                row, column = divmod(index, len(columns))
                self.choose(Cell(row + rows.first, column + columns.first, self.state))

        def table() -> pd.DataFrame:
            return pd.DataFrame(stages[self.state], index=list(rows.names), columns=list(columns.names))

        name = t(f"attention.stage_{self.state}")
        width = square_width(rows, columns, self.cell)
        return Panel("attention-weights", figure, self.alt, table, name, on_point=chosen, width=width)

    def _given(self, rows: Words, columns: Words) -> list[Vectors]:
        steps, matrices = self.steps, []
        if steps.query_input is not None:
            matrices.append(self._vectors("query_input", "X", steps.query_input, self.row, words=rows))
        matrices.append(self._vectors("Q", "Q", steps.Q, self.row, words=None if matrices else rows))
        if self.names.crossed and steps.key_value_input is not None:
            matrices.append(self._vectors("key_value_input", "X", steps.key_value_input, self.column, dashed=True, words=columns))
        beside = columns if steps.query_input is None and self.queries.names != self.keys.names else None
        matrices.append(self._vectors("K", "K", steps.K, self.column, dashed=True, words=beside))
        matrices.append(self._vectors("V", "V", steps.V, self.column, dashed=True))
        return matrices

    def _vectors(
        self, stage: str, symbol: str, values: np.ndarray, row: int, *, dashed: bool = False, words: Words | None = None
    ) -> Vectors:
        role = {"Q": "query", "K": "key", "V": "value", "output": "output"}.get(stage, "ink2")
        shown = values[:, :SHOWN_DIMENSIONS] if stage.endswith("input") else values
        return Vectors(stage, symbol, t(f"attention.stage_{stage}"), role, shown, row, dashed, words)

    def _vectors_panel(self, matrices: list[Vectors], key: str, columns: Words) -> Panel:
        tallest = max(len(self.queries), len(self.keys))
        width = _width(matrices)
        figure = vectors_figure(matrices, cell=self.cell, head=head_height(columns), rows=tallest, width=width)
        traces = [
            (matrix, shown) for matrix in matrices for shown in (False, True) if not shown or matrix.values.shape[1] <= MARKED_COLUMNS
        ]

        def chosen(trace: int, index: int) -> None:
            matrix, points = traces[trace]
            if points and matrix.stage in _selectable(self.steps, self.names):
                row, column = divmod(index, matrix.values.shape[1])
                self.choose(Cell(row, column, matrix.stage))

        return Panel(
            key,
            figure,
            self._alt_of(matrices),
            lambda: _table(matrices),
            t(f"attention.{key.replace('-', '_')}"),
            on_point=chosen,
            width=width,
        )

    def _strips_panel(self, key: str) -> Panel:
        steps, row, column = self.steps, self.row, self.column
        query, looked = self.queries.names[row], self.keys.names[column]
        strips = [] if steps.query_input is None else [("query_input", "x", steps.query_input, row, query)]
        strips += [("Q", "q", steps.Q, row, query), ("K", "k", steps.K, column, looked), ("V", "v", steps.V, column, looked)]
        strips.append(("output", "o", steps.output, row, query))
        vectors = []
        for stage, symbol, values, place, word in strips:
            made = self._vectors(stage, symbol, values, place, dashed=stage in "KV")
            name = t("attention.strip_of", word=word[:14], name=made.name)
            vectors.append(Vectors(stage, symbol, name, made.role, made.values, place, made.dashed))
        return Panel(key, strips_figure(vectors), self._alt_of(vectors), lambda: _table(vectors), t("attention.strips"), width=STRIPS)

    def _row_panel(self, width: int, key: str) -> Panel:
        weights = self.steps.weights[self.row]

        def chosen(_: int, index: int) -> None:
            self.choose(Cell(self.row, index, self.state))

        table = pd.DataFrame({"key": self.keys.names, "weight": weights})
        figure = row_figure(weights, self.keys, width=width)
        return Panel(key, figure, self.alt, table, t("attention.stage_weights"), on_point=chosen, width=width)

    def _alt_of(self, matrices: list[Vectors]) -> str:
        said = []
        for matrix in matrices:
            span = {"low": significant(float(matrix.values.min())), "high": significant(float(matrix.values.max()))}
            rows, columns = matrix.values.shape
            said.append(t("attention.panel_alt", name=matrix.name, rows=rows, columns=columns, **span))
        return " ".join(said)

    def _caption(self) -> str:
        parts = [self.names.source, t(f"attention.legend_{'weights' if self.state == 'weights' else 'scores'}"), *self.names.notes]
        given = self.steps.query_input
        if given is not None and given.shape[1] > SHOWN_DIMENSIONS:
            parts.append(t("attention.first_of", shown=SHOWN_DIMENSIONS, all=given.shape[1]))
        if self.cut:
            parts.append(t("attention.part", most=PART))
        return " ".join(parts)


def pair_of(steps: AttentionSteps, cell: Cell) -> tuple[int, int]:
    """The row and column of the square that a chosen cell is about: its own; of a query or an output, its word and the one it looks at most; of a
    key or value, the word that looks at it most and itself."""
    if cell.matrix in STATES:
        return cell.indices
    if cell.matrix in ("K", "V"):
        return int(steps.weights[:, cell.row].argmax()), cell.row
    return cell.row, int(steps.weights[cell.row].argmax())


def _selectable(steps: AttentionSteps, names: AttentionInput) -> dict[str, Axes]:
    """The matrices that are computed: all but the input, and the typed Q, K and V."""
    axes = {}
    for stage in STAGES[3:] if steps.query_input is None else STAGES:
        rows = names.key_names if stage in "KV" else names.query_names
        features = [str(i + 1) for i in range(getattr(steps, stage).shape[1])]
        columns = features if stage in ("Q", "K", "V", "output") else _numbered(names.key_names)
        axes[stage] = Axes(_numbered(rows), columns, t(f"attention.stage_{stage}"))
    return axes


def _numbered(labels: Sequence[str]) -> list[str]:
    """Menu entries "1: cat", that stay apart when a word repeats."""
    return [f"{i + 1}: {label}" for i, label in enumerate(labels)]


def _first_cell(steps: AttentionSteps, names: AttentionInput) -> Cell:
    """The largest weight of the word that an example is about, else of the last word that the text itself has."""
    words = [i for i in range(len(names.query_names)) if not (names.special and not names.crossed and names.special[i])] or [0]
    named = [i for i in words if any(character.isalnum() for character in names.query_names[i])] or words
    row = next((i for i in words if names.begin and names.query_names[i] == names.begin), named[-1])
    return Cell(row, int(steps.weights[row].argmax()), "weights")


def _width(matrices: list[Vectors]) -> int:
    """Pixels of matrices side by side, with their names."""
    return sum(MATRIX + GAP + (name_width(matrix.words) + GAP if matrix.words else 0) for matrix in matrices)


def _start(place: int, count: int) -> int:
    """Where the part of PART words round `place` begins."""
    return int(np.clip(place - PART // 2, 0, max(0, count - PART)))


def _table(matrices: list[Vectors]) -> pd.DataFrame:
    """The matrices under each other, a row a word."""
    columns = max(matrix.values.shape[1] for matrix in matrices)
    rows = [
        (matrix.stage, number + 1, *row, *[np.nan] * (columns - len(row)))
        for matrix in matrices
        for number, row in enumerate(matrix.values)
    ]
    return pd.DataFrame(rows, columns=["matrix", "row", *range(1, columns + 1)])
