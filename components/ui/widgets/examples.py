"""Worked examples, one click each."""

from collections.abc import Mapping

import streamlit as st

from components.ui.state.language import t

from .address import begin_in_address, keep_in_address


def examples(key: str, choices: Mapping[str, Mapping[str, object]], labels: Mapping[str, str]) -> str | None:
    """A row of examples. Choosing one sets the widgets' state as its mapping says; the choice stands in the address as `?key=`.

    choices: example id -> {widget key: value}. labels: example id -> its name on the screen. Returns the chosen id. Call it before
    the widgets that it sets.
    """

    def apply() -> None:
        chosen = choices.get(st.session_state[key] or "", {})
        st.session_state.update(chosen)

    asked = st.query_params.get(key)
    if key not in st.session_state and asked is not None and asked in choices:
        in_address = set(st.query_params)
        st.session_state.update(
            {name: value for name, value in choices[asked].items() if name not in in_address and name not in st.session_state}
        )
    begin_in_address(key, list(choices), None)
    chosen = st.pills(
        t("common.examples"),
        list(choices),
        format_func=lambda name: labels.get(name, name),
        key=key,
        on_change=apply,
        persist_state="session",
        wrap=True,
    )
    keep_in_address(key, chosen, None)
    return chosen
