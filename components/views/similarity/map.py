"""The map of a table's vectors, and the rows nearest to one of them."""

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.embedding_map import embedding_map
from components.models.turns import is_out_of_time
from components.text.clip import clip
from components.ui.state.language import t
from components.ui.state.recent import kept, recent
from components.ui.widgets.figures import show_figure
from components.ui.widgets.options import named
from components.vectors.projection import MAX_POINTS, Projection, fair_sample, pca, tsne

from .lists import ranked
from .table import HOVER, PREFIX, SHOWN, EmbeddedTable

ROW = "sim_row"  # the row whose neighbours are listed, counted from 1
NEIGHBOURS = 10


def show_map(table: EmbeddedTable) -> None:
    """The map; its settings stand before it, and a slow one runs when it is asked for."""
    with st.form(f"{PREFIX}-map", border=False):
        columns = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
        labels = {name: t(f"similarity.map_{name}") for name in ("pca2", "pca3", "tsne")}
        method = columns[0].selectbox(t("similarity.map_method"), list(labels), format_func=named(labels), key="sim_map")
        perplexity = columns[1].number_input(
            t("similarity.perplexity"), 2, 100, 30, key="sim_perplexity", help=t("similarity.perplexity_help")
        )
        seed = columns[2].number_input(t("common.seed"), 0, 9999, 0, key="sim_seed")
        asked = columns[3].form_submit_button(t("similarity.draw"), width="stretch")
    projection = _projection(table, method, float(perplexity), int(seed), asked)
    if projection is None:
        return
    texts = [clip(table.rows[row], HOVER) for row in projection.rows]
    groups = table.upload.frame[table.colour].iloc[projection.rows].tolist() if table.colour else None
    hits = [*st.session_state.get(f"{PREFIX}:hits:{table.state}", []), (st.session_state.get(ROW) or 0) - 1]
    marked = [int(point) for point in np.flatnonzero(np.isin(projection.rows, hits))]
    titles = [t("similarity.axis", n=n + 1, share=f"{100 * share:.1f}") for n, share in enumerate(projection.explained)] or ["", "", ""]
    figure, held = embedding_map(
        projection.coordinates, texts, groups, rest=t("similarity.other_groups"), axis_titles=[*titles, "", ""][:3], marked=marked
    )

    def choose(points: list[tuple[int, int]]) -> None:
        rows = [int(projection.rows[held[trace][index]]) for trace, index in points if trace < len(held)]
        st.session_state[f"{PREFIX}:chosen"] = rows
        if len(rows) == 1:
            st.session_state[ROW] = rows[0] + 1

    drawn, total = f"{len(projection.rows):,}", f"{table.work.done:,}"
    part = t("similarity.map_all", n=drawn) if len(projection.rows) == table.work.done else t("similarity.map_sample", n=drawn, total=total)
    show_figure(
        figure,
        key="similarity-embedding-map",
        caption=f"{t('similarity.map_caption_tsne' if method == 'tsne' else 'similarity.map_caption_pca')} {part}",
        alt=t("similarity.map_alt", n=drawn, groups=len(set(groups)) if groups else 1, method=labels[method]),
        data=lambda: pd.DataFrame(projection.coordinates).assign(
            row=projection.rows + 1, text=[table.rows[row] for row in projection.rows]
        ),
        on_points=choose if projection.coordinates.shape[1] == 2 else None,
    )
    chosen = [row for row in st.session_state.get(f"{PREFIX}:chosen", []) if row < table.work.done]
    if chosen:
        st.markdown(t("similarity.chosen_rows", n=len(chosen)))
        st.dataframe(table.upload.frame.iloc[chosen[:SHOWN]], hide_index=True)
    _show_neighbours(table)


def _show_neighbours(table: EmbeddedTable) -> None:
    """The rows nearest to one row, chosen by a click into a flat map or by its number (the only way in three dimensions, whose points
    take no click)."""
    if (st.session_state.get(ROW) or 0) > table.work.done:
        st.session_state[ROW] = None
    number = st.number_input(t("similarity.row_number"), 1, table.work.done, None, key=ROW, persist_state="session", width=260)
    if number is None:
        return
    row = int(number) - 1
    hits = table.store.index(table.work.done).search(table.vectors[row : row + 1], NEIGHBOURS + 1)
    near = [(float(score), int(other)) for score, other in zip(hits.scores[0], hits.rows[0], strict=True) if other not in (row, -1)]
    st.markdown(t("similarity.neighbours_of", n=len(near[:NEIGHBOURS]), row=number))
    st.text(clip(table.rows[row], HOVER))
    ranked(table, near[:NEIGHBOURS])


def _projection(table: EmbeddedTable, method: str, perplexity: float, seed: int, asked: bool) -> Projection | None:
    """The map of these settings: PCA at once, t-SNE when asked for; what was drawn before stays until then."""
    groups = table.upload.frame[table.colour].head(table.work.done).to_numpy(dtype=str) if table.colour else None
    rows = fair_sample(table.work.done, groups, MAX_POINTS, seed)
    key, state = f"{PREFIX}:projection", f"{table.state}|{table.colour}|{method}|{perplexity}|{seed}"
    before = recent(key, 1).latest()
    if before and before[0] == state:
        return before[1]
    if method != "tsne":
        return kept(key, state, lambda: pca(table.vectors, rows, 3 if method == "pca3" else 2))
    if len(rows) < 4:
        st.info(t("similarity.tsne_too_few"))
        return None
    if not asked:
        st.info(t("similarity.press_draw"))
        return before[1] if before and before[0].startswith(f"{table.state}|") else None
    bar = st.progress(0.0, t("similarity.drawing", n=f"{len(rows):,}"))
    stop = st.empty()
    stop.button(t("tables.batch_stop"), key=f"{PREFIX}:tsne-stop")  # any click ends this run of the page, and with it the drawing

    def report(share: float) -> bool:
        bar.progress(share)
        return is_out_of_time()

    made = tsne(table.vectors, rows, perplexity, seed, progress=report)
    bar.empty()
    stop.empty()
    if is_out_of_time():
        st.warning(t("similarity.map_out_of_time"), icon=":material/timer:")
    return kept(key, state, lambda: made)
