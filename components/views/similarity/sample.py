"""The sample's sentences on their map, and where the visitor's own falls among them."""

from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.theme import KINDS, ROLES
from components.charts.topic_map import SIGNS, topic_map
from components.errors import UserError
from components.models.bundled import models_for
from components.models.cards import card
from components.text.clip import clip
from components.text.language import main_language
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.state.recent import recent
from components.ui.widgets.bench import bench, example_menu, sentence_field
from components.ui.widgets.escaped import printable
from components.ui.widgets.figures import show_figure
from components.ui.widgets.models import weakness
from components.ui.widgets.verdict import said, show_doubt, show_finding
from components.vectors.sample_map import NEIGHBOURS, Fall, SampleMap, fall, sample_map

from .page import snippet_of

TEXT = "sim_text"
EXAMPLES = ("sport", "travel", "science", "health", "politics", "lunch")
MOST, SHOWN = 2_000, 90
OF_THE_LIST = {"sim_sentences", "sim_preset", "sim_pooling", "sim_layer", "sim_model", "sim_order"}
_ROLE = {role.light: name for name, role in ROLES.items()}
_STYLE = """<style>
.hi-near { list-style: none; margin: 0 !important; padding: 0 !important; }
.hi-near li { margin: 0 !important; display: grid; grid-template-columns: 1.4rem 1fr auto; gap: 0 .5rem; margin: 0; border-top: 1px solid var(--hi-line); padding: .45rem 0; font-size: .875rem; line-height: 1.5; }
.hi-near .text { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; }
.hi-near .cosine { font-weight: 600; font-variant-numeric: tabular-nums; }
.hi-near .topic { grid-column: 2; color: var(--hi-ink2); font-size: .8rem; display: flex; align-items: center; gap: .5rem; }
.hi-near .bar { height: 4px; border-radius: 2px; background: var(--hi-ai); }
.hi-base { margin: 0; color: var(--hi-ink2); font-size: .94rem; line-height: 1.6; min-height: 1.6em; }
@media (max-width: 760px) { .hi-base { font-size: .85rem; line-height: 1.5; } }
</style>"""


class SampleError(UserError):
    """A sentence that has no place on the map."""


@dataclass(frozen=True, eq=False)
class Placed:
    """The visitor's sentence among the sample's. vector (d,): its own, of length 1. code: what the code tab shows."""

    text: str
    drawn: SampleMap
    vector: np.ndarray
    code: dict[str, Any]


def show_sample() -> Placed:
    """The bench, the finding, the map and the nearest sentences. Raises SampleError and ModelError."""
    bar = bench("sim")
    texts = {name: t(f"similarity.typed_{name}") for name in EXAMPLES}
    with bar.examples:
        example_menu(
            "sim_typed", {name: {TEXT: text} for name, text in texts.items()}, {name: t(f"similarity.ask_{name}") for name in EXAMPLES}
        )
    with bar.field:
        text = sentence_field(TEXT, t("similarity.sentence"), texts[EXAMPLES[0]], examples=texts).strip()
    bar.run(t("similarity.place"))
    if not text:
        raise SampleError("similarity.no_sentence")
    if len(text) > MOST:
        raise SampleError("similarity.too_many_characters", found=len(text), most=MOST)
    spoken = main_language([text])
    drawn, encoder = sample_map(spoken), model(models_for(spoken).encoder, "similarity")
    vector = recent("sim:placed", 8).get((encoder.id, text), lambda: encoder.encode([text])[0])
    rows, cosines = drawn.nearest(vector)
    found = fall([drawn.topics[row] for row in rows], float(cosines[0]), drawn.low)
    finding = said_of(found)
    show_finding(finding)
    _show_base(found, drawn)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _show_map(drawn, drawn.place(vector), rows, finding)
    with right:
        _show_nearest(drawn, rows, cosines)
    if entry := card(encoder.id):
        st.caption(" ".join(weakness(entry.behaviour)))
    nearest = [drawn.texts[row] for row in rows]
    return Placed(text, drawn, vector, snippet_of(encoder, [text, *nearest], encoder.own_pooling, encoder.num_layers))


def first_view() -> None:
    """An address of the time when the page began with a list of sentences, and has some of its settings, still opens on the list."""
    if "sim_mode" not in st.session_state and "sim_mode" not in st.query_params and OF_THE_LIST & set(st.query_params):
        st.session_state["sim_mode"] = "sentences"


def topic_name(topic: str) -> str:
    """What a topic of the sample is called in the visitor's language."""
    return t(f"similarity.topic_{topic.split('/')[0]}")


def said_of(found: Fall) -> str:
    """The finding as HTML."""
    return said(f"similarity.falls_{found.kind}", topic=topic_name(found.topic), n=found.count, all=NEIGHBOURS)


def _show_base(found: Fall, drawn: SampleMap) -> None:
    """What a cosine is worth here; a doubt where the nearest one is worth nothing."""
    values: dict[str, Any] = {"nearest": _two(found.nearest), "low": _two(drawn.low)}
    if found.kind == "far":
        show_doubt(said("similarity.doubt_far", **values))
    else:
        st.html(f'{_STYLE}<p class="hi-base">{said("similarity.base", **values)}</p>')


def _show_map(drawn: SampleMap, place: np.ndarray, rows: np.ndarray, finding: str) -> None:
    labels = [topic_name(name) for name in drawn.names]
    texts = [clip(text, SHOWN) for text in drawn.texts]
    figure = topic_map(drawn.places, texts, drawn.topics, drawn.names, labels, new=place, nearest=[int(row) for row in rows])
    table = pd.DataFrame({"text": drawn.texts, "topic": drawn.topics, "x": drawn.places[:, 0], "y": drawn.places[:, 1]})
    show_figure(
        figure,
        key="similarity-sample",
        caption=t("similarity.sample_caption", n=len(drawn.texts), same=drawn.same, share=f"{drawn.same / len(drawn.texts):.0%}"),
        alt=t("similarity.sample_alt", finding=unescape(finding), topics=t("similarity.separator").join(labels)),
        data=table,
    )


def _show_nearest(drawn: SampleMap, rows: np.ndarray, cosines: np.ndarray) -> None:
    items = []
    for row, cosine in zip(rows, cosines, strict=True):
        number = drawn.names.index(drawn.topics[row])
        items.append(
            f'<li><span aria-hidden="true" style="color:var(--hi-{_ROLE[KINDS[number]]})">{SIGNS[number]}</span>'
            f'<span class="text" data-words>{escape(printable(drawn.texts[row]))}</span><span class="cosine">{_two(float(cosine))}</span>'
            f'<span class="topic"><i class="bar" style="width:{max(0, round(90 * float(cosine)))}px"></i>{escape(topic_name(drawn.topics[row]))}</span></li>'
        )
    heading = escape(t("similarity.nearest", n=len(rows)))
    st.html(f'{_STYLE}<h3 style="font-size:1rem;margin:0 0 .4rem">{heading}</h3><ol class="hi-near">{"".join(items)}</ol>')


def _two(cosine: float) -> str:
    return f"{cosine:.2f}".replace("-", "−")
