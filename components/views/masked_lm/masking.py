"""The masking simulator: which tokens are hidden, how often, and how well a model finds them again."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.stacked import BarSegment, stacked_bars, stacked_table
from components.charts.theme import KEY_COLOUR, MARK_COLOUR, QUERY_COLOUR, VALUE_COLOUR
from components.errors import UserError
from components.models.cards import card
from components.models.masking import MASKED, NOT_CHOSEN, RANDOM, UNCHANGED, Maskings, draw_maskings
from components.models.plain_loading import plain_loading
from components.models.tokenizers import bundled_tokenizers, load_tokenizer
from components.text.language import has_japanese, main_language
from components.text.tokens import Aligner, TokenizedText
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.address import choice
from components.ui.widgets.bench import bench, sentence_field
from components.ui.widgets.figures import Panel, show_figure, show_row
from components.ui.widgets.models import model_name
from components.ui.widgets.tokens import Chip, token_chips

from .models import Offer

MAX_CHARACTERS = 10_000
MAX_CHIPS = 300
DRAWS = (100, 1_000, 5_000)


class MaskingInputError(UserError):
    """A text or setting of the masked-LM page that can't be used."""


@dataclass(frozen=True)
class MaskingSettings:
    """The simulator's controls. rate, masked, random: shares (0..1), the last two of the chosen tokens."""

    text: str
    tokenizer: str
    rate: float
    masked: float
    random: float
    whole_words: bool
    draws: int
    seed: int

    def maskings(self, aligner: Aligner, tokenized: TokenizedText) -> Maskings:
        tokenizer = aligner.tokenizer
        if aligner.mask_id is None:
            raise ValueError("this tokenizer has no token for a mask")
        return draw_maskings(
            tokenized, rate=self.rate, masked=self.masked, random=self.random, mask_id=aligner.mask_id, vocabulary=len(tokenizer),
            special_ids=tokenizer.all_special_ids, whole_words=self.whole_words, draws=self.draws, seed=self.seed,
        )  # fmt: skip


def show_simulator(models: Offer) -> dict[str, object] | None:
    """Controls, one draw as chips, all draws as shares. Returns the snippet's settings, None where plain code can't load the model."""
    settings = _settings(models)
    with st.spinner(t("common.loading_model", name=model_name(card(settings.tokenizer), settings.tokenizer))):
        aligner = load_tokenizer(settings.tokenizer)
    if aligner.mask_id is None:
        raise MaskingInputError("models.no_mask", id=settings.tokenizer)
    tokenized = aligner.tokenize(settings.text)
    if tokenized.left_out[0]:
        st.warning(t("masked_lm.cut", most=aligner.max_length, out=tokenized.left_out[0]), icon=":material/content_cut:")
    maskings = settings.maskings(aligner, tokenized)
    if not maskings.eligible.any():
        raise MaskingInputError("masked_lm.nothing_to_mask")
    token_chips(draw_chips(maskings, tokenized, aligner.tokenizer.convert_ids_to_tokens(maskings.ids[0].tolist()))[:MAX_CHIPS])
    st.caption(t("masked_lm.draw_caption"))
    if len(tokenized) > MAX_CHIPS:
        st.caption(t("tokens.more", shown=MAX_CHIPS, rest=len(tokenized) - MAX_CHIPS))
    _show_shares(maskings, tokenized, settings)
    _show_accuracy(models, settings)
    names = ("text", "rate", "masked", "random", "whole_words", "draws", "seed")
    plain = plain_loading(settings.tokenizer)
    if plain is None:
        return None
    return {"model": settings.tokenizer, "tokenizer_options": dict(plain.tokenizer_options)} | {
        name: getattr(settings, name) for name in names
    }


def draw_chips(maskings: Maskings, tokenized: TokenizedText, shown: list[str]) -> list[Chip]:
    """The first draw: what the model would read, and under each chosen token what happened to it and what stood there."""
    chips = []
    for position, token in enumerate(shown):
        action = int(maskings.action[0, position])
        kind = "special" if tokenized.special[position] else "token" if maskings.eligible[position] else "unknown"
        if action == NOT_CHOSEN:
            chips.append(Chip(token, tokenized.words[position], kind))
            continue
        name = {MASKED: "masked", RANDOM: "random", UNCHANGED: "kept"}[action]
        weight = {MASKED: 1.0, RANDOM: -1.0, UNCHANGED: 0.35}[action]
        note = t(f"masked_lm.was_{name}", token=tokenized.tokens[position])
        chips.append(Chip(token, tokenized.words[position], kind, note, weight, tooltip=note))
    return chips


def _settings(models: Offer) -> MaskingSettings:
    bar = bench("mlm")
    with bar.field:
        default = t("masked_lm.example_paragraph" if _reads_own_language() else "masked_lm.example_paragraph_en")
        text = sentence_field("mlm_text", t("masked_lm.text"), default, carrying=False)
    if not text.strip():
        raise MaskingInputError("masked_lm.empty")
    if len(text) > MAX_CHARACTERS:
        raise MaskingInputError("masked_lm.too_long", found=len(text), most=MAX_CHARACTERS)
    with bar.more:
        tokenizer, whole_words, draws = _rarer(models, text)
    bar.run(t("masked_lm.hide"))
    left, middle, right = st.columns([3, 3, 1], vertical_alignment="bottom")
    rate = left.slider(t("masked_lm.rate"), 1, 100, 15, key="mlm_rate", bind="query-params", format="%d%%")
    low, high = middle.slider(
        t("masked_lm.split"), 0, 100, (80, 90), key="mlm_split", bind="query-params", format="%d%%", help=t("masked_lm.split_help")
    )
    seed = int(right.number_input(t("common.seed"), 0, 9_999, 0, key="mlm_seed", bind="query-params", help=t("masked_lm.seed_help")))
    return MaskingSettings(text, tokenizer, rate / 100, low / 100, (high - low) / 100, whole_words, draws, seed)


def _reads_own_language() -> bool:
    """Is there a tokenizer for the visitor's language? Without one, the text to begin with is English."""
    return language() == "en" or any(card.japanese for card in bundled_tokenizers())


def _rarer(models: Offer, text: str) -> tuple[str, bool, int]:
    tokenizers = {card.id: card.japanese for card in bundled_tokenizers()}
    options = [*tokenizers, *models.typed()]
    default = next((id for id, japanese in tokenizers.items() if japanese == (main_language([text]) == "ja")), options[0])
    chosen = choice(
        t("masked_lm.tokenizer"),
        options,
        key="mlm_tokenizer",
        default=default,
        widget=st.selectbox,
        label_of=lambda id: model_name(card(id), id),
    )
    draws = int(choice(t("masked_lm.draws"), tuple(map(str, DRAWS)), key="mlm_draws", default="1000", widget=st.selectbox))
    whole_words = st.toggle(t("masked_lm.whole_words"), key="mlm_whole", bind="query-params", help=t("masked_lm.whole_words_help"))
    if has_japanese(text) and not tokenizers.get(chosen, True):
        st.caption(t("masked_lm.english_tokenizer"))
    return chosen, whole_words, draws


def _show_shares(maskings: Maskings, tokenized: TokenizedText, settings: MaskingSettings) -> None:
    positions = np.flatnonzero(maskings.eligible)
    names = [f"{position} {tokenized.tokens[position]}" for position in positions]
    shares = maskings.shares[:, positions]
    kinds = (("masked", KEY_COLOUR), ("random", QUERY_COLOUR), ("kept", VALUE_COLOUR))
    wanted = (settings.masked, settings.random, 1 - settings.masked - settings.random)
    parts = [
        BarSegment(t(f"masked_lm.part_{name}", share=f"{whole:.0%}"), share, colour)
        for (name, colour), whole, share in zip(kinds, wanted, shares, strict=True)
    ]
    counts, split = maskings.chosen_counts, maskings.split
    values = {
        "draws": settings.draws, "mean": significant(float(counts.mean())), "n": len(positions), "share": f"{counts.mean() / len(positions):.1%}",
        "masked": f"{split[0]:.1%}", "random": f"{split[1]:.1%}", "kept": f"{split[2]:.1%}",
    } if counts.any() else None  # fmt: skip
    highest = positions[int(shares.sum(axis=0).argmax())]
    show_figure(
        stacked_bars(
            names, parts, value_title=t("masked_lm.axis_share"), percent=True,
            reference=(settings.rate, t("masked_lm.expected", rate=f"{settings.rate:.0%}")), height=300,
        ),
        key="masked-lm-shares",
        caption=t("masked_lm.shares_caption", draws=settings.draws),
        alt=t(
            "masked_lm.shares_alt",
            n=len(positions), draws=settings.draws, token=tokenized.tokens[highest], most=f"{shares.sum(axis=0).max():.1%}",
            least=f"{shares.sum(axis=0).min():.1%}",
        ),
        data=lambda: stacked_table(names, parts, name_title=t("masked_lm.column_token")),
    )  # fmt: skip
    if values:
        st.markdown(t("masked_lm.summary", **values))
    none, expected = float((counts == 0).mean()), (1 - settings.rate) ** len(positions)
    if not settings.whole_words:
        st.markdown(
            t("masked_lm.none_chosen", none=f"{none:.1%}", expected=f"{expected:.1%}", rate=f"{settings.rate:.2f}", n=len(positions))
        )


def _show_accuracy(models: Offer, settings: MaskingSettings) -> None:
    """Accuracy against rate, where a masked LM reads the text; it takes seconds, so it waits for a click."""
    if not models.ids["masked_lm"]:
        return
    st.subheader(t("masked_lm.heading_accuracy"), anchor=False)
    id = models.default("masked_lm", settings.text)
    asked = (id, settings.text, settings.masked, settings.random, settings.whole_words, settings.seed)
    if st.session_state.get("mlm_measured") != asked:
        st.markdown(t("masked_lm.accuracy_offer", model=model_name(card(id), id)))
        st.button(t("masked_lm.measure"), icon=":material/play_arrow:", on_click=lambda: st.session_state.update(mlm_measured=asked))
        return
    points = _accuracies(*asked)
    rates = [point.rate for point in points]
    accuracy = [Curve(t(f"masked_lm.curve_{name}"), [getattr(point, name) for point in points]) for name in ("top1", "top5")]
    loss = [Curve(t("masked_lm.curve_loss"), [point.loss for point in points], MARK_COLOUR)]
    axis: dict[str, Any] = {"x_title": t("masked_lm.rate")}
    first, last = points[0], points[-1]
    ends = {"low": f"{first.rate:.0%}", "high": f"{last.rate:.0%}"}
    panels = [
        Panel(
            "masked-lm-accuracy",
            line_figure(rates, accuracy, y_title=t("masked_lm.axis_accuracy"), markers=True, height=300, **axis),
            t("masked_lm.accuracy_alt", start=significant(first.top5), end=significant(last.top5), **ends),
            line_table(rates, accuracy, **axis),
            t("masked_lm.axis_accuracy"),
        ),
        Panel(
            "masked-lm-loss",
            line_figure(rates, loss, y_title=t("masked_lm.curve_loss"), markers=True, height=300, **axis),
            t("masked_lm.loss_alt", start=significant(first.loss), end=significant(last.loss), **ends),
            line_table(rates, loss, **axis),
            t("masked_lm.curve_loss"),
        ),
    ]
    show_row(
        panels,
        key="masked-lm-accuracy",
        caption=t("masked_lm.accuracy_caption", model=model_name(card(id), id), places=sum(point.tokens for point in points)),
        width=380,
    )


@st.cache_data(max_entries=16, ttl=3600, show_spinner=False)
def _accuracies(id: str, text: str, masked: float, random: float, whole_words: bool, seed: int) -> list:
    from components.models.masked_accuracy import RATES, accuracy_by_rate

    language_model = model(id, "masked_lm")
    bar = st.progress(0.0, t("masked_lm.measuring", done=0, all=len(RATES)))
    points = []
    for point in accuracy_by_rate(language_model, text, masked=masked, random=random, whole_words=whole_words, seed=seed):
        points.append(point)
        bar.progress(len(points) / len(RATES), t("masked_lm.measuring", done=len(points), all=len(RATES)))
    bar.empty()
    return points
