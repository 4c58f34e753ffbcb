"""A gap in a sentence: the word that is clicked is hidden, or [MASK] stands in the field; the candidates are those of a masked LM."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from components.models.masked_lm import MAX_MASKS, MaskedLM
from components.models.results import Fill
from components.text.masks import MASK, with_masks
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.state.recent import recent
from components.ui.widgets.address import keep_in_address
from components.ui.widgets.bench import bench, example_menu, sentence_field
from components.ui.widgets.card import Card, CardMark
from components.ui.widgets.figures import figure_foot
from components.ui.widgets.models import show_facts
from components.ui.widgets.verdict import doubt_place, plain, show_doubt, show_finding

from .gap_line import Gap, GapWord, gap_line
from .gaps import NOTHING, Hidden, doubt, finding, first_hidden, hidden_at, words_of
from .masking import MAX_CHARACTERS, MaskingInputError
from .models import Offer, choose_models, name_of, note_limits

RANKED = 100  # candidates among which the word behind the gap is looked for
SHOWN = 8
AROUND = 100  # words on either side of the first gap that are drawn
EXAMPLES = {"en": ("sure", "rivals", "beaten", "weather", "two"), "ja": ("ja_sure", "ja_rivals", "ja_weak", "ja", "ja_two")}


def show_fill(models: Offer) -> dict[str, object]:
    """The bench, the sentence with its gap, and what is said of it; two models one under the other. Returns the snippet's settings."""
    bar = bench("mlm")
    names = EXAMPLES[models.languages("masked_lm")[0]]
    texts = {name: t(f"masked_lm.example_{name}") for name in names}
    hides = {name: _hides(name, text) for name, text in texts.items()}
    with bar.examples:
        choices = {name: {"mlm_fill": text, "mlm_hidden": hides[name], "mlm_hidden_of": text} for name, text in texts.items()}
        example_menu("mlm_example", choices, {name: t(f"masked_lm.label_{name}") for name in names})
    with bar.field:
        by_hand = MASK in with_masks(str(st.session_state.get("mlm_fill", st.query_params.get("mlm_fill", ""))))
        typed = sentence_field("mlm_fill", t("masked_lm.fill_text"), texts[names[0]], examples=texts, carrying=not by_hand)
    text = with_masks(typed)
    if len(text) > MAX_CHARACTERS:
        raise MaskingInputError("masked_lm.too_long", found=len(text), most=MAX_CHARACTERS)
    with bar.more:
        more = st.container()
    ids = choose_models(models, "masked_lm", text, ("mlm_model", "mlm_second"), (bar.model, more))
    top_k = min(max(int(more.number_input(t("masked_lm.top_k"), 1, 20, SHOWN, key="mlm_k", bind="query-params")), 1), 20)
    more.caption(t("masked_lm.fill_help", most=MAX_MASKS))
    bar.run(t("masked_lm.guess"))
    if not text.strip():
        st.info(t("masked_lm.empty_fill"), icon=":material/edit:")
        return {}
    masked, own = text, next((hides[name] for name in names if texts[name] == text), None)
    for order, id in enumerate(ids):
        if len(ids) > 1:
            st.subheader(name_of(id), anchor=False)
        masked = _show_gaps(id, order, text, top_k, own)
    for id in ids:
        if len(ids) > 1:
            st.caption(name_of(id))
        show_facts(id)
    return {"models": ids, "text": masked, "top_k": top_k} if MASK in masked else {}


def _hides(name: str, text: str) -> int:
    """The last place of the word that an example hides; NOTHING where it has masks of its own."""
    return NOTHING if MASK in text else text.rindex(t(f"masked_lm.hides_{name}"))


def _hide(start: int, text: str) -> None:
    st.session_state.update(mlm_hidden=start, mlm_hidden_of=text)


def _hidden_start(text: str, default: int) -> int:
    """Where the hidden word begins: as clicked, as in the address, else `default`."""
    if "mlm_hidden" not in st.session_state and (asked := st.query_params.get("mlm_hidden", "")).removeprefix("-").isdecimal():
        _hide(int(asked[:6]), text)
    return int(st.session_state["mlm_hidden"]) if st.session_state.get("mlm_hidden_of") == text else default


def _show_gaps(id: str, order: int, text: str, top_k: int, own: int | None) -> str:
    """One model's gaps. own: what an example of the page hides. Returns the text as it was asked, with [MASK] where something is hidden."""
    asked: MaskedLM = model(id, "masked_lm")
    aligned = asked.aligner.align(text.replace(MASK, asked.mask_token))
    words = words_of(aligned, asked.mask_id)
    by_hand = any(word.kind == "gap" for word in words)
    default = NOTHING if by_hand else first_hidden(aligned, words) if own is None else own
    if default == NOTHING and not by_hand:
        raise MaskingInputError("models.nothing_masked")
    start = _hidden_start(text, default)
    hidden = next((hidden_at(aligned, word) for word in words if word.start == start and word.kind == "word"), None)
    if order == 0:
        keep_in_address("mlm_hidden", str(start), str(default))
    with_gaps = aligned.text
    if hidden:
        words = [replace(word, kind="gap") if word.start == start else word for word in words]
        with_gaps = with_gaps[: hidden.start] + asked.mask_token + with_gaps[hidden.end :]
    gapped = any(word.kind == "gap" for word in words)
    candidates = ranked(id, with_gaps.replace(asked.mask_token, MASK)) if gapped else []
    fills = [best[:top_k] for best in candidates]
    doubted = doubt(hidden, candidates[0]) if len(candidates) == 1 else None
    show_finding(finding(fills))
    with doubt_place(f"mlm-order-{order}"):
        show_doubt(doubted)
    _draw(asked, order, text, words, fills, hidden)
    _note(asked, text.replace(MASK, " "), len(aligned))
    return with_gaps.replace(asked.mask_token, MASK)


def ranked(id: str, text: str) -> list[list[Fill]]:
    """The first candidates for each [MASK] of a text, the session's last eight kept: the page and its questions need one pass."""
    asked: MaskedLM = model(id, "masked_lm")
    return recent("mlm_ranked", 8).get((id, text), lambda: asked.fill(text, RANKED))


def _draw(asked: MaskedLM, order: int, text: str, words: list[GapWord], fills: list[list[Fill]], hidden: Hidden | None) -> None:
    places = [place for place, word in enumerate(words) if word.kind == "gap"]
    own = hidden.ids[0] if hidden and len(hidden.ids) == 1 and len(places) == 1 else None
    low = max(0, places[0] - AROUND) if places else 0
    drawn = words[low : low + 2 * AROUND]
    gaps = [Gap(at - low, best, asked.vocabulary_size, own) for at, best in zip(places, fills, strict=True) if low <= at < low + 2 * AROUND]
    note = t("masked_lm.part_of_text", shown=len(drawn), all=f"{len(words):,}") if len(drawn) < len(words) else ""
    gap_line(
        drawn,
        gaps,
        key=f"mlm_line_{order}",
        sentence=text,
        hidden=hidden.start if hidden else NOTHING,
        on_hide=lambda start: _hide(start, text),
        note=note,
    )
    figure_foot(
        key=f"masked-lm-fill-{order}",
        caption=t("masked_lm.fill_caption") if len(gaps) > 1 else t("masked_lm.gap_caption"),
        data=lambda: _table(fills),
        card=_card(drawn, gaps) if gaps else None,
    )


def _card(words: Sequence[GapWord], gaps: Sequence[Gap]) -> Card:
    """The sentence with the likeliest words in its gaps, as a picture to show."""
    best = {gap.at: gap.fills[0] for gap in gaps}
    shown = [best[place].token if place in best else word.text for place, word in enumerate(words)]
    marks = [CardMark(place, "ai", round(fill.score, 2)) for place, fill in best.items()]
    return Card(plain(finding([gap.fills for gap in gaps])), shown, marks=marks)


def _table(fills: list[list[Fill]]) -> pd.DataFrame:
    columns = [t(f"masked_lm.column_{name}") for name in ("gap", "token")] + [t("masked_lm.axis_probability")]
    rows = [
        (number, ("##" if fill.continues_word else "") + fill.token, fill.score) for number, best in enumerate(fills, 1) for fill in best
    ]
    return pd.DataFrame(rows, columns=columns)


def _note(asked: MaskedLM, text: str, tokens: int) -> None:
    note_limits(asked, text)
    most = asked.max_length - asked.aligner.single.specials
    if tokens > most:
        st.warning(t("masked_lm.round_mask", most=f"{most:,}", all=f"{tokens:,}"), icon=":material/content_cut:")
