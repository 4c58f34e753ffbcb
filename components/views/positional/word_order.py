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
from components.ui.state.language import language, t
from components.ui.widgets.address import typed_text
from components.ui.widgets.bench import Bench, bench, example_menu
from components.ui.widgets.figures import matrix_panel, show_row
from components.ui.widgets.verdict import said, show_doubt, show_finding

from .threads import Drawing, show_threads

MAX_TOKENS = 64
PRESETS = {"ja": ("bite", "only", "likes", "cat"), "en": ("bite", "cat", "only", "likes")}
SAME = 1e-6  # a cosine this near to 1 is 1 but for rounding
HARDLY = 0.95  # from this cosine on two sentence vectors hardly differ
MOST_DRAWN = 16  # tokens up to which the threads are drawn


class WordOrderError(UserError):
    """Texts that the experiment can't use."""


@dataclass(frozen=True)
class _OrderRun:
    """One of the two runs over both texts: with the learned positions, or with none."""

    positions: str
    comparison: OrderComparison


def read_texts(bar: Bench) -> tuple[str, str]:
    """Two text fields side by side, and the menu of examples."""
    names = PRESETS[language()]
    choices: dict[str, dict[str, object]] = {
        name: {"pe_first": t(f"positional.example_{name}_first"), "pe_second": t(f"positional.example_{name}_second")} for name in names
    }
    with bar.examples:
        example_menu("pe_example", choices, {name: t(f"positional.example_{name}") for name in names})
    typed_text("pe_first", t(f"positional.example_{names[0]}_first"))
    typed_text("pe_second", t(f"positional.example_{names[0]}_second"))
    with bar.field, st.container(horizontal=True, gap="small"):
        first = _text_field("pe_first", t("positional.first_text"))
        second = _text_field("pe_second", t("positional.second_text"))
    return first.strip(), second.strip()


def _text_field(key: str, label: str) -> str:
    return st.text_input(label, key=key, persist_state="session", label_visibility="collapsed", placeholder=label)


def show_order() -> dict[str, object]:
    """Both texts with threads between the same tokens, with and without positions, and what becomes of the sentence vector. Returns the
    snippet's settings."""
    bar = bench("pe")
    bar.run()
    first, second = read_texts(bar)
    if not first or not second:
        raise WordOrderError("positional.no_text")
    id, stands_in = _model_for(first + second)
    first_tokens, second_tokens, readings = _compare(id, first, second)
    by_name = {reading.positions: reading.comparison for reading in readings}
    finding, doubt = order_verdict(first, second, by_name["none"], by_name["learned"])
    show_finding(finding)
    if max(len(first_tokens), len(second_tokens)) <= MOST_DRAWN:
        _show_threads(first_tokens, second_tokens, readings)
    show_doubt(doubt)
    with st.expander(t("positional.order_pairs"), expanded=max(len(first_tokens), len(second_tokens)) > MOST_DRAWN):
        _show_matrices(first_tokens, second_tokens, readings)
    if stands_in:
        st.info(t("positional.english_model"), icon=":material/info:")
    return {"model": whole_model(id), "first": first, "second": second}


def order_verdict(first: str, second: str, without: OrderComparison, with_positions: OrderComparison) -> tuple[str, str | None]:
    """The finding and its doubt, as HTML: what two orders of the same words are to a model without positions, and how little a sentence vector
    keeps of the order with them."""
    texts = {"first": first, "second": second}
    if first == second:
        return said("positional.order_equal", quoted=texts), None
    if not without.same_tokens:
        return said("positional.order_differ", quoted=texts, cosine=f"{without.mean_cosine:.3f}"), said(
            "positional.other_tokens", quoted=None
        )
    cosine = f"{with_positions.mean_cosine:.3f}"
    doubt = said("positional.order_hardly", quoted=None, cosine=cosine) if with_positions.mean_cosine >= HARDLY else None
    if 1 - without.mean_cosine <= SAME:
        return said("positional.order_same", quoted=texts), doubt
    return said("positional.order_apart", quoted=texts, cosine=f"{without.mean_cosine:.3f}"), doubt


def _show_threads(first: tuple[str, ...], second: tuple[str, ...], readings: list[_OrderRun]) -> None:
    drawings = [
        Drawing(
            t(f"positional.order_{reading.positions}"),
            _numbers(reading.comparison),
            _alt(reading),
            reading.comparison.partners,
            reading.comparison.cosines,
        )
        for reading in reversed(readings)
    ]
    show_threads(first, second, drawings, key="pe_threads")
    st.caption(t("positional.threads_caption"))


def _alt(reading: _OrderRun) -> str:
    pairs = [(i, j) for i, j in enumerate(reading.comparison.partners) if j is not None]
    lowest = min(float(reading.comparison.cosines[pair]) for pair in pairs)
    name = t(f"positional.order_{reading.positions}")
    return t("positional.order_alt", name=name, lowest=significant(lowest), mean=significant(reading.comparison.mean_cosine))


def _show_matrices(first: tuple[str, ...], second: tuple[str, ...], readings: list[_OrderRun]) -> None:
    """Cosines between all tokens of both texts."""
    panels = []
    for reading in readings:
        name = t(f"positional.order_{reading.positions}")
        panels.append(
            matrix_panel(
                reading.comparison.cosines,
                first,
                second,
                key=f"positional-order-{reading.positions}",
                name=name,
                title=f"**{name}**  \n{_numbers(reading.comparison)}",
                alt=_alt(reading),
                signed=True,
                limits=(-1, 1),
                marks=[(i, j) for i, j in enumerate(reading.comparison.partners) if j is not None],
                width=340,
                height=320,
            )
        )
    show_row(panels, key="positional-order", caption=t("positional.order_caption"), width=395)


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
