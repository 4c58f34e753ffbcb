"""Whose runs these are: a random key in a cookie that the server sets, or, where cookies are refused, in the address."""

import re
from collections.abc import Mapping

import streamlit as st

from components.settings import note_old_name
from components.training.runs import new_key

COOKIE, OLD_COOKIE = "himotoku_visitor", "transformer_lab_visitor"
ADDRESS, OFFERED = "visitor", "visitor:offered"
KEY_PATTERN = re.compile(r"[A-Za-z0-9_-]{32}")


def visitor_key() -> str:
    """The visitor's secret key. Without the cookie a new one is made and stands in the address, so that a bookmark finds the runs again: it is
    offered then (`offered_key`), since an address may come from anybody."""
    if sent := key_in(st.context.cookies):
        return sent
    if not KEY_PATTERN.fullmatch(st.session_state.get(ADDRESS, "")):
        st.session_state[ADDRESS] = new_key()
    key: str = st.session_state[ADDRESS]
    if st.query_params.get(ADDRESS) != key:
        _note_offer()
        st.query_params[ADDRESS] = key
    return key


def known_key() -> str | None:
    """The visitor's key where there is one; None is made here for whoever has none."""
    if key_is_in_the_address() and ADDRESS not in st.session_state:
        _note_offer()
        return None
    return visitor_key()


def offered_key() -> str | None:
    """A key that the address brought, which is not the visitor's own until they take it."""
    if key_is_in_the_address():
        _note_offer()
    return st.session_state.get(OFFERED)


def take_offered_key(take: bool) -> None:
    """The visitor says whether the runs of the offered key are theirs."""
    key = st.session_state.pop(OFFERED, None)
    if take and key:
        st.session_state[ADDRESS] = st.query_params[ADDRESS] = key
    elif ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def _note_offer() -> None:
    asked = st.query_params.get(ADDRESS, "")
    if KEY_PATTERN.fullmatch(asked) and asked != st.session_state.get(ADDRESS):
        st.session_state[OFFERED] = asked


def key_is_in_the_address() -> bool:
    """Whether the browser sent no cookie of ours."""
    return key_in(st.context.cookies) is None


def key_in(cookies: Mapping[str, str]) -> str | None:
    """The visitor's key among the cookies that a browser sent, also under the cookie's name of old; None without one."""
    for name in (COOKIE, OLD_COOKIE):
        key = cookies.get(name)
        if isinstance(key, str) and KEY_PATTERN.fullmatch(key):
            if name == OLD_COOKIE:
                note_old_name(OLD_COOKIE, COOKIE)
            return key
    return None


def network() -> str:
    """The address of the network that the visitor comes from; "" on this machine itself, where Streamlit tells none."""
    address = st.context.ip_address
    return address if isinstance(address, str) else ""  # a page that is run without a browser has a stand-in
