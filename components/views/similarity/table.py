"""A table on the similarity page: embed a column, draw it, search it by meaning, find near duplicates and groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import streamlit as st

from components import settings
from components.charts.embedding_map import embedding_map
from components.charts.numbers import significant
from components.messages import CONTENT
from components.models import ModelError
from components.models.precision import LONG_TABLE, faster_in_bfloat16, precision_for
from components.models.similarity import SentenceEncoder
from components.tables.columns import guess_columns
from components.text.clip import clip
from components.text.duplicates import equal_rows
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.state.recent import kept, recent
from components.ui.widgets.batches import Batch, batch, batch_controls
from components.ui.widgets.figures import show_figure
from components.ui.widgets.models import cards, choose_task_model, model_for
from components.ui.widgets.options import named
from components.ui.widgets.table_work import TableWork
from components.ui.widgets.tables import choose_column, table_in, table_out
from components.vectors.clusters import Clusters, cluster
from components.vectors.index import near_duplicates
from components.vectors.projection import MAX_POINTS, Projection, fair_sample, pca, tsne
from components.vectors.store import STORE, HeldVectors, vector_bytes

from .languages import understood, warn_of_rows

KEY = "sim"
SHOWN = 200  # rows of a list on the screen; downloads hold all
HOVER = 90  # characters of a text on the map
DUPLICATE_ROWS = 30_000  # compared all with all


@dataclass(frozen=True, eq=False)
class EmbeddedTable(TableWork):
    """A table's texts and the column that colours them. held: where their vectors are, None before the first."""

    colour: str | None
    encoder: SentenceEncoder
    held: HeldVectors | None

    @property
    def vectors(self) -> np.ndarray:
        """(done, d). Raises ModelError where they made room for others'."""
        return self.held.vectors(self.work.done)


def sample_table() -> Path:
    """Sentences with topics, in the visitor's language where a model for it is here."""
    japanese = language() == "ja" and any(card.language == "ja" for card in cards("similarity"))
    return CONTENT / "samples" / f"topics_{'ja' if japanese else 'en'}.csv"


def read_embedded() -> EmbeddedTable | None:
    """Upload, columns, model and buttons; None until there is a table. Raises TableError, ModelError."""
    upload = table_in(KEY, sample=sample_table())
    if upload is None:
        st.info(t("similarity.no_table"), icon=":material/upload_file:")
        return None
    guess = guess_columns(upload.frame)
    columns = st.columns(3)
    with columns[0]:
        text_column = choose_column(upload, t("similarity.text_column"), key=f"{KEY}:text", guess=guess.text)
    with columns[1]:
        colour = choose_column(upload, t("similarity.colour_column"), key=f"{KEY}:colour", guess=guess.label, optional=True)
    texts = upload.frame[text_column].tolist()
    with columns[2]:
        chosen = choose_task_model("similarity", key="sim_model", label=t("similarity.model"), default=model_for("similarity", texts))
    encoder = model(chosen, "similarity")
    work = batch(KEY, f"{upload.signature}|{text_column}|{chosen}", len(texts))
    held = _held(work, encoder.dimension)
    warn_of_rows(texts, encoder.id)
    if not work.done:
        st.caption(_memory(len(texts), encoder))
    progress = batch_controls(work, key=KEY, start=t("similarity.embed", n=f"{len(texts):,}"))
    return EmbeddedTable(upload, texts, work, progress, colour, encoder, held)


def go_on(given: EmbeddedTable) -> None:
    """The next vectors, while the work runs; called when the rest of the page is drawn."""
    work, held = given.work, given.held

    def embed(texts: Sequence[str]) -> None:
        with precision_for(work.rows):
            held.put(work.done, given.encoder.encode(texts))

    given.run(embed)


def _held(work: Batch, dimension: int) -> HeldVectors | None:
    """Where the vectors of this work are, once it runs; where they were dropped, or there is no room, it says so and the work stops."""
    key = f"{KEY}:held"
    signature, held = st.session_state.get(key, (None, None))
    if signature != work.signature:
        st.session_state.pop(key, None)  # gives the room of another table's vectors back
        held = None
    elif held.dropped:
        del st.session_state[key]
        held = None
        work.reset()
        st.warning(t("similarity.memory_dropped"), icon=":material/memory:")
    if held is None and work.running:
        try:
            held = STORE.hold(work.rows, dimension)
        except ModelError as error:
            work.stop()
            st.error(error.in_language(language()), icon=":material/memory:")
            return None
        st.session_state[key] = (work.signature, held)
    return held


def _memory(rows: int, encoder: SentenceEncoder) -> str:
    """What the vectors will take and how they will be computed, said beforehand."""
    size = significant(vector_bytes(rows, encoder.dimension) / 1e6)
    most = f"{settings.vector_bytes() / 1e6:,.0f}"
    said = t("similarity.memory", n=f"{rows:,}", d=encoder.dimension, megabytes=size, most_megabytes=most, most=encoder.max_length)
    return f"{said} {t('similarity.precision')}" if rows >= LONG_TABLE and faster_in_bfloat16() else said


def show_map(given: EmbeddedTable) -> None:
    """The map; its settings stand before it, and a slow one runs when it is asked for."""
    with st.form(f"{KEY}-map", border=False):
        columns = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
        labels = {name: t(f"similarity.map_{name}") for name in ("pca2", "pca3", "tsne")}
        method = columns[0].selectbox(t("similarity.map_method"), list(labels), format_func=named(labels), key="sim_map")
        perplexity = columns[1].number_input(
            t("similarity.perplexity"), 2, 100, 30, key="sim_perplexity", help=t("similarity.perplexity_help")
        )
        seed = columns[2].number_input(t("common.seed"), 0, 9999, 0, key="sim_seed")
        asked = columns[3].form_submit_button(t("similarity.draw"), width="stretch")
    projection = _projection(given, method, float(perplexity), int(seed), asked)
    if projection is None:
        return
    texts = [clip(given.rows[row], HOVER) for row in projection.rows]
    groups = given.upload.frame[given.colour].iloc[projection.rows].tolist() if given.colour else None
    hits = [int(i) for i in np.flatnonzero(np.isin(projection.rows, st.session_state.get(f"{KEY}:hits:{given.state}", [])))]
    titles = [t("similarity.axis", n=n + 1, share=f"{100 * share:.1f}") for n, share in enumerate(projection.explained)] or ["", "", ""]
    figure, held = embedding_map(
        projection.coordinates, texts, groups, rest=t("similarity.other_groups"), axis_titles=[*titles, "", ""][:3], marked=hits
    )

    def choose(points: list[tuple[int, int]]) -> None:
        st.session_state[f"{KEY}:chosen"] = [int(projection.rows[held[trace][index]]) for trace, index in points if trace < len(held)]

    drawn, total = f"{len(projection.rows):,}", f"{given.work.done:,}"
    part = t("similarity.map_all", n=drawn) if len(projection.rows) == given.work.done else t("similarity.map_sample", n=drawn, total=total)
    show_figure(
        figure,
        key="similarity-embedding-map",
        caption=f"{t('similarity.map_caption_tsne' if method == 'tsne' else 'similarity.map_caption_pca')} {part}",
        alt=t("similarity.map_alt", n=drawn, groups=len(set(groups)) if groups else 1, method=labels[method]),
        data=lambda: pd.DataFrame(projection.coordinates).assign(
            row=projection.rows + 1, text=[given.rows[row] for row in projection.rows]
        ),
        on_points=choose if projection.coordinates.shape[1] == 2 else None,
    )
    chosen = [row for row in st.session_state.get(f"{KEY}:chosen", []) if row < given.work.done]
    if chosen:
        st.markdown(t("similarity.chosen_rows", n=len(chosen)))
        st.dataframe(given.upload.frame.iloc[chosen[:SHOWN]], hide_index=True)


def show_search(given: EmbeddedTable) -> None:
    """The rows nearest in meaning to what the visitor types, with how long it took."""
    query = st.text_input(t("similarity.query"), key=f"{KEY}:query", placeholder=t("similarity.query_placeholder"), max_chars=2000)
    if not query.strip() or not understood(query, given.encoder.id):
        return
    index = given.held.index(given.work.done)
    vector = given.encoder.encode([query])
    begin = perf_counter()
    hits = index.search(vector, 10)
    milliseconds = 1000 * (perf_counter() - begin)
    rows = [int(row) for row in hits.rows[0] if row >= 0]
    st.session_state[f"{KEY}:hits:{given.state}"] = rows
    kind = t("similarity.search_exact" if index.exact else "similarity.search_approximate")
    st.caption(t("similarity.searched", n=f"{given.work.done:,}", milliseconds=significant(milliseconds), kind=kind))
    _ranked(given, [(float(score), row) for score, row in zip(hits.scores[0], rows, strict=False)])


def show_duplicates(given: EmbeddedTable) -> None:
    """Rows that are equal, as groups, and of the rest the pairs at least as alike as the threshold says."""
    threshold = st.slider(t("similarity.threshold"), 0.70, 1.0, 0.90, 0.01, key="sim_threshold", bind="query-params")
    texts = given.rows[: given.work.done]
    groups = kept(f"{KEY}:equal", given.state, lambda: equal_rows(texts))
    if groups:
        _show_equal_rows(texts, groups)
    repeated = {row for group in groups for row in group[1:]}
    distinct = np.array([row for row in range(len(texts)) if row not in repeated])
    rows = distinct[fair_sample(len(distinct), most=DUPLICATE_ROWS)]
    if len(rows) < len(distinct):
        st.caption(t("similarity.duplicates_sample", n=f"{len(rows):,}", total=f"{len(distinct):,}"))
    with st.spinner(t("similarity.comparing")):
        alike = kept(f"{KEY}:pairs", f"{given.state}-{threshold}", lambda: near_duplicates(given.vectors[rows], float(threshold)))
    if not alike.total:
        st.info(t("similarity.no_duplicates", threshold=threshold))
        return
    st.markdown(t("similarity.duplicates_found", n=f"{alike.total:,}", threshold=threshold))
    names = [t(f"similarity.column_{name}") for name in ("score", "row_first", "first", "row_second", "second")]
    table = [(score, rows[i] + 1, texts[rows[i]], rows[j] + 1, texts[rows[j]]) for i, j, score in alike.pairs]
    _table(pd.DataFrame(table, columns=names), alike.total)


def _show_equal_rows(texts: Sequence[str], groups: Sequence[Sequence[int]]) -> None:
    """Each text that stands in several rows, with how many and which."""
    st.markdown(t("similarity.equal_rows", n=f"{sum(map(len, groups)):,}", groups=f"{len(groups):,}"))
    names = [t(f"similarity.column_{name}") for name in ("size", "text", "rows")]
    listed = [
        (len(rows), texts[rows[0]], ", ".join(str(row + 1) for row in rows[:20]) + (" …" if len(rows) > 20 else "")) for rows in groups
    ]
    _table(pd.DataFrame(listed[:SHOWN], columns=names), len(groups))


def show_clusters(given: EmbeddedTable) -> None:
    """Groups with their typical sentences, and the download with each row's group."""
    count = int(st.slider(t("similarity.clusters"), 2, 50, 8, key="sim_clusters", bind="query-params"))
    with st.spinner(t("similarity.clustering")):
        found: Clusters = kept(f"{KEY}:clusters", f"{given.state}-{count}", lambda: cluster(given.vectors, count))
    names = [t(f"similarity.column_{name}") for name in ("cluster", "size", "tightness", "typical")]
    rows = [
        (number + 1, size, closeness, "\n".join(given.rows[row] for row in typical))
        for number, (size, closeness, typical) in enumerate(zip(found.sizes, found.tightness, found.typical, strict=True))
    ]
    _table(pd.DataFrame(rows, columns=names), row_height=90)
    st.caption(t("similarity.clusters_caption"))
    added = pd.DataFrame({t("similarity.column_cluster"): [str(label + 1) for label in found.labels]})
    table_out(given.done, added, key=f"{KEY}_out", name=given.upload.name, signature=f"{given.state}-{count}")


def _projection(given: EmbeddedTable, method: str, perplexity: float, seed: int, asked: bool) -> Projection | None:
    """The map of these settings: PCA at once, t-SNE when asked for; what was drawn before stays until then."""
    groups = given.upload.frame[given.colour].head(given.work.done).to_numpy(dtype=str) if given.colour else None
    rows = fair_sample(given.work.done, groups, MAX_POINTS, seed)
    key, state = f"{KEY}:projection", f"{given.state}|{given.colour}|{method}|{perplexity}|{seed}"
    before = recent(key, 1).latest()
    if before and before[0] == state:
        return before[1]
    if method != "tsne":
        return kept(key, state, lambda: pca(given.vectors, rows, 3 if method == "pca3" else 2))
    if len(rows) < 4:
        st.info(t("similarity.tsne_too_few"))
        return None
    if not asked:
        st.info(t("similarity.press_draw"))
        return before[1] if before and before[0].startswith(f"{given.state}|") else None
    bar = st.progress(0.0, t("similarity.drawing", n=f"{len(rows):,}"))
    stop = st.empty()
    stop.button(t("tables.batch_stop"), key=f"{KEY}:tsne-stop")  # any click ends this run of the page, and with it the drawing

    def report(share: float) -> bool:
        bar.progress(share)
        return False

    made = tsne(given.vectors, rows, perplexity, seed, progress=report)
    bar.empty()
    stop.empty()
    return kept(key, state, lambda: made)


def _ranked(given: EmbeddedTable, hits: list[tuple[float, int]]) -> None:
    score, number = t("similarity.column_score"), t("similarity.column_row")
    frame = given.upload.frame.iloc[[row for _, row in hits]].reset_index(drop=True)
    front = pd.DataFrame({score: [value for value, _ in hits], number: [row + 1 for _, row in hits]})
    frame = frame.rename(columns={name: f"{name} " for name in frame.columns if name in (score, number)})
    _table(pd.concat([front, frame], axis=1))


def _table(frame: pd.DataFrame, total: int | None = None, row_height: int | None = None) -> None:
    """The first rows of a list; total: how long it really is, where the frame holds its beginning."""
    total = len(frame) if total is None else total
    numbers = {name: st.column_config.NumberColumn(format="%.3f", width="small") for name in frame.select_dtypes("floating").columns}
    st.dataframe(frame.head(SHOWN), hide_index=True, column_config=numbers, row_height=row_height)
    if total > SHOWN:
        st.caption(t("similarity.list_cut", n=SHOWN, total=f"{total:,}"))
