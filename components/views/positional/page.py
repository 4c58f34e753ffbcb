"""The positional encoding page's own parts that need no model: the table, dot products by distance, and the map from one position to another."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.heatmap import matrix_heatmap
from components.charts.lines import MAX_POINTS, Curve, line_figure, line_table, thinned
from components.charts.numbers import latex, significant, tiny
from components.charts.position_encoding import MAX_SIDE, encoding_heatmap, wave_curves
from components.charts.position_pairs import pairs_heatmap
from components.charts.rotation import clock_figure
from components.charts.theme import NEUTRAL_COLOUR
from components.errors import UserError
from components.transformer.positional import (
    MAX_D_MODEL,
    MAX_LENGTH,
    angular_frequencies,
    check_shift,
    similarity_by_distance,
    sinusoidal,
    wavelengths,
)
from components.ui.state.language import t
from components.ui.widgets.figures import Panel, show_figure, show_row
from components.ui.widgets.verdict import said, show_finding

MATRIX_SIDE = 16  # dimensions of M_k that are drawn: later pairs turn so slowly that they look like the identity
GRAM_SIDE = 128  # positions of the PE·PE matrix that are drawn
CLOCKS = 4
KNOB = 130  # px: two numbers and the gear side by side on a phone
MAX_FIT = 5_000_000  # length x d_model^2 up to which least squares takes well under a second


class PositionalInputError(UserError):
    """Settings of the positional encoding page that can't be used."""


@dataclass(frozen=True)
class Size:
    """Chosen d_model and length (positions 0 to length - 1), both within bounds."""

    d_model: int
    length: int


def follow_link_to_table() -> None:
    """A link that sets the table's size and names no view comes from when the table was the first view: it goes on showing it."""
    asked = st.query_params
    if "pe_view" not in st.session_state and "pe_view" not in asked and {"pe_d_model", "pe_length"} & set(asked):
        st.session_state["pe_view"] = "table"


@dataclass(frozen=True, eq=False)
class Line:
    """The line over a view's figure: places for its finding, for the numbers one moves, and for those set once, behind a gear."""

    finding: DeltaGenerator
    knobs: DeltaGenerator
    rest: DeltaGenerator


def line_over(*, gear: bool = True) -> Line:
    """The line over the figure of a view with settings; without a gear all of them stand on it."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="pe-line"):
        finding = st.container()
        with st.container(horizontal=True, vertical_alignment="bottom", width="content", key="pe-knobs"):
            knobs = st.container(horizontal=True, width="content")
            return Line(finding, knobs, st.popover(t("common.more_settings"), icon=":material/tune:") if gear else knobs)


def number(place: DeltaGenerator, label: str, key: str, default: int, low: int, high: int, help: str | None = None) -> int:
    """A whole number bound to the address as `?key=`. Raises PositionalInputError outside low..high, whatever the browser allowed."""
    value = int(place.number_input(label, value=default, step=1, key=key, bind="query-params", help=help, width=KNOB))
    if not low <= value <= high:
        raise PositionalInputError("positional.out_of_range", what=label, found=value, low=low, high=high)
    return value


def choose_size(place: DeltaGenerator) -> Size:
    """d_model and length."""
    d_model = number(place, t("positional.d_model"), "pe_d_model", 128, 1, MAX_D_MODEL)
    length = number(place, t("positional.length"), "pe_length", 100, 2, MAX_LENGTH)
    return Size(d_model, length)


def show_table() -> dict[str, object]:
    """The encoding as a heatmap, chosen dimensions as waves, and how long each wave is. Returns the snippet's settings."""
    line = line_over(gear=False)
    size = choose_size(line.knobs)
    encoding = sinusoidal(size.length, size.d_model)
    lengths = wavelengths(size.d_model)
    with line.finding:
        within = int((lengths <= size.length).sum())
        key = "positional.table_finding" if within < len(lengths) else "positional.table_finding_all"
        show_finding(said(key, within=within, pairs=len(lengths), length=size.length))
    left, right = st.columns([3, 2])
    with left:
        _show_heatmap(encoding, size)
    with right:
        waves = st.container()
        chosen = _dimensions(st.container(), size.d_model)
        with waves:
            _show_waves(encoding, chosen)
    _show_wavelengths(size)
    return {"d_model": size.d_model, "length": size.length, "position": 0, "offset": 1}


def show_distance() -> dict[str, object]:
    """PE(pos) . PE(pos + k) against k from two positions, and the same for every pair of positions. Returns the snippet's settings."""
    line = line_over()
    size = choose_size(line.rest)
    position = number(line.knobs, t("positional.position"), "pe_position", 30, 0, size.length - 1, t("positional.position_help"))
    encoding = sinusoidal(size.length, size.d_model)
    distances = np.arange(size.length)
    from_zero = encoding @ encoding[0]
    from_chosen = np.full(size.length, np.nan)
    from_chosen[: size.length - position] = encoding[position:] @ encoding[position]
    curves = [
        Curve(t("positional.from_position", position=0), from_zero),
        Curve(t("positional.from_position", position=position), from_chosen),
    ]
    apart = float(np.nanmax(np.abs(from_zero - from_chosen)))
    even = size.d_model % 2 == 0
    if even:
        curves.append(Curve(t("positional.closed_form"), similarity_by_distance(size.d_model, size.length - 1)))
    key = "positional.distance_even" if even else "positional.distance_odd"
    values = {"position": position, "apart": tiny(apart), "largest": significant(float(from_zero[0]))}
    with line.finding:
        show_finding(said(key, apart=values["apart"]))
    left, right = st.columns([3, 2])
    with left:
        show_figure(
            line_figure(distances, curves, x_title=t("positional.distance_axis"), y_title=t("positional.dot_axis"), height=380),
            key="positional-distance",
            caption=t("positional.distance_caption"),
            alt=t("positional.distance_alt", d_model=size.d_model, far=significant(float(from_zero[-1])), last=size.length - 1, **values),
            data=line_table(distances, curves, x_title=t("positional.distance_axis")),
        )
    with right:
        _show_gram(encoding, size)
    return {"d_model": size.d_model, "length": size.length, "position": position, "offset": 1}


def show_shift() -> dict[str, object]:
    """Four pairs as clock hands at pos and pos + k, the matrix M_k that turns them, and its residual. Returns the snippet's settings."""
    line = line_over()
    size = choose_size(line.rest)
    if size.d_model % 2:
        raise PositionalInputError("positional.odd_shift", d_model=size.d_model)
    position = number(line.knobs, t("positional.position"), "pe_position", 30, 0, size.length - 1)
    offset = number(line.knobs, t("positional.offset"), "pe_offset", 5, 0, size.length - 1, t("positional.offset_help"))
    check = check_shift(size.d_model, offset, size.length, fit=size.length * size.d_model**2 <= MAX_FIT)
    with line.finding:
        show_finding(said("positional.shift_finding", offset=offset, residual=tiny(check.residual)))
    _show_clocks(size, position, offset)
    left, right = st.columns([2, 3], vertical_alignment="center")
    with left:
        st.metric(t("positional.residual"), tiny(check.residual), help=t("positional.residual_help", length=size.length - offset))
        if check.fitted_residual is not None:
            st.metric(t("positional.fitted"), tiny(check.fitted_residual), help=t("positional.fitted_help"))
        st.caption(t("positional.rounding") if check.fitted_residual is not None else t("positional.not_fitted"))
    with right:
        _show_shift_matrix(check.matrix, offset)
    return {"d_model": size.d_model, "length": size.length, "position": position, "offset": offset}


def _dimensions(column: DeltaGenerator, d_model: int) -> list[int]:
    """Up to six dimensions to draw as waves; those that a narrower table no longer has are dropped."""
    chosen = st.session_state.get("pe_dimensions", [d_model // 8, d_model // 4, 3 * d_model // 8, d_model // 2])
    st.session_state["pe_dimensions"] = sorted({dimension for dimension in chosen if dimension < d_model})
    return column.multiselect(
        t("positional.dimensions"),
        range(d_model),
        max_selections=6,
        key="pe_dimensions",
        persist_state="session",
        help=t("positional.dimensions_help"),
    )


def _show_heatmap(encoding: np.ndarray, size: Size) -> None:
    show_figure(
        encoding_heatmap(
            encoding, position_title=t("positional.position_axis"), dimension_title=t("positional.dimension_axis"), height=380
        ),
        key="positional-table",
        caption=t("positional.table_thinned", most=MAX_SIDE) if size.length > MAX_SIDE else t("positional.table_caption"),
        alt=t("positional.table_alt", length=size.length, d_model=size.d_model, slowest=significant(float(wavelengths(size.d_model)[-1]))),
        data=lambda: pd.DataFrame(encoding),
    )


def _show_waves(encoding: np.ndarray, chosen: list[int]) -> None:
    if not chosen:
        st.info(t("positional.no_dimension"))
        return
    positions = np.arange(len(encoding))
    curves = wave_curves(encoding, chosen, name=t("positional.dimension_name"))
    show_figure(
        line_figure(positions, curves, x_title=t("positional.position_axis"), y_title=t("positional.value_axis"), height=380),
        key="positional-waves",
        caption=t("positional.waves_thinned", most=MAX_POINTS) if len(encoding) > MAX_POINTS else t("positional.waves_caption"),
        alt=t("positional.waves_alt", dimensions=", ".join(map(str, chosen)), length=len(encoding)),
        data=line_table(positions, curves, x_title=t("positional.position_axis")),
    )


def _show_wavelengths(size: Size) -> None:
    lengths = wavelengths(size.d_model)
    within = int((lengths <= size.length).sum())
    curves = [
        Curve(t("positional.wavelength_axis"), lengths),
        Curve(t("positional.length"), np.full(len(lengths), size.length), NEUTRAL_COLOUR),
    ]
    pairs = np.arange(len(lengths))
    figure = line_figure(pairs, curves, x_title=t("positional.pair_axis"), y_title=t("positional.wavelength_axis"), log_y=True, height=260)
    values = {
        "shortest": significant(float(lengths[0])),
        "longest": significant(float(lengths[-1])),
        "within": within,
        "pairs": len(lengths),
    }
    show_figure(
        figure,
        key="positional-wavelengths",
        caption=t("positional.wavelengths_caption", **values),
        alt=t("positional.wavelengths_alt", **values),
        data=line_table(pairs, curves, x_title=t("positional.pair_axis")),
    )


def _show_gram(encoding: np.ndarray, size: Size) -> None:
    positions = thinned(size.length, GRAM_SIDE)
    gram = encoding[positions] @ encoding[positions].T
    neighbours = float((encoding[:-1] * encoding[1:]).sum(axis=1).mean())
    show_figure(
        pairs_heatmap(gram, positions, title=t("positional.position_axis")),
        key="positional-gram",
        caption=t("positional.gram_caption"),
        alt=t("positional.gram_alt", own=significant(float(gram[0, 0])), neighbour=significant(neighbours)),
        data=lambda: pd.DataFrame(gram, index=positions, columns=positions),
    )


def _show_clocks(size: Size, position: int, offset: int) -> None:
    frequencies = angular_frequencies(size.d_model)
    pairs = thinned((len(frequencies) + 1) // 2, CLOCKS)  # the slower half would hardly move
    panels = []
    for pair in pairs:
        turn = float(frequencies[pair] * offset)
        angles = frequencies[pair] * np.array([position, position + offset])
        name = t("positional.pair_name", first=2 * pair, second=2 * pair + 1)
        figure = clock_figure(
            float(frequencies[pair]), position, offset, before=f"pos = {position}", after=f"pos + k = {position + offset}"
        )
        panels.append(
            Panel(
                f"positional-clock-{pair}",
                figure,
                t("positional.clock_alt", pair=name, turn=significant(turn)),
                pd.DataFrame({"pos": [position, position + offset], "angle": angles, "sin": np.sin(angles), "cos": np.cos(angles)}),
                name,
                f"{name}  \n$k\\,\\omega = {latex(turn)}$ rad",
            )
        )
    show_row(panels, key="positional-clocks", caption=t("positional.clocks_caption", position=position, after=position + offset), width=190)


def _show_shift_matrix(matrix: np.ndarray, offset: int) -> None:
    shown = matrix[:MATRIX_SIDE, :MATRIX_SIDE]
    labels = [str(dimension) for dimension in range(len(shown))]
    title = t("positional.dimension_axis")
    figure = matrix_heatmap(
        shown,
        labels,
        labels,
        signed=True,
        limits=(-1, 1),
        selectable=False,
        row_title=title,
        column_title=title,
        height=330,
        colour_bar=True,
    )
    show_figure(
        figure,
        key="positional-shift",
        caption=t("positional.shift_caption", side=len(shown), d_model=len(matrix), offset=offset),
        alt=t("positional.shift_alt", cos=significant(float(matrix[0, 0])), sin=significant(float(matrix[0, 1])), offset=offset),
        data=lambda: pd.DataFrame(matrix),
    )
