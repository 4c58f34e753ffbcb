"""Causal attention: one block over the visitor's words, a token's row step by step, and what follows from the mask."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.heatmap import MAX_NUMBERS, matrix_heatmap
from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant, tiny
from components.charts.theme import NEUTRAL_COLOUR, THREAD_COLOUR
from components.errors import UserError
from components.text.clip import clip
from components.text.words import split_words
from components.transformer.causal import CausalSteps, causal_steps, products_with_cache, products_without_cache, seeded_block, with_cache
from components.transformer.words import embed_words
from components.ui.state.language import language, t
from components.ui.widgets.address import typed_text
from components.ui.widgets.bench import bench, example_menu, sentence_field
from components.ui.widgets.figures import show_figure
from components.ui.widgets.verdict import said, show_finding

from .row import row_table, show_row_steps

TEXT, OTHER, AT = "dec_text", "dec_other", "dec_at"
# Example -> the place of the word that is looked at first, from 1.
EXAMPLES = {"en": {"mat": 3, "door": 5, "be": 5}, "ja": {"mat": 2, "door": 5, "be": 5}}
MAX_WORDS = 64
D_MODEL = 4
QUOTED = 20  # characters of a word in a sentence
CELL, NUMBERED = 14, 32  # pixels that a cell of the square has at least, and one with a number in it
AHEAD = 128  # tokens up to which the products are drawn


class DecoderInputError(UserError):
    """A text that this page can't show."""


@dataclass(frozen=True, eq=False)
class Shown:
    """The words, their vectors (n, D_MODEL), and what the block gives under the mask."""

    words: list[str]
    rows: np.ndarray
    seed: int
    steps: CausalSteps


def show_causal() -> dict[str, object]:
    """The square of weights with a token's row computed beside it, the proof that no later word is seen, and what it saves. Returns the snippet's
    settings. Raises DecoderInputError."""
    shown = _read()
    _show_weights(shown)
    if len(shown.words) > 1:
        st.subheader(t("decoder.proof"), anchor=False)
        other = _show_proof(shown)
    else:
        other = t("decoder.other_word")
        st.caption(t("decoder.one_word"))
    st.subheader(t("decoder.cache"), anchor=False)
    _show_cache(shown)
    return {"words": shown.words, "other": other, "d_model": D_MODEL, "seed": shown.seed}


def _read() -> Shown:
    bar = bench("dec")
    texts = {name: t(f"decoder.example_{name}") for name in EXAMPLES[language()]}
    with bar.examples:
        example_menu(
            "dec_example",
            {name: {TEXT: text, AT: EXAMPLES[language()][name]} for name, text in texts.items()},
            {name: t(f"decoder.ask_{name}") for name in texts},
        )
    with bar.field:
        text = sentence_field(TEXT, t("decoder.text"), texts["mat"], examples=texts)
    with bar.more:
        seed = int(st.number_input(t("common.seed"), 0, 9_999, 0, key="dec_seed", bind="query-params", help=t("decoder.seed_help")))
    bar.run()
    words = split_words(text)
    if not words:
        raise DecoderInputError("decoder.no_words")
    if len(words) > MAX_WORDS:
        raise DecoderInputError("decoder.too_many_words", found=len(words), most=MAX_WORDS)
    rows = embed_words(words, seed, D_MODEL)
    return Shown(words, rows, seed, causal_steps(seeded_block(D_MODEL, seed), rows))


def _place(words: int) -> int:
    """The word that is looked at, from 0, chosen on a slider; in a text that has become shorter, the last."""
    if words == 1:
        return 0
    if AT in st.session_state:
        st.session_state[AT] = min(st.session_state[AT], words)
    return int(st.slider(t("decoder.at"), 1, words, (words + 1) // 2, key=AT, bind="query-params")) - 1


def _show_weights(shown: Shown) -> None:
    words, steps, n = shown.words, shown.steps, len(shown.words)

    def pick(_: int, index: int) -> None:
        st.session_state[AT] = index // n + 1

    finding = st.container()
    left, right = st.columns([3, 2], gap="medium")
    with right:
        place = _place(n)
        show_row_steps(row_table(words, steps, place))
        st.caption(t("decoder.random", d=D_MODEL))
    with finding:
        key = "decoder.causal_finding" if place < n - 1 else "decoder.causal_finding_last"
        show_finding(said(key, quoted={"word": clip(words[place], QUOTED)}, seen=place + 1, hidden=n - place - 1))
    with left:
        figure = matrix_heatmap(steps.weights, words, words, marks=[(place, None)], width=560, decimals=2, limits=(0.0, 1.0))
        figure.update_layout(meta={"least_width": (NUMBERED if n * n <= MAX_NUMBERS else CELL) * n + 90})
        show_figure(
            figure, key="decoder-weights", caption=t("decoder.weights_caption"),
            alt=t("decoder.weights_alt", tokens=n, above=significant(float(np.triu(steps.weights, 1).max()))),
            data=lambda: pd.DataFrame(steps.weights, index=words, columns=words), on_point=pick,
        )  # fmt: skip


def _show_proof(shown: Shown) -> str:
    """How much each token's output changes once another word ends the sentence, with the mask and without. Returns that word."""
    typed_text(OTHER, t("decoder.other_word"))
    typed = split_words(st.text_input(t("decoder.other"), key=OTHER, persist_state="session", max_chars=40))
    other = typed[0] if typed else t("decoder.other_word")
    block, changed = seeded_block(D_MODEL, shown.seed), [*shown.words[:-1], other]
    rows = embed_words(changed, shown.seed, D_MODEL)
    moved = np.stack(
        [
            np.abs(causal_steps(block, rows, causal).output - causal_steps(block, shown.rows, causal).output).max(axis=1)
            for causal in (True, False)
        ],
        axis=1,
    )  # (n, 2)
    with_mask, without = (float(column[:-1].max()) for column in moved.T)
    quoted = {"word": clip(shown.words[-1], QUOTED), "other": clip(other, QUOTED)}
    key = "decoder.proof_finding" if other != shown.words[-1] else "decoder.proof_finding_same"
    show_finding(said(key, quoted=quoted, masked=tiny(with_mask), open=tiny(without)))
    names = [t("decoder.with_mask"), t("decoder.without_mask")]
    show_figure(
        matrix_heatmap(moved, shown.words, names, width=560, selectable=False, height=26 * len(shown.words) + 70),
        key="decoder-proof", caption=t("decoder.proof_caption"),
        alt=t("decoder.proof_alt", masked=tiny(with_mask), open=tiny(without), last=significant(float(moved[-1, 0]))),
        data=lambda: pd.DataFrame(moved, index=shown.words, columns=names),
    )  # fmt: skip
    return other


def _show_cache(shown: Shown) -> None:
    """Products of a block for writing n tokens, with and without kept keys and values."""
    n = len(shown.words)
    counts = np.arange(1, AHEAD + 1)
    without = np.array([products_without_cache(int(tokens), D_MODEL) for tokens in counts])
    kept = np.array([products_with_cache(int(tokens), D_MODEL) for tokens in counts])
    apart = float(np.abs(with_cache(seeded_block(D_MODEL, shown.seed), shown.rows) - shown.steps.output).max())
    values: dict[str, Any] = {
        "n": n,
        "without": f"{without[n - 1]:,}",
        "kept": f"{kept[n - 1]:,}",
        "times": significant(without[n - 1] / kept[n - 1], 2),
    }
    show_finding(said("decoder.cache_finding" if n > 1 else "decoder.cache_finding_one", **values))
    curves = [Curve(t("decoder.without_cache"), without, NEUTRAL_COLOUR), Curve(t("decoder.with_cache"), kept, THREAD_COLOUR)]
    show_figure(
        line_figure(
            counts, curves, x_title=t("decoder.tokens_axis"), y_title=t("decoder.products_axis"), height=300,
            reference=(n, t("decoder.here", n=n)),
        ),
        key="decoder-cache", caption=t("decoder.cache_caption", apart=tiny(apart)), alt=t("decoder.cache_alt", **values),
        data=line_table(counts, curves, x_title=t("decoder.tokens_axis")),
    )  # fmt: skip
    st.markdown(t("decoder.cache_formula", d=D_MODEL))
