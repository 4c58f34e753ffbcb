"""Does B follow A? One pair, and every pair among some sentences, the true neighbours marked."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.numbers import per_cent, significant
from components.charts.theme import NEUTRAL_COLOUR, THREAD_COLOUR
from components.models.results import CLOSE
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets.address import typed_text
from components.ui.widgets.bench import bench, example_menu, sentence_field
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import Panel, show_matrix, show_row
from components.ui.widgets.models import show_facts
from components.ui.widgets.verdict import doubt_place, said, show_doubt, show_finding

from .masking import MAX_CHARACTERS, MaskingInputError
from .models import Offer, choose_models, name_of, note_limits

MAX_SENTENCES = 12
EXAMPLES = {"en": ("next", "other"), "ja": ("ja_next", "ja_other")}


def show_next_sentence(models: Offer) -> dict[str, object]:
    """Two sentences and P(IsNext); below, a story's sentences in every order. Returns the snippet's settings."""
    spoken = models.languages("next_sentence")[0]
    names = EXAMPLES[spoken]
    bar = bench("mlm")
    with bar.examples:
        choices = {name: {"nsp_a": t(f"masked_lm.example_a_{spoken}"), "nsp_b": t(f"masked_lm.example_{name}")} for name in names}
        example_menu("nsp_example", choices, {name: t(f"masked_lm.label_{name}") for name in names})
    with bar.field, st.container(horizontal=True):
        first = sentence_field("nsp_a", t("masked_lm.sentence_a"), t(f"masked_lm.example_a_{spoken}"), carrying=False)
        second = sentence_field("nsp_b", t("masked_lm.sentence_b"), t(f"masked_lm.example_{names[0]}"), carrying=False)
    with bar.more:
        more = st.container()
    ids = choose_models(models, "next_sentence", first + second, ("nsp_model", "nsp_second"), (bar.model, more))
    bar.run(t("masked_lm.guess"))
    _check_length(first + second)
    if not (first.strip() and second.strip()):
        raise MaskingInputError("masked_lm.two_sentences")
    follows = {id: float(model(id, "next_sentence").predict([(first, second)])[0]) for id in ids}
    for id in ids:
        show_finding(finding(follows[id]) if len(ids) == 1 else said("masked_lm.next_by", model=name_of(id)) + finding(follows[id]))
    with doubt_place("nsp"):
        show_doubt(_unsure(ids, follows))
    panels = [_panel(id, follows[id], several=len(ids) > 1) for id in ids]
    show_row(panels, key="masked-lm-next", caption=t("masked_lm.next_caption"), width=390)
    for id in ids:
        note_limits(model(id, "next_sentence"), f"{first} {second}")
        _note_cut(id, [(first, second)])
        show_facts(id)
    st.subheader(t("masked_lm.heading_shuffled"), anchor=False)
    _show_shuffled(ids[0], spoken)
    return {"models": ids, "first": first, "second": second}


def finding(probability: float) -> str:
    """Whether B follows A, as HTML; neither where the two are nearly as likely."""
    if abs(2 * probability - 1) < CLOSE:
        return said("masked_lm.next_undecided", percent=per_cent(probability))
    follows = probability > 0.5
    return said(
        "masked_lm.next_follows" if follows else "masked_lm.next_does_not", percent=per_cent(probability if follows else 1 - probability)
    )


def _unsure(ids: list[str], follows: dict[str, float]) -> str | None:
    """Says of which model "next" and "not next" are nearly as likely."""
    for id in ids:
        if abs(2 * follows[id] - 1) < CLOSE:
            shares: dict[str, Any] = {"next": f"{100 * follows[id]:.1f}", "other": f"{100 * (1 - follows[id]):.1f}"}
            return said("masked_lm.next_unsure", model=name_of(id), **shares)
    return None


def _panel(id: str, probability: float, *, several: bool) -> Panel:
    answers, values = [t("masked_lm.is_next"), t("masked_lm.not_next")], [probability, 1 - probability]
    return Panel(
        f"masked-lm-next-{id}".replace("/", "-").replace(":", "-"),
        bar_figure(answers, values, value_title=t("masked_lm.axis_probability"), colour=[THREAD_COLOUR, NEUTRAL_COLOUR], highest=1.0),
        t("masked_lm.next_alt", score=significant(probability), model=name_of(id)),
        pd.DataFrame({t("masked_lm.column_answer"): answers, t("masked_lm.axis_probability"): values}),
        name_of(id),
        f":small[{escaped_markdown(name_of(id))}]" if several else "",
    )


def _check_length(text: str) -> None:
    """The server's own check: a browser's limit can be passed by."""
    if len(text) > MAX_CHARACTERS:
        raise MaskingInputError("masked_lm.too_long", found=len(text), most=MAX_CHARACTERS)


def _note_cut(id: str, pairs: list[tuple[str, str]]) -> None:
    """Says how many tokens of the longest pair did not fit."""
    judge = model(id, "next_sentence")
    out = max(sum(judge.aligner.tokenize(*pair).left_out) for pair in pairs)
    if out:
        st.warning(t("masked_lm.pair_cut", most=judge.max_length, out=f"{out:,}"), icon=":material/content_cut:")


def _show_shuffled(id: str, language: str) -> None:
    typed_text("nsp_story", t(f"masked_lm.example_story_{language}"))
    story = st.text_area(t("masked_lm.story"), key="nsp_story", persist_state="session", height=150, help=t("masked_lm.story_help"))
    sentences = [line.strip() for line in story.split("\n") if line.strip()]
    if not 2 <= len(sentences) <= MAX_SENTENCES:
        raise MaskingInputError("masked_lm.story_lines", found=len(sentences), most=MAX_SENTENCES)
    _check_length(story)
    _note_cut(id, list(pairwise(sentences)))
    probabilities = _follows(id, tuple(sentences))
    n = len(sentences)
    true = np.eye(n, k=1, dtype=bool)
    other = ~true & ~np.eye(n, dtype=bool)
    best = sum(int(np.nanargmax(probabilities[i])) == i + 1 for i in range(n - 1))
    names = [f"{index + 1} {sentence}" for index, sentence in enumerate(sentences)]
    mean_other = float(probabilities[other].mean()) if other.any() else float("nan")
    values = {"true": significant(float(probabilities[true].mean())), "other": significant(mean_other), "best": best, "n": n - 1}
    show_matrix(
        probabilities,
        names,
        [str(index + 1) for index in range(n)],
        key="masked-lm-shuffled",
        caption=t("masked_lm.shuffled_caption"),
        alt=t("masked_lm.shuffled_alt", **values),
        limits=(0.0, 1.0),
        marks=[(index, index + 1) for index in range(n - 1)],
        row_title=t("masked_lm.sentence_a"),
        column_title=t("masked_lm.sentence_b"),
        height=90 + 34 * n,
        colour_bar=True,
    )
    st.markdown(t("masked_lm.shuffled_summary", **values))


@st.cache_data(max_entries=32, ttl=3600, show_spinner=False)
def _follows(id: str, sentences: tuple[str, ...]) -> np.ndarray:
    from components.models.next_sentence import follow_matrix

    return follow_matrix(model(id, "next_sentence"), sentences)
