"""Which model: one of the catalogue, or any id typed in."""

import streamlit as st

from components.messages import catalogue
from components.models import ModelCard, catalog
from components.models.words import is_japanese

from .address import keep_in_address
from .language import language, t
from .runs import own_runs

MAX_ID = 200  # characters of a typed id


def choose_model(key: str, label: str, text: str = "") -> str:
    """A menu of the catalogue's models and the visitor's own runs that takes a Hub id or "run:<id>" too; in the address as `?key=`.
    Returns the id.

    Until the visitor chooses, the model is the bundled encoder for the language of `text`.
    """
    cards = {card.id: card for card in catalog()}
    names = {id: model_name(card, id) for id, card in cards.items()} | own_runs("classification") | own_runs("masked_lm")
    default = default_encoder(text)
    shown = f"{key}:default"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(key, default)[:MAX_ID]
    elif st.session_state[key] == st.session_state.get(shown):
        st.session_state[key] = default
    st.session_state[shown] = default
    typed = [st.session_state[key]] if st.session_state[key] and st.session_state[key] not in names else []
    chosen = st.selectbox(
        label,
        [*names, *typed],
        key=key,
        format_func=lambda id: names.get(id, id),
        accept_new_options=True,
        persist_state="session",
        help=t("encoders.choose_help"),
    )
    keep_in_address(key, chosen, default)
    return (chosen or default)[:MAX_ID].strip()


def default_encoder(text: str) -> str:
    """The bundled encoder for the language of a text; the English one until there is a Japanese one."""
    bundled = {card.id for card in catalog() if card.bundled}
    return "embed-ja" if is_japanese(text) and "embed-ja" in bundled else "embed-en"


def model_name(card: ModelCard | None, id: str) -> str:
    """What a model is called on the screen."""
    if card is None:
        return id
    words = catalogue(language())
    name = words.get(card.name_key, card.id)
    return name if card.bundled else t("encoders.from_hub", name=name)


def note_foreign_language(id: str, text: str) -> None:
    """Says plainly when Japanese text goes to a model that learned English."""
    card = next((card for card in catalog() if card.id == id), None)
    if card is not None and card.language == "en" and is_japanese(text):
        st.caption(f":orange[:material/translate:] {t('encoders.japanese_on_english')}")
