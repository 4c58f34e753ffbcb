"""Figures on a page: caption, text alternative, download as PNG or SVG (made in the browser) and of the numbers as CSV, choosing cells."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from components.charts.heatmap import cell_of, matrix_heatmap
from components.charts.theme import dressed
from components.tables.writing import write_table
from components.ui.state.language import t

from .card import Card, save_card
from .options import named
from .style import in_the_dark

# Presses the chart's own camera button with the wanted format, so that the image is made by the chart itself, in the browser.
_SAVE_IMAGE = st.components.v2.component(
    "himotoku_save_image",
    html="<button type='button' data-format='png'></button><button type='button' data-format='svg'></button>"
    "<button type='button' data-format='full'></button>",
    css="""
button { font: inherit; font-size: 0.875rem; color: var(--st-text-color); background: transparent; cursor: pointer; margin-right: 0.4rem;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: 0.35rem 0.75rem; }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
""",
    js="""
export default function ({ data, parentElement }) {
  for (const button of parentElement.querySelectorAll("button")) {
    const format = button.dataset.format;
    button.textContent = data.labels[format];
    button.onclick = () => {
      const chart = document.getElementsByClassName("st-key-" + data.chart)[0]?.querySelector(".js-plotly-plot");
      if (!chart) return;
      if (format === "full") {
        chart.closest(".stPlotlyChart").requestFullscreen();
        return;
      }
      const background = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
      chart._context.setBackground = () => { chart._fullLayout.paper_bgcolor = background; };
      chart._context.toImageButtonOptions = { format, filename: data.filename, scale: 2 };
      chart.querySelector(".modebar-btn").click();
    };
  }
}
""",
)


PHONE = 340  # pixels of a phone's width that a figure gets; one that needs more is scrolled there


@dataclass(frozen=True)
class Panel:
    """One figure of a row. key: its id, also the name of saved files. title: a line above it, Markdown with formulas. on_point(trace,
    index) is called before the next run when the visitor chooses a point. width: its own, in pixels, where it differs from the row's."""

    key: str
    figure: go.Figure
    alt: str
    data: pd.DataFrame | Callable[[], pd.DataFrame]
    name: str = ""
    title: str = ""
    on_point: Callable[[int, int], None] | None = None
    on_points: Callable[[list[tuple[int, int]]], None] | None = None
    width: int | None = None


def show_figure(
    figure: go.Figure,
    *,
    key: str,
    caption: str,
    alt: str,
    data: pd.DataFrame | Callable[[], pd.DataFrame],
    on_point: Callable[[int, int], None] | None = None,
    on_points: Callable[[list[tuple[int, int]]], None] | None = None,
    card: Card | None = None,
) -> None:
    """Draws `figure` with its caption (what to look at), its text alternative (what it shows) and its downloads.

    data: the figure's numbers, as a table or as a function that makes it when it is asked for. card: what is saved as a picture to show.
    """
    panel = Panel(key, figure, alt, data, on_point=on_point, on_points=on_points)
    _draw(panel)
    _under([panel], key=key, caption=caption, card=card)


def figure_foot(*, key: str, caption: str, data: pd.DataFrame | Callable[[], pd.DataFrame], card: Card | None = None) -> None:
    """The line under a figure that is text itself, not a chart: its caption, and a menu that saves its numbers and its card."""
    with _foot(key, caption):
        _save_numbers(key, key, data)
        if card:
            save_card(card, key=key)


def show_row(panels: Sequence[Panel], *, key: str, caption: str, width: int = 230) -> None:
    """Figures from left to right, each about `width` pixels wide, which wrap to the next line where the screen ends (on a phone they
    stand in a column); one caption and one save menu for all."""
    with st.container(horizontal=True, key=f"row-{key}"):
        for panel in panels:
            with st.container(width=panel.width or width, key=f"panel-{panel.key}"):
                if panel.title:
                    st.markdown(panel.title)
                _draw(panel)
    _under(panels, key=key, caption=caption)


def matrix_panel(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    key: str,
    alt: str,
    name: str = "",
    title: str = "",
    on_cell: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Panel:
    """A matrix as a panel. on_cell(row, column) is called when a cell is chosen; `options` go to `matrix_heatmap`.

    Keep the choice in `st.session_state`: Plotly forgets its own selection when the figure changes.
    """
    figure = matrix_heatmap(values, rows, columns, selectable=on_cell is not None, **options)

    def chosen(_: int, index: int) -> None:
        if on_cell:
            on_cell(*cell_of(index, len(columns)))

    return Panel(
        key, figure, alt, lambda: pd.DataFrame(values, index=list(rows), columns=list(columns)), name, title, chosen if on_cell else None
    )


def show_matrix(
    values: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, key: str, caption: str, alt: str, **options: Any
) -> None:
    """A heatmap with a caption and downloads; `options` as in `matrix_panel`."""
    panel = matrix_panel(values, rows, columns, key=key, alt=alt, **options)
    _draw(panel)
    _under([panel], key=key, caption=caption)


def _draw(panel: Panel) -> None:
    chart_key = f"figure-{panel.key}"

    def chosen() -> None:
        points = [(point["curve_number"], point["point_index"]) for point in st.session_state[chart_key].selection.points]
        if panel.on_points:
            panel.on_points(points)
        elif points and panel.on_point:
            panel.on_point(*points[0])

    modes = ("points", "box", "lasso") if panel.on_points else "points"
    selecting: dict[str, Any] = {"on_select": chosen, "selection_mode": modes} if panel.on_point or panel.on_points else {}
    # The toolbar is never seen (see style.py): it is there for the menu beneath, which presses its buttons.
    config: dict[str, Any] = {"displaylogo": False, "displayModeBar": True, "responsive": True}
    figure = dressed(panel.figure, in_the_dark())
    if (least := (panel.figure.layout.meta or {}).get("least_width", 0)) > PHONE:
        st.html(f"<style>.st-key-{chart_key} {{ overflow-x: auto; }} .st-key-{chart_key} > * {{ min-width: {least}px; }}</style>")
    st.plotly_chart(figure, key=chart_key, alt=panel.alt, config=config, theme=None, **selecting)


def _under(panels: Sequence[Panel], *, key: str, caption: str, card: Card | None = None) -> None:
    with _foot(key, caption):
        panel = panels[0]
        if len(panels) > 1:
            names = {panel.key: panel.name or panel.key for panel in panels}
            chosen = st.selectbox(t("common.save_which"), list(names), format_func=named(names), key=f"which-{key}")
            panel = next(panel for panel in panels if panel.key == chosen)
        labels = {"png": "PNG", "svg": "SVG", "full": t("common.full_screen")}
        _SAVE_IMAGE(key=f"image-{key}", data={"chart": f"figure-{panel.key}", "filename": panel.key, "labels": labels})
        _save_numbers(key, panel.key, panel.data)
        if card:
            save_card(card, key=key)


@contextmanager
def _foot(key: str, caption: str) -> Iterator[None]:
    """The line under a figure; what is drawn inside stands in its menu."""
    with st.container(horizontal=True, vertical_alignment="top", key=f"under-{key}"):
        st.markdown(f":small[{caption}]", width="stretch")
        with st.popover(t("common.save"), icon=":material/download:", type="tertiary", key=f"save-{key}"):
            yield


def _save_numbers(key: str, name: str, data: pd.DataFrame | Callable[[], pd.DataFrame]) -> None:
    st.download_button(
        t("common.save_csv"), lambda: _csv(data), file_name=f"{name}.csv", mime="text/csv", key=f"csv-{key}", on_click="ignore"
    )


def _csv(data: pd.DataFrame | Callable[[], pd.DataFrame]) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel in Japan reads it; a word that a spreadsheet would compute is written as text."""
    table = data() if callable(data) else data
    named = table if isinstance(table.index, pd.RangeIndex) else table.rename_axis(str(table.index.name or "")).reset_index()
    return write_table(named.rename(columns=str)).data
