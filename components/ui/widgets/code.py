"""The code tab: the few lines of plain Python that compute what is on the screen, with the visitor's own settings in them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import streamlit as st

from components.messages import CONTENT
from components.ui.state.language import t

_SETTINGS, _COMPUTATION = "# --- your settings ---\n", "# --- the computation ---\n"


@cache
def snippet_text(name: str) -> str:
    """The file content/snippets/<name>.py as it stands."""
    return (CONTENT / "snippets" / f"{name}.py").read_text(encoding="utf-8")


def with_settings(code: str, settings: Mapping[str, object]) -> str:
    """`code` with the assignments between its two settings marks replaced by `settings`, written as Python literals.

    Raises ValueError when the settings are not the names that the snippet assigns: it would then not compute what is on the screen.
    """
    before, _, rest = code.partition(_SETTINGS)
    assignments, computation, after = rest.partition(_COMPUTATION)
    if not computation:
        if not settings:
            return code
        raise ValueError("the snippet has no block of settings")
    assigned = re.findall(r"^([A-Za-z_]\w*) *=", assignments, re.MULTILINE)
    if set(assigned) != set(settings):
        raise ValueError(f"the snippet assigns {sorted(assigned)}, the page gives {sorted(settings)}")
    block = "".join(f"{name} = {settings[name]!r}\n" for name in assigned)
    return before + _SETTINGS + block + computation + after


@dataclass(frozen=True)
class Code:
    """What a code tab shows. name: of the file to download. text: the code, ready to run. beside: draws what the code needs beside it."""

    name: str
    text: str
    beside: Callable[[], None] | None = None


def snippet_code(name: str, settings: Mapping[str, object]) -> Code:
    """The snippet `name` with the visitor's settings; as it stands where there are none."""
    return Code(name, with_settings(snippet_text(name), settings) if settings else snippet_text(name))


def code_panel(code: Code) -> None:
    """Shows the code, to copy or to download as a .py file."""
    st.caption(t("common.code_caption"))
    st.code(code.text, language="python", wrap_lines=True)
    with st.container(horizontal=True):
        st.download_button(
            t("common.download_code"),
            lambda: code.text,  # written when it is asked for: bytes that a rerun replaces would leave a dead address behind
            file_name=f"{code.name}.py",
            mime="text/x-python",
            key=f"code:{code.name}",
            on_click="ignore",
            icon=":material/download:",
        )
        if code.beside:
            code.beside()
