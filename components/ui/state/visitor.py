"""Whose runs these are: a random key in a cookie that the server sets, or, where cookies are refused, in the address."""

import re

import streamlit as st

from components.training.runs import new_key

COOKIE = "transformer_lab_visitor"
ADDRESS = "visitor"
KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def visitor_key() -> str:
    """The visitor's secret key. Without the cookie a new one is made and stands in the address, so that a bookmark finds the runs again."""
    if not key_is_in_the_address():
        return st.context.cookies[COOKIE]
    if not KEY.fullmatch(st.session_state.get(ADDRESS, "")):
        asked = st.query_params.get(ADDRESS, "")
        st.session_state[ADDRESS] = asked if KEY.fullmatch(asked) else new_key()
    key = st.session_state[ADDRESS]
    if st.query_params.get(ADDRESS) != key:
        st.query_params[ADDRESS] = key
    return key


def key_is_in_the_address() -> bool:
    """Whether the browser sent no cookie of ours."""
    cookie = st.context.cookies.get(COOKIE)
    return not (isinstance(cookie, str) and KEY.fullmatch(cookie))
