"""A lesson of one's own: links of pages and notes become one address."""

import streamlit as st

from components.ui.state.language import language, t
from components.ui.state.lesson import LESSON, MOST_NOTE, MOST_STEPS, pack, read_links
from components.ui.widgets.address import copy_address_of, typed_text
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.pages import link_to

LINKS = "teach_links"


def show_own() -> None:
    """The field, the steps that stand in it, and their address. Raises LessonError."""
    st.html(f'<h2 class="hi-finding" data-figure>{t("teach.own_title")}</h2>')
    st.markdown(t("teach.own_about", steps=MOST_STEPS, note=MOST_NOTE))
    typed_text(LINKS, "")
    pasted = st.text_area(t("teach.links"), key=LINKS, persist_state="session", height=200, placeholder=t("teach.links_like"))
    st.button(t("teach.make"), type="primary", key="teach_make")
    if not pasted.strip():
        return
    steps = read_links(pasted)
    packed = pack(steps)
    said = [f"{number}. **{t(f'{step.page}.title')}** {escaped_markdown(step.note)}" for number, step in enumerate(steps, 1)]
    st.markdown("\n".join(said))
    with st.container(horizontal=True, vertical_alignment="center", key="teach-made"):
        copy_address_of(steps[0].page, t("teach.copy"), {LESSON: packed}, key="teach_copy")
        link_to(steps[0].page, t("teach.open"), lesson=packed, lang=language())
    st.caption(t("teach.made_about", count=len(packed)))
