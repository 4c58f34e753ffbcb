"""Which encoding a file is read by: the menu, and the readings that are about as likely, side by side with a button for each."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.tables.encoding import Other
from components.tables.known_encodings import ENCODINGS, SCRIPTS
from components.ui.state.language import t

from .escaped import escaped_markdown
from .options import named


def encoding_menu(key: str, *, container: DeltaGenerator | None = None) -> str | None:
    """The visitor's own encoding; None where it is to be found."""
    names = {None: t("tables.found")} | {name: encoding_name(name) for name in ENCODINGS}
    return (container or st).selectbox(t("tables.encoding"), list(names), format_func=named(names), key=key)


def encoding_name(encoding: str) -> str:
    """The codec's name and what it is for."""
    return f"{encoding} · {t(f'tables.script_{SCRIPTS[encoding]}')}" if encoding in SCRIPTS else encoding


def other_readings(taken: str, others: Sequence[Other], *, key: str) -> None:
    """A line of the file in the reading that was taken and in each of the `others`, which can be chosen and taken back.

    key: of the menu. Nothing is shown where the reading is clear and no encoding was chosen.
    """
    chosen = st.session_state.get(key)
    if chosen is not None:
        said, back = st.columns([3, 1], vertical_alignment="center")
        said.caption(t("tables.encoding_chosen", encoding=escaped_markdown(encoding_name(chosen))))
        back.button(
            t("tables.encoding_back"), key=f"{key}:back", on_click=_choose, args=(key, None), icon=":material/undo:", width="stretch"
        )
        return
    if not others:
        return
    with st.container(border=True):
        st.markdown(t("tables.encoding_close"))
        for number, other in enumerate(others):
            left, right = st.columns(2)
            left.caption(t("tables.encoding_taken", encoding=escaped_markdown(encoding_name(taken))))
            left.text(other.taken)
            right.caption(escaped_markdown(encoding_name(other.encoding)))
            right.text(other.line)
            label = t("tables.encoding_take", encoding=other.encoding)
            right.button(label, key=f"{key}:take:{number}", on_click=_choose, args=(key, other.encoding))


def _choose(key: str, encoding: str | None) -> None:
    st.session_state[key] = encoding
