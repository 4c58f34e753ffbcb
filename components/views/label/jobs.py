"""The visitor's labellings in rows: to go on with, to rename, to delete."""

from datetime import datetime
from html import escape

import streamlit as st

from components.training.labelling_facts import LONGEST_NAME, Labelling
from components.ui.state.language import t
from components.ui.state.visitor import visitor_key
from components.ui.widgets.escaped import printable

from .problems import noted
from .state import labellings, open_labelling

STYLE = """<style>
.hi-job { font: 600 1.06rem/1.4 var(--hi-heading); overflow-wrap: anywhere; }
.hi-job + small { display: block; font-size: .8rem; line-height: 1.5; color: var(--hi-ink2); font-variant-numeric: tabular-nums; }
[class*="st-key-label-row-"] { border-top: 1px solid var(--hi-line); padding: .4rem 0; flex-wrap: nowrap; }
@media (max-width: 760px) { [class*="st-key-label-row-"] { flex-wrap: wrap; } [class*="st-key-label-row-"] > :has(.hi-job) { flex: 1 1 70%; } }
</style>"""


def show_labellings(found: list[Labelling]) -> None:
    """A row for each."""
    st.html(STYLE)
    st.subheader(t("label.yours"), anchor=False)
    for labelling in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"label-row-{labelling.id}"):
            st.html(
                f'<div class="hi-job">{escape(printable(labelling.name))}</div><small>{escape(_facts(labelling))}</small>', width="stretch"
            )
            st.button(t("label.go_on"), key=f"label-open-{labelling.id}", on_click=open_labelling, args=(labelling.id,))
            with st.popover(t("label.more"), type="tertiary", key=f"label-more-{labelling.id}"):
                _actions(labelling)


def _facts(labelling: Labelling) -> str:
    when = datetime.fromtimestamp(labelling.touched).strftime("%m-%d %H:%M")
    counts = t("label.row_facts", labelled=f"{labelling.labelled:,}", rows=f"{labelling.rows:,}", classes=len(labelling.named))
    return f"{counts} · {when}"


def _actions(labelling: Labelling) -> None:
    key = f"label-name-{labelling.id}"
    st.text_input(t("label.rename"), labelling.name, key=key, max_chars=LONGEST_NAME, on_change=_rename, args=(labelling.id, key))
    if st.checkbox(t("label.sure"), key=f"label-sure-{labelling.id}"):
        st.button(t("label.delete"), key=f"label-delete-{labelling.id}", on_click=_delete, args=(labelling.id,), type="primary")


def _rename(id: str, key: str) -> None:
    with noted():
        labellings().rename(id, visitor_key(), st.session_state[key])


def _delete(id: str) -> None:
    with noted():
        labellings().delete(id, visitor_key())
