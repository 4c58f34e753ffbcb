"""Nearest words: those whose rows lie nearest in the table, which no sentence changes; and what the word has become in this sentence."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.lines import Curve, line_figure
from components.charts.numbers import per_cent, significant
from components.charts.theme import NEUTRAL_COLOUR, THREAD_COLOUR
from components.models.masked_lm import bare
from components.models.results import Fill
from components.models.word_vectors import Neighbour, across_layers, nearest
from components.text.clip import clip
from components.ui.state.language import t
from components.ui.widgets.address import typed_text
from components.ui.widgets.figures import Panel, show_figure, show_row
from components.ui.widgets.verdict import said, show_doubt, show_finding

from .page import MAX_CHARACTERS, OTHER, Chosen, read_text

LISTED = 8
LEAST = 0.001  # probability from which a finding speaks of a word
LONGEST = 20  # characters of a word in a sentence


def show_near(chosen: Chosen) -> None:
    """Two lists of words under one finding; below, the same word in a second sentence, layer by layer."""
    before = nearest(chosen.model, chosen.token_id, LISTED)
    after = [fill for fill in chosen.reading.said[chosen.place] if fill.token != bare(chosen.token)][:LISTED]
    show_finding(_finding(chosen, before, after))
    show_row(_panels(chosen, before, after), key="vectors-near", caption=t("vectors.near_caption"), width=390)
    st.subheader(t("vectors.two_sentences"), anchor=False)
    _show_second(chosen)


def _finding(chosen: Chosen, before: Sequence[Neighbour], after: Sequence[Fill]) -> str:
    """The nearest row, and what the sentence brings up: the most probable word that the table has not among the nearest; where none is more than
    a trace, that the word stays itself."""
    known = {bare(one.token) for one in before}
    new = next((fill for fill in after if fill.token not in known and fill.score >= LEAST), None)
    own = _own(chosen)
    quoted = {"word": clip(chosen.token, LONGEST), "near": clip(before[0].token, LONGEST)}
    cosine = significant(before[0].cosine)
    if new is None and own is not None:
        return said("vectors.near_finding_itself", quoted=quoted, cosine=cosine, share=per_cent(own.score))
    return said("vectors.near_finding", quoted=quoted | {"here": clip((new or after[0]).token, LONGEST)}, cosine=cosine)


def _own(chosen: Chosen) -> Fill | None:
    """The word itself among what the head finds most probable in its place."""
    return next((fill for fill in chosen.reading.said[chosen.place] if fill.id == chosen.token_id), None)


def _panels(chosen: Chosen, before: Sequence[Neighbour], after: Sequence[Fill]) -> list[Panel]:
    own = _own(chosen)
    kept = t("vectors.itself", share=per_cent(own.score)) if own else ""
    table = bar_figure(
        [one.token for one in before], [one.cosine for one in before], value_title=t("vectors.cosine"), colour=NEUTRAL_COLOUR, highest=1
    )
    head = bar_figure(
        [fill.token for fill in after], [fill.score for fill in after], value_title=t("vectors.probability"), colour=THREAD_COLOUR,
        written=[per_cent(fill.score) for fill in after],
    )  # fmt: skip
    rows = pd.DataFrame({"token": [one.token for one in before], "cosine": [one.cosine for one in before]})
    fills = pd.DataFrame({"token": [fill.token for fill in after], "probability": [fill.score for fill in after]})
    alts = [t(f"vectors.{side}_alt", word=chosen.token, first=first.token) for side, first in (("table", before[0]), ("head", after[0]))]
    names = [t("vectors.in_table"), t("vectors.in_sentence")]
    return [
        Panel("vectors-table", table, alts[0], rows, name=names[0], title=f"**{names[0]}** :small[{t('vectors.in_table_about')}]"),
        Panel("vectors-head", head, alts[1], fills, name=names[1], title=f"**{names[1]}** :small[{kept}]"),
    ]


def _show_second(chosen: Chosen) -> None:
    """How alike the word is to itself in another sentence, which has to have it."""
    typed_text(OTHER, t("vectors.other_cat"))
    text = st.text_input(t("vectors.other"), key=OTHER, persist_state="session", max_chars=MAX_CHARACTERS)
    other = read_text(chosen.id, text)
    places = [place for place, id in enumerate(other.text.ids) if id == chosen.token_id]
    if not places:
        show_doubt(said("vectors.other_lacks", quoted={"word": clip(chosen.token, LONGEST)}))
        return
    cosines = across_layers(chosen.reading.states[:, chosen.place], other.states[:, places[0]])
    layers = np.arange(len(cosines) + 1)
    curve = np.concatenate([[1.0], cosines])
    show_finding(said("vectors.layers_finding", quoted={"word": clip(chosen.token, LONGEST)}, last=significant(float(cosines[-1]))))
    if float(cosines[-1]) > 0.9:
        show_doubt(said("vectors.layers_alike"))
    names = [t("vectors.layer_row"), t("vectors.layer_input"), *(t("vectors.layer", n=layer) for layer in range(1, len(cosines)))]
    show_figure(
        line_figure(
            names, [Curve(t("vectors.cosine"), curve)], x_title="", y_title=t("vectors.cosine"), markers=True, height=300
        ).update_yaxes(range=[min(0.0, float(curve.min()) - 0.05), 1.05]),
        key="vectors-layers", caption=t("vectors.layers_caption"), alt=t("vectors.layers_alt", last=significant(float(cosines[-1]))),
        data=pd.DataFrame({"state": names, "cosine": curve}, index=layers),
    )  # fmt: skip
