"""Models of the Hub that an address names: fetched once the visitor says so, since an address may come from anybody."""

from typing import TypeVar

import streamlit as st

from components.models.files import must_be_fetched
from components.ui.state.language import t

from .address import typed_text
from .escaped import escaped_markdown

OFFERS = "page_offers"  # a place in the page's head
Default = TypeVar("Default", str, "str | None")


def held_back(key: str, name: Default, default: Default) -> Default:
    """What the field `key` begins with where the address says `name`: `default` where that model isn't on this machine, which is offered then
    (`offer_to_fetch`)."""
    if not name or not must_be_fetched(name.strip()):
        return name
    st.session_state[_offered(key)] = name.strip()
    return default


def typed_model(key: str) -> None:
    """`typed_text` for a field that takes a model's name."""
    begun = key in st.session_state
    typed_text(key, "")
    if not begun:
        st.session_state[key] = held_back(key, st.session_state[key], "")


def offer_to_fetch(key: str, chosen: str | None, default: str | None) -> bool:
    """Asks in the page's head whether the model that the address names for the field `key` is to be fetched. False where none is named, or the
    visitor has chosen another meanwhile."""
    if chosen != default:
        st.session_state.pop(_offered(key), None)
    name = st.session_state.get(_offered(key))
    if name is None:
        return False
    with (
        st.session_state.get(OFFERS) or st.container(),
        st.container(horizontal=True, vertical_alignment="center", border=True, key=f"{key}-offer"),
    ):
        st.markdown(t("picker.offered", name=escaped_markdown(name)), width="stretch")
        st.button(t("picker.fetch"), key=f"{key}-fetch", on_click=_answer, args=(key, True))
        st.button(t("picker.leave"), key=f"{key}-leave", type="tertiary", on_click=_answer, args=(key, False))
    return True


def _answer(key: str, fetch: bool) -> None:
    name = st.session_state.pop(_offered(key), None)
    if fetch and name:
        st.session_state[key] = name


def _offered(key: str) -> str:
    return f"{key}:offered"
