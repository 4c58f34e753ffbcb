"""Lists of a table's rows: those nearest to a query, near duplicates, groups."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.text.duplicates import equal_rows
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.widgets.tables import table_out
from components.vectors.clusters import Clusters, cluster
from components.vectors.index import near_duplicates
from components.vectors.projection import fair_sample

from .languages import understood
from .table import PREFIX, SHOWN, EmbeddedTable

DUPLICATE_ROWS = 30_000  # compared all with all


def show_search(table: EmbeddedTable) -> None:
    """The rows nearest in meaning to what the visitor types, with how long it took."""
    query = st.text_input(t("similarity.query"), key=f"{PREFIX}:query", placeholder=t("similarity.query_placeholder"), max_chars=2000)
    if not query.strip() or not understood(query, table.encoder.id):
        return
    index = table.store.index(table.work.done)
    vector = table.encoder.encode([query])
    begin = perf_counter()
    hits = index.search(vector, 10)
    milliseconds = 1000 * (perf_counter() - begin)
    rows = [int(row) for row in hits.rows[0] if row >= 0]
    st.session_state[f"{PREFIX}:hits:{table.state}"] = rows
    kind = t("similarity.search_exact" if index.exact else "similarity.search_approximate")
    st.caption(t("similarity.searched", n=f"{table.work.done:,}", milliseconds=significant(milliseconds), kind=kind))
    ranked(table, [(float(score), row) for score, row in zip(hits.scores[0], rows, strict=False)])


def show_duplicates(table: EmbeddedTable) -> None:
    """Rows that are equal, as groups, and of the rest the pairs at least as alike as the threshold says."""
    threshold = st.slider(t("similarity.threshold"), 0.70, 1.0, 0.90, 0.01, key="sim_threshold", bind="query-params")
    texts = table.rows[: table.work.done]
    groups = kept(f"{PREFIX}:equal", table.state, lambda: equal_rows(texts))
    if groups:
        _show_equal_rows(texts, groups)
    repeated = {row for group in groups for row in group[1:]}
    distinct = np.array([row for row in range(len(texts)) if row not in repeated])
    rows = distinct[fair_sample(len(distinct), most=DUPLICATE_ROWS)]
    if len(rows) < len(distinct):
        st.caption(t("similarity.duplicates_sample", n=f"{len(rows):,}", total=f"{len(distinct):,}"))
    with st.spinner(t("similarity.comparing")):
        alike = kept(f"{PREFIX}:pairs", f"{table.state}-{threshold}", lambda: near_duplicates(table.vectors[rows], float(threshold)))
    if not alike.total:
        st.info(t("similarity.no_duplicates", threshold=threshold))
        return
    st.markdown(t("similarity.duplicates_found", n=f"{alike.total:,}", threshold=threshold))
    names = [t(f"similarity.column_{name}") for name in ("score", "row_first", "first", "row_second", "second")]
    cells = [(score, rows[i] + 1, texts[rows[i]], rows[j] + 1, texts[rows[j]]) for i, j, score in alike.pairs]
    listed(pd.DataFrame(cells, columns=names), alike.total)


def _show_equal_rows(texts: Sequence[str], groups: Sequence[Sequence[int]]) -> None:
    """Each text that stands in several rows, with how many and which."""
    st.markdown(t("similarity.equal_rows", n=f"{sum(map(len, groups)):,}", groups=f"{len(groups):,}"))
    names = [t(f"similarity.column_{name}") for name in ("size", "text", "rows")]
    cells = [
        (len(rows), texts[rows[0]], ", ".join(str(row + 1) for row in rows[:20]) + (" …" if len(rows) > 20 else "")) for rows in groups
    ]
    listed(pd.DataFrame(cells[:SHOWN], columns=names), len(groups))


def show_clusters(table: EmbeddedTable) -> None:
    """Groups with their typical sentences, and the download with each row's group."""
    count = int(st.slider(t("similarity.clusters"), 2, 50, 8, key="sim_clusters", bind="query-params"))
    with st.spinner(t("similarity.clustering")):
        clusters: Clusters = kept(f"{PREFIX}:clusters", f"{table.state}-{count}", lambda: cluster(table.vectors, count))
    names = [t(f"similarity.column_{name}") for name in ("cluster", "size", "tightness", "typical")]
    rows = [
        (number + 1, size, closeness, "\n".join(table.rows[row] for row in typical))
        for number, (size, closeness, typical) in enumerate(zip(clusters.sizes, clusters.tightness, clusters.typical, strict=True))
    ]
    listed(pd.DataFrame(rows, columns=names), row_height=90)
    st.caption(t("similarity.clusters_caption"))
    added = pd.DataFrame({t("similarity.column_cluster"): [str(label + 1) for label in clusters.labels]})
    table_out(table.done, added, key=f"{PREFIX}_out", name=table.upload.name, signature=f"{table.state}-{count}")


def ranked(table: EmbeddedTable, hits: list[tuple[float, int]]) -> None:
    score, number = t("similarity.column_score"), t("similarity.column_row")
    frame = table.upload.frame.iloc[[row for _, row in hits]].reset_index(drop=True)
    front = pd.DataFrame({score: [value for value, _ in hits], number: [row + 1 for _, row in hits]})
    frame = frame.rename(columns={name: f"{name} " for name in frame.columns if name in (score, number)})
    listed(pd.concat([front, frame], axis=1))


def listed(frame: pd.DataFrame, total: int | None = None, row_height: int | None = None) -> None:
    """The first rows of a list; total: how long it really is, where the frame holds its beginning."""
    total = len(frame) if total is None else total
    numbers = {name: st.column_config.NumberColumn(format="%.3f", width="small") for name in frame.select_dtypes(np.floating).columns}
    st.dataframe(frame.head(SHOWN), hide_index=True, column_config=numbers, row_height=row_height)
    if total > SHOWN:
        st.caption(t("similarity.list_cut", n=SHOWN, total=f"{total:,}"))
