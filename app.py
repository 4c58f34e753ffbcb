"""Himotoku: the page list and the language switch."""

import streamlit as st

from components.ui import enter, language_switch, t, unexpected_errors_worded
from components.ui.widgets.pages import PAGES, know_pages

enter()
know_pages(PAGES)
st.set_page_config(page_title=t("overview.title"), page_icon="content/icon.png", layout="wide")


def page(name: str) -> st.Page:
    """The page in pages/<name>.py under its translated title."""
    return st.Page(f"pages/{name}.py", title=t(f"{name}.title"), url_path=name, default=name == "overview")


def browser_title(page_title: str) -> str:
    """What the browser calls a page: its title and the app's name, which is the title of the home page."""
    name = t("overview.title")
    return name if page_title == name else f"{page_title} · {name}"


sections = {section and t(f"common.section_{section}"): [page(name) for name in names] for section, names in PAGES.items()}
chosen = st.navigation(sections, expanded=True)
st.set_page_config(page_title=browser_title(chosen.title))
with st.sidebar:
    language_switch()
with unexpected_errors_worded():
    chosen.run()
