"""Words for [MASK]: the likeliest tokens for each mask as bars, and the text with the best ones in it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.numbers import significant
from components.models.masked_lm import MAX_MASKS
from components.models.results import Fill
from components.text.masks import MASK, with_masks
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets.address import typed_text
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import Panel, show_row
from components.ui.widgets.models import facts
from components.ui.widgets.tokens import Chip, token_chips

from .masking import MAX_CHARACTERS, MaskingInputError
from .models import Offer, choose_models, note_limits

DRAWN = 8  # masks with a figure of their own
EXAMPLES = {"en": ("weather", "two"), "ja": ("ja", "ja_two")}


def show_fill(models: Offer) -> dict[str, object]:
    """The text with masks, and a figure a mask. Returns the snippet's settings."""
    spoken = models.languages("masked_lm")
    names = [name for language in spoken for name in EXAMPLES[language]]
    choices = {name: {"mlm_fill": t(f"masked_lm.example_{name}")} for name in names}
    examples("mlm_example", choices, {name: t(f"masked_lm.label_{name}") for name in names})
    typed_text("mlm_fill", t(f"masked_lm.example_{names[0]}"))
    text = st.text_input(t("masked_lm.fill_text"), key="mlm_fill", persist_state="session", help=t("masked_lm.fill_help", most=MAX_MASKS))
    text = with_masks(text)
    if len(text) > MAX_CHARACTERS:
        raise MaskingInputError("masked_lm.too_long", found=len(text), most=MAX_CHARACTERS)
    left, middle, right = st.columns([3, 3, 1.3], vertical_alignment="bottom")
    ids = choose_models(models, "masked_lm", text, ("mlm_model", "mlm_second"), (left, middle))
    top_k = min(max(int(right.number_input(t("masked_lm.top_k"), 1, 20, 5, key="mlm_k", bind="query-params")), 1), 20)
    for order, (id, column) in enumerate(zip(ids, st.columns(len(ids)), strict=True)):
        with column:
            _show_fills(id, order, text, top_k, several=len(ids) > 1)
    return {"models": ids, "text": text, "top_k": top_k}


def _show_fills(id: str, order: int, text: str, top_k: int, several: bool) -> None:
    if several:
        st.subheader(id, anchor=False)
    asked = model(id, "masked_lm")
    fills = asked.fill(text, top_k)
    note_limits(asked, text.replace(MASK, " "))
    tokens, most = len(asked.aligner.align(text)), asked.max_length - asked.aligner.single.specials
    if tokens > most:
        st.warning(t("masked_lm.round_mask", most=f"{most:,}", all=f"{tokens:,}"), icon=":material/content_cut:")
    token_chips(filled_chips(text, [best[0] for best in fills]))
    shown = fills[:DRAWN]
    if len(fills) > len(shown):
        st.caption(t("masked_lm.more_masks", shown=len(shown), found=len(fills)))
    panels = [_panel(number, order, best) for number, best in enumerate(shown)]
    show_row(panels, key=f"masked-lm-fill-{order}", caption=t("masked_lm.fill_caption"), width=300)
    st.caption(facts(id))


def filled_chips(text: str, words: Sequence[Fill]) -> list[Chip]:
    """The text in pieces with the best word at each mask, the paler the less likely it is."""
    pieces = text.split(MASK)
    chips = []
    for number, piece in enumerate(pieces):
        if piece.strip():
            chips.append(Chip(piece.strip()))
        if number < len(words):
            word = words[number]
            chips.append(Chip(word.token, note=f"{MASK} {number + 1} · {100 * word.score:.0f}%", weight=word.score))
    return chips


def _panel(number: int, order: int, best: Sequence[Fill]) -> Panel:
    names = [("##" if fill.continues_word else "") + fill.token for fill in best]
    scores = [fill.score for fill in best]
    title = t("masked_lm.mask_number", number=number + 1)
    return Panel(
        f"masked-lm-fill-{order}-{number + 1}",
        bar_figure(names, scores, value_title=t("masked_lm.axis_probability"), highest=1.0),
        t(
            "masked_lm.fill_alt",
            number=number + 1,
            token=names[0],
            score=significant(scores[0]),
            rest=significant(max(0.0, 1 - sum(scores))),
        ),
        pd.DataFrame({t("masked_lm.column_token"): names, t("masked_lm.axis_probability"): scores}),
        title,
        f"**{title}**",
    )
