"""Which language this visitor reads, and the words in it: interface strings from the catalogues, prose from content/<language>/<page>.md."""

import re
from functools import cache

import streamlit as st

from components.messages import CONTENT, LANGUAGES, message

_SECTION = re.compile(r"^## ([a-z0-9-]+)\n", re.MULTILINE)
_NAMES = {"ja": "日本語", "en": "English"}


def language() -> str:
    """The visitor's language: the switch or `?lang=`, else what the browser asks for, else English."""
    if st.session_state.get("lang") not in LANGUAGES:
        asked = st.query_params.get("lang")
        browser = "ja" if (st.context.locale or "").lower().startswith("ja") else "en"
        st.session_state["lang"] = asked if asked in LANGUAGES else browser
    return st.session_state["lang"]


def language_switch() -> None:
    """The switch in each page's head, always in the address as `?lang=`. Each language is named in itself."""
    chosen = st.session_state["lang"] = language()  # said anew: to Streamlit each page's switch is another one, which begins with nothing
    st.segmented_control(
        "Language / 言語", ("ja", "en"), format_func=_NAMES.__getitem__, key="lang", persist_state="session", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    if st.query_params.get("lang") != chosen:
        st.query_params["lang"] = chosen


def t(key: str, /, **values: object) -> str:
    """The interface string `key` in the visitor's language."""
    return message(key, language(), **values)


def prose(page: str, section: str) -> str:
    """The Markdown of one section of content/<language>/<page>.md. A section starts with a line `## its-id`."""
    return sections(language(), page)[section]


@cache
def sections(language: str, page: str) -> dict[str, str]:
    """All sections of one prose file, id -> Markdown. Empty when there is no such file."""
    path = CONTENT / language / f"{page}.md"
    if not path.exists():
        return {}
    parts = _SECTION.split(path.read_text(encoding="utf-8"))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
