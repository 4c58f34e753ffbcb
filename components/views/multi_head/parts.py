"""Under the heads: that the numbers are the library's, how a vector is cut and joined again, and how alike the heads are."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from components.charts.numbers import significant, tiny
from components.transformer.multi_head import head_similarity
from components.ui.state.language import t
from components.ui.widgets.figures import show_matrix

from .layer import Layer

NO_BREAK = "\u00a0"
SAME = 1e-4  # a larger difference is no rounding
_CUT = """<style>
.mh-cut { max-width: 40em; font-size: .94rem; line-height: 1.6; color: var(--hi-ink); }
.mh-cut p { margin: .5rem 0 .2rem; }
.mh-cut div { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; }
.mh-cut i { display: block; height: 16px; border: 1px solid var(--hi-edge); background: var(--hi-field); margin-left: -1px; }
.mh-cut i:nth-child(even) { background: var(--hi-ai-weak); }
.mh-cut .each { gap: 3px; }
.mh-cut .each i { height: 26px; margin: 0; background: var(--hi-raise); border-top: 3px solid var(--hi-ai); }
</style>"""


def show_agreement(layer: Layer) -> None:
    """One sentence with a tick (or none), where four large numbers told nobody anything."""
    if layer.difference > SAME:
        st.markdown(t("multi_head.differs", difference=tiny(layer.difference)))
        return
    agreed = t("multi_head.agrees", difference=tiny(layer.difference))
    if layer.parameters:
        ours, library = layer.parameters
        agreed += " " + t("multi_head.parameters_said", ours=f"{ours:,}", library=f"{library:,}")
    st.markdown(agreed)


def show_cut(layer: Layer) -> None:
    """A word's vector cut into heads, each of which looks, and joined again; the shapes of every step on request."""
    d, h = layer.d_model, layer.num_heads
    bar, each = "<i></i>" * h, f"<div class='each'>{'<i></i>' * h}</div>"
    values = {"d_model": d, "heads": h, "d_k": d // h}
    said = [t(f"multi_head.cut_{name}", **values) for name in ("whole", "parts", "joined")]
    st.html(
        f"{_CUT}<div class='mh-cut' aria-hidden='true'><p>{said[0]}</p><div>{bar}</div><p>{said[1]}</p>{each}<p>{said[2]}</p><div>{bar}</div></div>"
    )
    with st.expander(t("multi_head.shapes_title")):
        shapes = {name: str(shape) for name, shape in layer.shapes.items()}
        rows = [f"| {t('multi_head.step')} | {t('multi_head.shape')} |", "|---|---|"]
        rows += [f"| {t(f'multi_head.step_{name}')}: {formula} | {_joined(shapes, names)} |" for name, formula, names in STEPS]
        st.markdown("\n".join(rows))
        st.caption(t("multi_head.shapes_caption", **values))


STEPS = (
    ("input", "$Q,\\ K,\\ V$", ("query", "key", "value")),
    ("projected", "$QW^Q,\\ KW^K,\\ VW^V$", ("query_projected", "key_projected", "value_projected")),
    ("split", "$Q_i,\\ K_i,\\ V_i$", ("query_heads", "key_heads", "value_heads")),
    ("weights", "$\\mathrm{softmax}(Q_iK_i^\\top/\\sqrt{d_k})$", ("weights",)),
    ("heads", "$\\mathrm{head}_i$", ("heads",)),
    ("concatenated", "$\\mathrm{Concat}(\\mathrm{head}_1,\\dots,\\mathrm{head}_h)$", ("concatenated",)),
    ("output", "$\\mathrm{Concat}(\\dots)\\,W^O$", ("output",)),
)


def show_similarity(layer: Layer) -> None:
    """How alike the matrices of the heads that are shown are."""
    if len(layer.heads) < 2:
        return
    similarity = head_similarity(np.stack([head.weights for head in layer.heads]))
    names = [head.number or str(place) for place, head in enumerate(layer.heads, 1)]
    mean = significant(float(similarity[~np.eye(len(names), dtype=bool)].mean()))
    show_matrix(
        similarity,
        names,
        names,
        key="multi-head-similarity",
        caption=t("multi_head.similarity_caption"),
        alt=t("multi_head.similarity_alt", heads=len(names), mean=mean),
        signed=True,
        limits=(-1.0, 1.0),
        row_title=t("multi_head.head_axis"),
        column_title=t("multi_head.head_axis"),
        width=340,
        height=340,
    )


def _joined(shapes: dict[str, str], names: Sequence[str]) -> str:
    """Shapes of a step, said once where they are the same."""
    return ", ".join(f"`{shape.replace(' ', NO_BREAK)}`" for shape in dict.fromkeys(shapes[name] for name in names))
