"""Figures on a page: caption, text alternative, download as PNG or SVG (made in the browser) and of the numbers as CSV, choosing cells."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from components.charts.heatmap import cell_of, matrix_heatmap

from .language import t

# Presses the chart's own camera button with the wanted format, so that the image is made by the chart itself, in the browser.
_SAVE_IMAGE = st.components.v2.component(
    "transformer_lab_save_image",
    html="<button type='button' data-format='png'></button><button type='button' data-format='svg'></button>",
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
      const background = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
      chart._context.setBackground = () => { chart._fullLayout.paper_bgcolor = background; };
      chart._context.toImageButtonOptions = { format, filename: data.filename, scale: 2 };
      chart.querySelector(".modebar-btn").click();
    };
  }
}
""",
)


def show_figure(
    figure: go.Figure,
    *,
    key: str,
    caption: str,
    alt: str,
    data: pd.DataFrame | Callable[[], pd.DataFrame],
    on_point: Callable[[int, int], None] | None = None,
) -> None:
    """Draws `figure` with its caption (what to look at), its text alternative (what it shows) and its downloads.

    data: the figure's numbers, as a table or as a function that makes it when it is asked for. on_point(trace, index) is called before
    the next run when the visitor chooses a point.
    """
    chart_key = f"figure-{key}"

    def chosen() -> None:
        points = st.session_state[chart_key].selection.points
        if points:
            on_point(points[0]["curve_number"], points[0]["point_index"])

    selecting = {"on_select": chosen, "selection_mode": "points"} if on_point else {}
    st.plotly_chart(figure, key=chart_key, alt=alt, config={"displaylogo": False, "displayModeBar": "hover", "responsive": True}, **selecting)
    with st.container(horizontal=True, vertical_alignment="top", key=f"under-{key}"):
        st.caption(caption, width="stretch")
        with st.popover(t("common.save"), icon=":material/download:", type="tertiary", key=f"save-{key}"):
            _SAVE_IMAGE(
                key=f"image-{key}", data={"chart": chart_key, "filename": key, "labels": {"png": "PNG", "svg": "SVG"}}
            )
            st.download_button(
                t("common.save_csv"), lambda: _csv(data), file_name=f"{key}.csv", mime="text/csv", key=f"csv-{key}", on_click="ignore"
            )


def show_matrix(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    key: str,
    caption: str,
    alt: str,
    selected: str | None = None,
    **options,
) -> None:
    """A heatmap with a caption and downloads. With `selected`, clicking a cell puts its (row, column) into `st.session_state[selected]`.

    `options` go to `matrix_heatmap`. The choice outlives a redraw: Plotly forgets its own selection when the figure changes.
    """

    def choose(_: int, index: int) -> None:
        st.session_state[selected] = cell_of(index, len(columns))

    figure = matrix_heatmap(values, rows, columns, selectable=selected is not None, **options)
    show_figure(
        figure,
        key=key,
        caption=caption,
        alt=alt,
        data=lambda: pd.DataFrame(values, index=list(rows), columns=list(columns)),
        on_point=choose if selected else None,
    )


def _csv(data: pd.DataFrame | Callable[[], pd.DataFrame]) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel in Japan reads it."""
    table = data() if callable(data) else data
    return table.to_csv(index=not isinstance(table.index, pd.RangeIndex)).encode("utf-8-sig")
