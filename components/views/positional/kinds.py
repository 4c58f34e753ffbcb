"""Four ways to tell a Transformer where a token stands, side by side: learned, sinusoidal, rotary, ALiBi; inside and past a model's length."""

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table, thinned
from components.charts.numbers import significant
from components.charts.position_pairs import pairs_heatmap
from components.charts.theme import KEY_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR, VALUE_COLOUR
from components.models.bundled import ENGLISH
from components.transformer.positional import MAX_LENGTH, alibi_slopes, beyond_training_length, cosine_by_position, sinusoidal
from components.ui.state.language import prose, t
from components.ui.widgets.figures import Panel, show_figure, show_row
from components.ui.widgets.verdict import said, show_finding

from .page import line_over, number

MODEL = ENGLISH.encoder
MAX_HEADS = 64
SIDE = 128  # positions of a table that are drawn in its matrix
KINDS = {"learned": QUERY_COLOUR, "sinusoidal": KEY_COLOUR, "rotary": VALUE_COLOUR, "alibi": OUTPUT_COLOUR}


def show_kinds() -> dict[str, object]:
    """Each kind against distance, past the trained length; then the two tables' own similarities. Returns the snippet's settings."""
    line = line_over()
    length = number(line.knobs, t("positional.length"), "pe_far", 1024, 2, MAX_LENGTH)
    heads = number(line.rest, t("positional.alibi_heads"), "pe_heads", 8, 1, MAX_HEADS)
    with st.spinner(t("common.loading_model", name=MODEL)):
        learned = _learned_table()
    behaviour = beyond_training_length(learned, length, heads)
    with line.finding:
        key = "positional.kinds_beyond" if length > len(learned) else "positional.kinds_within"
        show_finding(said(key, trained=len(learned), length=length))
    distances = np.arange(length)
    panels = []
    for kind, colour in KINDS.items():
        curve = Curve(t(f"positional.kind_{kind}"), getattr(behaviour, kind), colour)
        y_title = t("positional.bias_axis") if kind == "alibi" else t("positional.cosine_axis")
        reference = (
            (len(learned) - 1, t("positional.last_trained", last=len(learned) - 1)) if kind == "learned" and length > len(learned) else None
        )
        figure = line_figure(distances, [curve], x_title=t("positional.position_axis"), y_title=y_title, reference=reference, height=230)
        figure.update_xaxes(range=[0, length - 1])
        panels.append(
            Panel(
                f"positional-kind-{kind}",
                figure,
                _alt(kind, np.asarray(curve.y), learned, heads),
                line_table(distances, [curve], x_title=t("positional.position_axis")),
                curve.name,
                f"**{curve.name}** {t(f'positional.about_{kind}')}",
            )
        )
    show_row(panels, key="positional-kinds", caption=t("positional.kinds_caption", trained=len(learned)), width=395)
    with st.expander(t("positional.tables_compared"), icon=":material/grid_on:"):
        _show_tables(learned)
    st.markdown(prose("positional", "past-length"))
    return {"length": length, "num_heads": heads}


def _alt(kind: str, values: np.ndarray, learned: np.ndarray, heads: int) -> str:
    last = int(np.flatnonzero(~np.isnan(values))[-1])
    return t(
        "positional.kind_alt",
        kind=t(f"positional.kind_{kind}"),
        near=significant(float(values[1])),
        last=last,
        far=significant(float(values[last])),
        trained=len(learned),
    ) + (t("positional.slopes", first=significant(float(alibi_slopes(heads)[0])), heads=heads) if kind == "alibi" else "")


@st.cache_data(max_entries=2, ttl=3600, show_spinner=False)
def _learned_table() -> np.ndarray:
    """The model's own position embeddings, (512, 384) float64: read from its file, so that a page of arithmetic waits for no model."""
    from components.models import adapters, files

    tensors = adapters.stored_tensors(files.find(MODEL), "model.safetensors")
    return next(tensor for name, tensor in tensors.items() if name.endswith("position_embeddings.weight")).numpy().astype(np.float64)


def _show_tables(learned: np.ndarray) -> None:
    positions = thinned(len(learned), SIDE)
    for column, name, table in zip(
        st.columns(2), ("learned", "sinusoidal"), (learned[positions], sinusoidal(*learned.shape)[positions]), strict=True
    ):
        cosines = cosine_by_position(table)
        with column:
            st.markdown(f"**{t(f'positional.kind_{name}')}**")
            show_figure(
                pairs_heatmap(cosines, positions, title=t("positional.position_axis"), limit=1.0, height=360),
                key=f"positional-cosines-{name}",
                caption=t(f"positional.cosines_{name}"),
                alt=t(
                    "positional.cosines_alt",
                    name=t(f"positional.kind_{name}"),
                    neighbour=significant(float(np.diagonal(cosines, 1).mean())),
                ),
                data=pd.DataFrame(cosines, index=positions, columns=positions),
            )
