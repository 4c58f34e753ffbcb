"""Which of the texts a sentence model understands: a model says nothing about texts of a language that it never learned, and nothing across."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from components.models.bundled import ACROSS, models_for
from components.models.cards import card
from components.text.language import SHORT_LATIN_WORDS, detect, main_language
from components.ui.state.language import t
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.models import model_name

LOOKED_AT = 2_000  # rows whose language is looked at
MODEL = "sim_model"  # the page's menu of models
MULTILINGUAL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"


def model_languages(id: str) -> tuple[str, ...]:
    """The languages that a model of the catalogue was made for; () for any other model."""
    entry = card(id)
    return entry.languages if entry else ()


def languages(texts: Sequence[str], model: str) -> list[str]:
    """The language of each text: "en", "ja" or "other"; for a model of one language, texts without letters, and short Latin ones, count as its own."""
    own = model_languages(model)
    if len(own) > 1:
        return [main_language([text]) if detect(text) == "none" else detect(text) for text in texts]
    return [own[0] if own and _at_home(text, own[0]) else detect(text) for text in texts]


def across(texts: Sequence[str], model: str) -> np.ndarray | None:
    """Which pairs of texts a model of several languages compares across them: bool (n, n); None for a model of one, and where all are in one."""
    own = model_languages(model)
    spoken = np.array(languages(texts, model))
    known = np.isin(spoken, own)
    pairs: np.ndarray = (spoken[:, None] != spoken[None, :]) & known[:, None] & known[None, :]
    return pairs if pairs.any() else None


def warn_of_sentences(texts: Sequence[str], model: str) -> list[str]:
    """Says what the model can't compare. Returns a group for each text: pairs across groups mean nothing."""
    own, spoken = model_languages(model), languages(texts, model)
    if not own or set(spoken) <= set(own):
        return [""] * len(texts)
    if not set(own) & set(spoken):
        _warn("foreign", texts, model)
        return spoken
    _warn("across", texts, model)
    return ["" if language in own else str(row) for row, language in enumerate(spoken)]


def warn_of_rows(texts: Sequence[str], model: str) -> None:
    """Says how many of the first rows are in a language that the model doesn't know."""
    own, looked = model_languages(model), texts[:LOOKED_AT]
    foreign = sum(spoken not in own for spoken in languages(looked, model)) if own else 0
    if foreign:
        _warn("foreign_rows", looked, model, n=f"{foreign:,}", all=f"{len(looked):,}")


def understood(query: str, model: str) -> bool:
    """Whether the model knows the query's language; says so where it doesn't."""
    own = model_languages(model)
    if not own or languages([query], model)[0] in own:
        return True
    _warn("foreign_query", [query], model)
    return False


def _warn(kind: str, texts: Sequence[str], model: str, **values: str) -> None:
    """The sentence `kind` and what to do: take the bundled model of both languages, at a click, where it reads these texts; else one of the
    Hub."""
    own, bundled = model_languages(model), card(ACROSS.id)
    offered = bundled is not None and model != ACROSS.id and set(languages(texts, ACROSS.id)) <= set(ACROSS.languages)
    spoken = t("similarity.language_both" if len(own) > 1 else f"similarity.language_{own[0]}")
    said = t(f"similarity.{kind}", model=escaped_markdown(model), spoken=spoken, **values)
    advice = t("similarity.take_bundled") if offered else t("similarity.take_multilingual", multilingual=escaped_markdown(MULTILINGUAL))
    st.warning(f"{said} {advice}", icon=":material/translate:")
    if offered and bundled:
        name = escaped_markdown(model_name(bundled, bundled.id))
        st.button(t("similarity.use_bundled", name=name), key=f"sim:across-{kind}", icon=":material/translate:", on_click=_take_bundled)


def _take_bundled() -> None:
    st.session_state[MODEL] = ACROSS.id


def note_weakness(model: str) -> None:
    """What the model of two languages does less well than those of one, with the numbers of its card."""
    entry, own = card(model), card(models_for(ACROSS.languages[0]).encoder)
    if model != ACROSS.id or entry is None:
        return
    everyday, articles = (f"{100 * value:.0f}" for name, value in entry.scores.items() if name.startswith("first_of_1000"))
    graded, alone = (
        next((f"{value:.2f}" for name, value in one.scores.items() if name.startswith("spearman")), "–") if one else "–"
        for one in (entry, own)
    )
    st.caption(t("similarity.across_weak", everyday=everyday, articles=articles, graded=graded, alone=alone))


def _at_home(text: str, own: str) -> bool:
    spoken = detect(text)
    return spoken == "none" or (own == "ja" and spoken == "en" and len(text.split()) <= SHORT_LATIN_WORDS)
