"""Himotoku: the list of pages."""

import streamlit as st

from components.ui import computing, enter, page_is_drawn, t, unexpected_errors_worded
from components.ui.widgets.pages import PAGES, know_pages, name_in_list

enter()
know_pages(PAGES)
st.set_page_config(page_title=t("overview.title"), page_icon="app/static/icon.png", layout="wide")


def page(name: str) -> st.Page:
    """The page in pages/<name>.py, under the name that fits the narrow list."""
    return st.Page(f"pages/{name}.py", title=name_in_list(name), url_path=name, default=name == "overview")


def browser_title(page: str) -> str:
    """What the browser calls a page: its title and the app's name, which is the title of the home page."""
    name = t("overview.title")
    return name if page in ("", "overview") else f"{t(f'{page}.title')} · {name}"


sections = {section and t(f"common.section_{section}"): [page(name) for name in names] for section, names in PAGES.items()}
chosen = st.navigation(sections, expanded=True)
st.set_page_config(page_title=browser_title(chosen.url_path))
with unexpected_errors_worded(), computing():
    chosen.run()
page_is_drawn()
