"""State in the address. Settings are bound by Streamlit (`bind="query-params"`); typed text goes into a link only on request,
because addresses end up in histories and proxy logs."""

from collections.abc import Mapping

import streamlit as st

from .language import t

MAX_LINK = 6000  # characters; servers and mail programs cut longer addresses

_COPY = st.components.v2.component(
    "transformer_lab_copy_link",
    html="<button type='button'></button><span role='status' aria-live='polite'></span>",
    css="""
button { font: inherit; font-size: 0.875rem; color: var(--st-text-color); background: transparent; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: 0.35rem 0.75rem; }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
span { margin-left: 0.6rem; font-size: 0.875rem; color: var(--st-text-color); }
""",
    js="""
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("span");
  button.textContent = data.label;
  button.onclick = async () => {
    const url = new URL(window.location.href);
    for (const [key, value] of Object.entries(data.values)) url.searchParams.set(key, value);
    if (url.href.length > data.most) { status.textContent = data.too_long; return; }
    try {
      await navigator.clipboard.writeText(url.href);
      status.textContent = data.copied;
    } catch (error) {
      window.history.replaceState(null, "", url);
      status.textContent = data.in_address;
    }
  };
}
""",
)


def typed_text(key: str, default: str) -> None:
    """Prepares `st.session_state[key]` for a text input of that key: the text of a followed link, else `default`.

    A default that the visitor has not edited follows the language. The text leaves the address once it is read.
    """
    shown = f"{key}:default"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(key, default)
        if key in st.query_params:
            del st.query_params[key]
    elif st.session_state[key] == st.session_state.get(shown):
        st.session_state[key] = default
    st.session_state[shown] = default


def copy_link(*keys: str) -> None:
    """A button that copies the page's address with language, settings and the texts typed into the widgets `keys`."""
    values = {key: str(st.session_state.get(key, "")) for key in ("lang", *keys)}
    words = {name: t(f"common.copy_link_{name}") for name in ("label", "copied", "in_address", "too_long")}
    _COPY(key="copy_link", data={"values": values, "most": MAX_LINK, **words})
