"""Perplexity: how surprised a decoder is by each token of a text, and the same text through BERT, which sees both sides."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.bars import paired_bar_figure
from components.charts.numbers import per_cent, significant
from components.models import load
from components.models.bundled import models_for
from components.models.causal_lm import CausalLM, Surprise, perplexity
from components.models.masked_lm import MaskedLM
from components.text.clip import clip
from components.text.language import main_language
from components.text.words import split_words
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.bench import bench, example_menu, sentence_field
from components.ui.widgets.figures import figure_foot, show_figure
from components.ui.widgets.models import show_facts
from components.ui.widgets.verdict import said, show_finding

from .page import choose_writer
from .scored_line import Scored, scored_line

TEXT = "dec_text"
EXAMPLES = {"en": ("usual", "odd", "path"), "ja": ("usual", "odd", "path")}
MOST_BITS = 16  # at which the tint is full
BOTH_WAYS = 64  # tokens that BERT is asked about, each in a pass of its own


def show_surprise() -> dict[str, object]:
    """The bench, the text tinted by surprise, and word by word both models. Returns the snippet's settings."""
    bar = bench("dec")
    texts = {name: t(f"decoder.sentence_{name}") for name in EXAMPLES[language()]}
    with bar.examples:
        example_menu(
            "dec_sentence", {name: {TEXT: text} for name, text in texts.items()}, {name: t(f"decoder.about_{name}") for name in texts}
        )
    with bar.field:
        text = sentence_field(TEXT, t("decoder.sentence"), texts["path"], examples=texts).strip()
    id, writer = choose_writer(bar, text)
    bar.run(t("decoder.measure"))
    found = _surprise(id, text)
    known = [one for one in found if one.probability is not None]
    if not known:
        st.info(t("decoder.one_token"), icon=":material/edit:")
        return {}
    most = max(known, key=bits_of)
    show_finding(_finding(found, most))
    _draw(found, found.index(most))
    st.markdown(_sum(found))
    show_facts(id)
    st.subheader(t("decoder.both_ways"), anchor=False)
    _show_both(id, writer, text, found)
    return {"model": id, "text": text}


def bits_of(one: Surprise) -> float:
    """-log2 p; 0 for a first token, of which nothing is known."""
    return 0.0 if one.probability is None else -math.log2(max(one.probability, 1e-45))


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand, in order."""
    spans, at = [], 0
    for word in split_words(text):
        at = text.index(word, at)
        spans.append((at, at + len(word)))
        at += len(word)
    return spans


def by_word(spans: Sequence[tuple[int, int]], starts: Sequence[int], bits: Sequence[float]) -> list[float]:
    """Tokens' bits summed up by the word that each begins in, (len(spans),); a token before the first word counts there."""
    sums = [0.0] * len(spans)
    for start, own in zip(starts, bits, strict=True):
        sums[max((place for place, span in enumerate(spans) if span[0] <= start), default=0)] += own
    return sums


def _finding(found: Sequence[Surprise], most: Surprise) -> str:
    quoted = {"word": clip(most.text.strip() or "␣", 20), "best": clip(most.best[0].text.strip() or "␣", 20)}
    values = {"perplexity": significant(perplexity(found) or 1), "share": per_cent(most.probability or 0), "rank": f"{most.rank:,}"}
    return said("decoder.surprised_itself" if most.rank == 1 else "decoder.surprised", quoted=quoted, **values)


def _draw(found: Sequence[Surprise], chosen: int) -> None:
    tokens = []
    for one in found:
        if one.probability is None:
            tokens.append(Scored(one.text, None, t("decoder.first_token")))
            continue
        words = t("decoder.bits_words", bits=f"{bits_of(one):.1f}", share=per_cent(one.probability), rank=f"{one.rank:,}")
        tokens.append(Scored(one.text, min(1.0, bits_of(one) / MOST_BITS), words, one.best, one.id))
    scored_line(tokens, key="dec_surprise_line", label=t("decoder.surprise_label"), chosen=chosen, role="supports")
    figure_foot(key="decoder-surprise", caption=t("decoder.surprise_caption"), data=lambda: _table(found))


def _table(found: Sequence[Surprise]) -> pd.DataFrame:
    rows = [(one.text, one.probability, one.rank, bits_of(one) if one.probability is not None else None) for one in found]
    return pd.DataFrame(rows, columns=["token", "probability", "rank", "bits"])


def _sum(found: Sequence[Surprise]) -> str:
    """Perplexity from the tokens' bits, in one line."""
    known = [bits_of(one) for one in found if one.probability is not None]
    values = {"sum": f"{math.fsum(known):.1f}", "n": len(known), "mean": f"{math.fsum(known) / len(known):.2f}"}
    return t("decoder.sum", perplexity=significant(perplexity(found) or 1), **values)


def _show_both(id: str, writer: CausalLM, text: str, found: Sequence[Surprise]) -> None:
    """The same words for the decoder, which sees what is to the left, and for BERT, which sees what is on both sides."""
    bert_id = models_for(main_language([text])).masked_lm
    asked: MaskedLM = model(bert_id, "masked_lm")
    if len(asked.aligner.align(text)) > BOTH_WAYS:
        st.caption(t("decoder.both_too_long", most=BOTH_WAYS))
        return
    spans = word_spans(text)
    if not spans:
        return
    left = by_word(spans, [one.span[0] for one in found], [bits_of(one) for one in found])
    both = by_word(spans, *_hidden_bits(bert_id, text))
    names = [text[slice(*span)] for span in spans]
    first = found[0].probability is None  # of the first word a decoder without a start token knows nothing
    skipped = int(first)
    show_finding(_both_finding(names[skipped:], left[skipped:], both[skipped:]))
    titles = [t("decoder.left_only"), t("decoder.both_sides")]
    show_figure(
        paired_bar_figure(names, left, both, titles, value_title=t("decoder.bits")), key="decoder-both", caption=t("decoder.both_caption"),
        alt=t("decoder.both_alt", words=len(names)), data=pd.DataFrame({"word": names, "left_only": left, "both_sides": both}),
    )  # fmt: skip


def _both_finding(names: Sequence[str], left: Sequence[float], both: Sequence[float]) -> str:
    if not names:
        return said("decoder.both_none")
    gains = [one - other for one, other in zip(left, both, strict=True)]
    place = int(np.argmax(gains))
    key = "both_helps" if gains[place] >= 1 else "both_same"
    return said(f"decoder.{key}", quoted={"word": clip(names[place], 20)}, left=f"{left[place]:.1f}", both=f"{both[place]:.1f}")


@st.cache_data(max_entries=64, ttl=900, show_spinner=False)
def _surprise(id: str, text: str) -> list[Surprise]:
    found: list[Surprise] = load(id, "causal_lm").surprise(text)
    return found


@st.cache_data(max_entries=64, ttl=900, show_spinner=False)
def _hidden_bits(id: str, text: str) -> tuple[list[int], list[float]]:
    """Of each token of the text its first character and -log2 p, with the token and the rest of its word hidden (Kauf & Ivanova 2023)."""
    asked: MaskedLM = load(id, "masked_lm")
    read = asked.tokenize(text)
    own = [place for place, special in enumerate(read.special) if not special]
    hidden = [{later: asked.mask_id for later in own if later >= place and read.words[later] == read.words[place]} for place in own]
    answers = asked.predict_hidden(read, hidden, top_k=1)
    return [read.spans[place][0] for place in own], [-math.log2(max(answer[0].probability, 1e-45)) for answer in answers]
