"""The classes of a labelling: to rename, to take away, to add to, while it goes on."""

import streamlit as st

from components.training.labelling import MOST_CLASSES
from components.training.labelling_facts import LONGEST_CLASS, Labelling
from components.ui.state.language import t
from components.ui.state.visitor import visitor_key
from components.ui.widgets.escaped import escaped_markdown

from .problems import noted
from .state import labellings

NEW = "label:new-class"


def edit_classes(labelling: Labelling) -> None:
    """A field for each, and one for a new one. Labels stay with their class when it gets another name."""
    st.caption(t("label.classes_how", most=MOST_CLASSES))
    for place, (number, name) in enumerate(labelling.named.items(), 1):
        key = f"label:class:{labelling.id}:{number}:{name}"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.text_input(
                t("label.class_name", n=place), name, key=key, max_chars=LONGEST_CLASS, label_visibility="collapsed", on_change=_rename,
                args=(labelling.id, number, key),
            )  # fmt: skip
            st.button(
                t("label.class_remove"), key=f"label:class-remove:{labelling.id}:{number}", type="tertiary", icon=":material/close:",
                help=t("label.class_remove_named", name=escaped_markdown(name, 60)), on_click=_remove, args=(labelling.id, number),
            )  # fmt: skip
    with st.form("label-new-class", border=False, clear_on_submit=True):
        st.text_input(t("label.class_new"), key=NEW, max_chars=LONGEST_CLASS)
        st.form_submit_button(t("label.class_add"), on_click=_add, args=(labelling.id,))


def _rename(id: str, number: int, key: str) -> None:
    with noted():
        labellings().rename_class(id, visitor_key(), number, st.session_state[key])


def _remove(id: str, number: int) -> None:
    with noted():
        labellings().remove_class(id, visitor_key(), number)


def _add(id: str) -> None:
    with noted():
        labellings().add_class(id, visitor_key(), st.session_state[NEW])
