"""Which words decided, on the screen: chips tinted by the words' shares, the sum that must come out, and all numbers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.ui.state.language import t
from components.ui.state.recent import recent

from .escaped import escaped_markdown, printable
from .tokens import Chip, token_chips

if TYPE_CHECKING:
    from components.models.attribution import Attribution
    from components.models.classification import Classifier

NUMBERED = 12  # words whose share is written under them
MAX_CHIPS = 600


def words_of(classifier: "Classifier", identity: str, text: str, label: str) -> "Attribution":
    """The attribution of `text`, with a bar while it is computed; the session's last 32 are kept. identity: of the classifier."""
    from components.models.attribution import attribute

    def make() -> "Attribution":
        bar = st.empty()
        show = bar.progress(0.0, t("attribution.running"))

        def report(share: float) -> None:
            show.progress(share, t("attribution.running"))

        attribution = attribute(classifier, text, label, progress=report)
        bar.empty()
        return attribution

    return recent("attributions", 32).get((identity, text, label), make)


def show_words(attribution: "Attribution", *, label_name: Callable[[str], str], key: str) -> None:
    """The words of a text with what each did for the label, and whether the sum fits."""
    if not len(attribution.words):
        st.caption(t("attribution.no_words"))
        return
    token_chips(_chips(attribution))
    name = escaped_markdown(label_name(attribution.label))
    st.caption(t("attribution.legend", label=name) + " " + t("attribution.strongest", **_extremes(attribution)))
    st.caption(
        t(
            "attribution.completeness",
            total=significant(attribution.total, smallest=5e-4),
            score=significant(attribution.score),
            blank=significant(attribution.blank_score),
            gap=significant(abs(attribution.gap), smallest=5e-5),
            steps=attribution.steps,
        )
    )
    with st.expander(t("attribution.table")):
        st.markdown(t("attribution.method"))
        table = pd.DataFrame(
            {t("attribution.word"): [printable(word) for word in attribution.word_texts], t("attribution.share"): attribution.words}
        )
        st.dataframe(
            table,
            hide_index=True,
            key=f"{key}-words",
            column_config={t("attribution.share"): st.column_config.NumberColumn(format="%+.3f")},
        )


def _chips(attribution: "Attribution") -> list[Chip]:
    strongest = np.abs(attribution.words).max() or 1.0
    numbered = set(np.argsort(-np.abs(attribution.words), kind="stable")[:NUMBERED].tolist())
    chips = []
    for number, (word, share) in enumerate(zip(attribution.word_texts[:MAX_CHIPS], attribution.words, strict=False)):
        written = signed(share)
        chips.append(Chip(word, number, note=written if number in numbered else "", weight=share / strongest, tooltip=written))
    return chips


def _extremes(attribution: "Attribution") -> dict[str, str]:
    """The word that speaks most for the label and the one most against it, with their shares."""
    values: dict[str, str] = {}
    for name, index in (("most", int(attribution.words.argmax())), ("least", int(attribution.words.argmin()))):
        values |= {name: escaped_markdown(printable(attribution.word_texts[index]), 40), f"{name}_share": signed(attribution.words[index])}
    return values


def signed(value: float) -> str:
    """Two decimals with the sign, "0.00" without one."""
    text = f"{value:+.2f}".replace("-", "−")
    return text if text.strip("+−0.") else "0.00"
