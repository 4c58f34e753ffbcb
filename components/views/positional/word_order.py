"""The word-order experiment: a real model reads one text in two orders, with its position embeddings and without them."""

from dataclasses import dataclass

import streamlit as st

from components.charts.numbers import significant, tiny
from components.errors import UserError
from components.models.bundled import models_for
from components.models.files import backbone_here
from components.models.plain_loading import whole_model
from components.text.language import main_language
from components.transformer.permutation import OrderComparison, compare_orders
from components.ui.state.language import t
from components.ui.widgets.address import typed_text
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import matrix_panel, show_row

MAX_TOKENS = 64
PRESETS = ("cat", "bite", "only", "likes")


class WordOrderError(UserError):
    """Texts that the experiment can't use."""


@dataclass(frozen=True)
class _OrderRun:
    """One of the two runs over both texts: with the learned positions, or with none."""

    positions: str
    comparison: OrderComparison


def read_texts() -> tuple[str, str]:
    """Two text fields under a row of examples."""
    choices = {
        name: {"pe_first": t(f"positional.example_{name}_first"), "pe_second": t(f"positional.example_{name}_second")} for name in PRESETS
    }
    examples("pe_example", choices, {name: t(f"positional.example_{name}") for name in PRESETS})
    typed_text("pe_first", t(f"positional.example_{PRESETS[0]}_first"))
    typed_text("pe_second", t(f"positional.example_{PRESETS[0]}_second"))
    left, right = st.columns(2)
    first = left.text_input(t("positional.first_text"), key="pe_first", persist_state="session")
    second = right.text_input(t("positional.second_text"), key="pe_second", persist_state="session")
    return first.strip(), second.strip()


def show_order() -> dict[str, object]:
    """Cosines between the tokens of both texts, with and without positions, and what becomes of the sentence vector. Returns the
    snippet's settings."""
    first, second = read_texts()
    if not first or not second:
        raise WordOrderError("positional.no_text")
    id, stands_in = _model_for(first + second)
    with st.spinner(t("common.loading_model", name=id), show_time=False):
        first_tokens, second_tokens, readings = _compare(id, first, second)
    panels = []
    for reading in readings:
        cosines = reading.comparison.cosines
        marks = [(i, j) for i, j in enumerate(reading.comparison.partners) if j is not None]
        lowest = min(float(cosines[pair]) for pair in marks)
        name = t(f"positional.order_{reading.positions}")
        panels.append(
            matrix_panel(
                cosines,
                first_tokens,
                second_tokens,
                key=f"positional-order-{reading.positions}",
                name=name,
                title=f"**{name}**  \n{_numbers(reading.comparison)}",
                alt=t("positional.order_alt", name=name, lowest=significant(lowest), mean=significant(reading.comparison.mean_cosine)),
                signed=True,
                limits=(-1, 1),
                marks=marks,
                width=340,
                height=320,
            )
        )
    show_row(panels, key="positional-order", caption=t("positional.order_caption"), width=395)
    if not readings[0].comparison.same_tokens:
        st.info(t("positional.other_tokens"), icon=":material/info:")
    if stands_in:
        st.info(t("positional.english_model"), icon=":material/info:")
    return {"model": whole_model(id), "first": first, "second": second}


def _model_for(text: str) -> tuple[str, bool]:
    """The bundled encoder for a text, and whether it is the English one standing in for a Japanese one that isn't here."""
    spoken = main_language([text])
    backbone = backbone_here(spoken)
    return backbone, backbone != models_for(spoken).backbone


@st.cache_data(max_entries=200, ttl=3600, show_spinner=False)
def _compare(id: str, first: str, second: str) -> tuple[tuple[str, ...], tuple[str, ...], list[_OrderRun]]:
    from components.models import load

    encoder = load(id, task="encoder")
    texts = [encoder.tokenize(text) for text in (first, second)]
    for tokenized in texts:
        if len(tokenized) > MAX_TOKENS or tokenized.cut:
            raise WordOrderError("positional.too_many_tokens", found=len(tokenized) + sum(tokenized.left_out), most=MAX_TOKENS)
    readings = []
    for positions in ("learned", "none"):
        states = [encoder.run(text, positions=positions).last_hidden_state for text in (first, second)]
        readings.append(_OrderRun(positions, compare_orders(texts[0].tokens, states[0], texts[1].tokens, states[1])))
    return texts[0].tokens, texts[1].tokens, readings


def _numbers(comparison: OrderComparison) -> str:
    return t("positional.order_numbers", cosine=f"{comparison.mean_cosine:.4f}", difference=tiny(comparison.largest_difference))
