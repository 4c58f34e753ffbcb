"""State in the address. Numbers and switches are bound by Streamlit (`bind="query-params"`); choices by `choice`, because Streamlit would
write an option's translated label into the address. Typed text goes into a link only on request: addresses end up in histories and
proxy logs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components.ui.state.language import language, t

SECRET = ["visitor", "key"]  # what opens somebody's runs
MAX_LINK = 6000  # characters; servers and mail programs cut longer addresses

_COPY = st.components.v2.component(
    "himotoku_copy_link",
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
    const secret = data.secret.filter((key) => url.searchParams.has(key));
    for (const key of secret) url.searchParams.delete(key);
    if (data.page) { url.pathname = url.pathname.replace(/[^/]*$/, data.page); url.search = ""; }
    for (const [key, value] of Object.entries(data.values)) url.searchParams.set(key, value);
    if (url.href.length > data.most) { status.textContent = data.too_long; return; }
    try {
      await navigator.clipboard.writeText(url.href);
      status.textContent = data.copied;
    } catch (error) {
      if (secret.length || data.page) { status.textContent = url.href; return; }
      window.history.replaceState(null, "", url);
      status.textContent = data.in_address;
    }
  };
}
""",
)


def choice(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: str | None = None,
    label_of: Callable[[str], str] = str,
    widget: Callable[..., Any] = st.segmented_control,
    **settings: Any,
) -> str:
    """One of `options` by a segmented control (or `st.selectbox`, `st.radio`), in the address as `?key=option`.

    The address holds the option itself, the screen shows `label_of(option)`. default: the first option unless given; it stays out of
    the address. An unknown option in the address counts as the default.
    """
    default = options[0] if default is None else default
    begin_in_address(key, options, default)
    required = {"required": True, "wrap": True} if widget is st.segmented_control else {}
    labels = {option: label_of(option) for option in options}
    chosen = widget(
        label, options, format_func=lambda option: labels.get(option, option), key=key, persist_state="session", **required, **settings
    )
    keep_in_address(key, chosen, default)
    return chosen


def begin_in_address(key: str, options: Sequence[str], default: str | None) -> None:
    """Gives the widget `key` its first value from the address. A value that is no longer an option becomes the default."""
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(key, default)
    if st.session_state[key] not in options:
        st.session_state[key] = default


def keep_in_address(key: str, value: str | None, default: str | None) -> None:
    """Writes a choice into the address, or takes it out where it is the default."""
    if value is None or value == default:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != value:
        st.query_params[key] = value


def listed_in_address(key: str) -> list[str]:
    """What stands in the address as `?key=a,b`; at most 1,000 characters of it are read."""
    return [value for value in st.query_params.get(key, "")[:1_000].split(",") if value]


def keep_list_in_address(key: str, values: Sequence[str]) -> None:
    """Writes choices that hold no comma into the address, or takes them out where there are none."""
    keep_in_address(key, ",".join(values) or None, None)


def place_in_address(key: str, places: Sequence[int], default: int) -> int:
    """The one of `places` that the address names as `?key=`, else `default`: which a menu shows at first."""
    asked = st.query_params.get(key, "")
    return int(asked) if asked.isdecimal() and len(asked) < 7 and int(asked) in places else default


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
    """A button that copies the page's address with language, settings and the texts typed into the widgets `keys`; whoever gets it gets
    nobody's keys."""
    values = {key: str(st.session_state.get(key, "")) for key in ("lang", *keys)}
    with st.session_state.get("page_head") or st.container():
        _copy_button("copy_link", t("common.copy_link_label"), values)


def copy_address_of(page: str, label: str, query: Mapping[str, str], *, key: str) -> None:
    """A button named `label` that copies the address of another page with `query` and nothing else."""
    _copy_button(key, label, {"lang": language(), **query}, page)


def _copy_button(key: str, label: str, values: Mapping[str, str], page: str = "") -> None:
    words = {name: t(f"common.copy_link_{name}") for name in ("copied", "in_address", "too_long")}
    _COPY(key=key, data={"values": dict(values), "page": page, "secret": SECRET, "most": MAX_LINK, "label": label, **words})
