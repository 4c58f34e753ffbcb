"""The bench: one bar over a page's figure with the field, its examples, the model, what is rarely set, and the button that runs.

A field that takes a sentence begins with the one the visitor typed on another page (`components.ui.state.sentence`); the page's own examples
are in the menu beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.ui.state.language import t
from components.ui.state.sentence import carried, carry

from .address import begin_in_address, keep_in_address, typed_text


@dataclass(frozen=True, eq=False)
class Bench:
    """Places in the bar, from left to right; a page fills those it needs, in any order. more: behind the gear."""

    prefix: str
    field: DeltaGenerator
    examples: DeltaGenerator
    model: DeltaGenerator
    _more: DeltaGenerator
    _run: DeltaGenerator

    @property
    def more(self) -> DeltaGenerator:
        """What is rarely set, behind the gear; the gear is there once a page asks for it."""
        with self._more:
            return st.popover(t("common.more_settings"), icon=":material/tune:", type="tertiary", key=f"bench-gear-{self.prefix}")

    def run(self, label: str = "", **settings: object) -> bool:
        """The page's one filled button; pressing it runs the page with what stands in the field."""
        with self._run:
            return st.button(label or t("common.analyse"), type="primary", key=f"{self.prefix}_run", **settings)  # type: ignore[arg-type]


def bench(prefix: str) -> Bench:
    """The bar of the page whose names begin with `prefix`."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"bench-{prefix}"):
        slots = [
            st.container(key=f"bench-slot-{name}-{prefix}", width="stretch" if name == "field" else "content")
            for name in ("field", "examples", "model", "more", "run")
        ]
    return Bench(prefix, *slots)


def sentence_field(key: str, label: str, default: str, *, examples: Mapping[str, str] | None = None, carrying: bool = True) -> str:
    """A field of one line that takes long texts and line breaks as well, with the carried sentence in it, else `default`.

    examples: the page's own texts; only what is none of them is taken to the next page. carrying=False: a field that takes no sentence from
    elsewhere and gives none.
    """
    own = f"{key}:own"  # whether the visitor typed here: then it stays, whatever they type elsewhere
    typed_text(key, (carried() if carrying and own not in st.session_state else None) or default)
    text = st.text_area(label, key=key, persist_state="session", height=68, label_visibility="collapsed", placeholder=label)
    if carrying and text not in {default, carried(), *(examples or {}).values()}:
        st.session_state[own] = True
        carry(text)
    return text


def example_menu(key: str, choices: Mapping[str, Mapping[str, object]], labels: Mapping[str, str]) -> str | None:
    """A menu of worked examples, each named by the question it asks. Choosing one sets the widgets' state as its mapping says; it stands in the
    address as `?key=` until the visitor changes what it set.

    choices: example id -> {widget key: value}. labels: example id -> its name on the screen. Returns the example that stands in the fields
    now. Call it before the widgets that it sets.
    """

    def apply() -> None:
        st.session_state.update(choices.get(st.session_state[key] or "", {}))

    asked = st.query_params.get(key)
    if key not in st.session_state and asked is not None and asked in choices:
        in_address = set(st.query_params)
        st.session_state.update(
            {name: value for name, value in choices[asked].items() if name not in in_address and name not in st.session_state}
        )
    begin_in_address(key, list(choices), None)
    if (chosen := st.session_state[key]) is not None and not _holds(choices[chosen]):
        st.session_state[key] = None
    chosen = st.selectbox(
        t("common.examples"),
        list(choices),
        format_func=lambda name: labels.get(name, name),
        key=key,
        index=None,
        on_change=apply,
        persist_state="session",
        label_visibility="collapsed",
        placeholder=t("common.examples"),
        filter_mode=None,
    )
    keep_in_address(key, chosen, None)
    return chosen


def _holds(values: Mapping[str, object]) -> bool:
    """Whether the fields still hold what an example set."""
    return all(st.session_state.get(name, value) == value for name, value in values.items())
