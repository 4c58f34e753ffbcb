"""Which of the texts a sentence model understands: a model of one language says nothing about texts of another, and nothing across."""

from collections.abc import Sequence

import streamlit as st

from components.models.cards import card
from components.text.language import detect
from components.ui.state.language import t
from components.ui.widgets.escaped import escaped_markdown

LOOKED_AT = 2_000  # rows whose language is looked at
# A few Latin words are at home in Japanese text ("AI", "Wi-Fi").
SHORT_LATIN_WORDS = 3
MULTILINGUAL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"


def model_language(id: str) -> str | None:
    """The one language that a model of the catalogue was made for; None for any other model."""
    entry = card(id)
    return entry.language if entry else None


def languages(texts: Sequence[str], model: str) -> list[str]:
    """The language of each text: "en", "ja" or "other"; texts without letters, and short Latin ones, count as the model's own."""
    own = model_language(model) or "other"
    return [own if _at_home(text, own) else detect(text) for text in texts]


def warn_of_sentences(texts: Sequence[str], model: str) -> list[str]:
    """Says what the model can't compare. Returns a group for each text: pairs across groups mean nothing."""
    own, spoken = model_language(model), languages(texts, model)
    if own is None or set(spoken) <= {own}:
        return [""] * len(texts)
    words = {"model": escaped_markdown(model), "spoken": t(f"similarity.language_{own}"), "multilingual": escaped_markdown(MULTILINGUAL)}
    if own not in spoken:
        st.warning(t("similarity.foreign", **words), icon=":material/translate:")
        return spoken
    st.warning(t("similarity.across", **words), icon=":material/translate:")
    return ["" if language == own else str(row) for row, language in enumerate(spoken)]


def warn_of_rows(texts: Sequence[str], model: str) -> None:
    """Says how many of the first rows are in a language that the model doesn't know."""
    own, looked = model_language(model), texts[:LOOKED_AT]
    foreign = sum(spoken != own for spoken in languages(looked, model)) if own else 0
    if foreign:
        words = {
            "model": escaped_markdown(model),
            "spoken": t(f"similarity.language_{own}"),
            "multilingual": escaped_markdown(MULTILINGUAL),
        }
        st.warning(t("similarity.foreign_rows", n=f"{foreign:,}", all=f"{len(looked):,}", **words), icon=":material/translate:")


def understood(query: str, model: str) -> bool:
    """Whether the model knows the query's language; says so where it doesn't."""
    own = model_language(model)
    if own is None or languages([query], model) == [own]:
        return True
    words = {"model": escaped_markdown(model), "spoken": t(f"similarity.language_{own}"), "multilingual": escaped_markdown(MULTILINGUAL)}
    st.warning(t("similarity.foreign_query", **words), icon=":material/translate:")
    return False


def _at_home(text: str, own: str) -> bool:
    spoken = detect(text)
    return spoken == "none" or (own == "ja" and spoken == "en" and len(text.split()) <= SHORT_LATIN_WORDS)
