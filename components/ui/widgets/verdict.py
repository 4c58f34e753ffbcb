"""What a page says of its figure: the finding as the figure's title, and at most one doubt. The app speaks in the heading face, the reader's
own words stand in gothic. All of a visitor's text is escaped."""

import re
from html import escape, unescape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.ui.state.language import t

from .escaped import printable

_TAG = re.compile(r"<[^<>]++>")


def said(key: str, /, *, quoted: dict[str, str] | None = None, **values: object) -> str:
    """The sentence `key` as HTML: `quoted` are the reader's own words, `values` the app's."""
    marks = {name: f"\ue000{name}\ue001" for name in quoted or {}}  # private-use characters stand in for markup until all is escaped
    html = escape(t(key, **marks, **values))
    for name, words in (quoted or {}).items():
        html = html.replace(marks[name], f"<q>{escape(printable(words))}</q>")
    return html


def plain(html: str) -> str:
    """A sentence from `said` without its markup: for a card, a text alternative."""
    return unescape(_TAG.sub("", html))


def show_finding(html: str, of: str = "") -> None:
    """A figure's title: its finding, a sentence from `said`. of: whose it is, on the same line, where several stand side by side: a line more
    would move the figure."""
    st.html(f'<h2 class="hi-finding">{html}{f"<small>{escape(printable(of))}</small>" if of else ""}</h2>')


def show_doubt(html: str | None) -> None:
    """The one doubt about a finding; nothing where there is none."""
    if html:
        st.html(f'<p class="hi-doubt"><span>{html}</span></p>')


def doubt_place(key: str) -> DeltaGenerator:
    """A place of a line's height for a doubt that comes and goes, so that what is under it stays where it is."""
    with st.container(key=f"doubt-{key}"):
        return st.empty()
