"""Who may look at whom: the mask that the visitor chooses, and whether scores are divided by the root."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.transformer import masks
from components.transformer.attention import MAX_TOKENS
from components.ui.state.language import t
from components.ui.widgets.address import choice

from .inputs import AttentionInput, AttentionInputError

MASKS = ("none", "causal", "padding", "own")
MAX_OWN = 64  # words of a mask that is ticked by hand


@dataclass(frozen=True, eq=False)
class ChosenMask:
    """allowed (n_q, n_k), True = may attend; settings: the same as the code snippet's assignments."""

    allowed: np.ndarray
    causal: bool = False
    padding: int = 0

    @property
    def settings(self) -> dict[str, object]:
        own = not self.causal and not self.padding
        hidden = [(int(row), int(column)) for row, column in np.argwhere(~self.allowed)] if own else []
        return {"causal": self.causal, "padding": self.padding, "hidden": hidden}


def choose_mask(names: AttentionInput, gear: DeltaGenerator, editors: DeltaGenerator) -> ChosenMask:
    """The mask's controls behind the gear, the table of an own one in `editors`. Raises AttentionInputError."""
    n_q, n_k = len(names.query_names), len(names.key_names)
    with gear:
        kind = choice(
            t("attention.mask"), MASKS, key="att_mask", label_of=lambda name: t(f"attention.mask_{name}"), widget=st.selectbox,
            help=t("attention.mask_help"),
        )  # fmt: skip
        if kind == "padding":
            asked = int(st.number_input(t("attention.padding"), 0, MAX_TOKENS, 1, key="att_padding", bind="query-params"))
            padding = min(asked, n_k)
            return ChosenMask(masks.padding_mask(n_q, n_k, n_k - padding), padding=padding)
    if kind == "causal":
        return ChosenMask(masks.causal_mask(n_q, n_k), causal=True)
    if kind == "own":
        with editors:
            return ChosenMask(_own_mask(names.query_names, names.key_names))
    return ChosenMask(masks.no_mask(n_q, n_k))


def choose_scale(gear: DeltaGenerator) -> bool:
    """Whether scores are divided by the root of the dimension."""
    with gear:
        return st.toggle(t("attention.scale"), value=True, key="att_scale", bind="query-params")


def hide_later() -> None:
    """The causal mask by a tick beside the figure, the same choice as behind the gear."""
    st.session_state["att_mask"] = "causal" if st.session_state["att_later"] else "none"


def _own_mask(queries: Sequence[str], keys: Sequence[str]) -> np.ndarray:
    if max(len(queries), len(keys)) > MAX_OWN:
        raise AttentionInputError("attention.own_mask_too_large", found=max(len(queries), len(keys)), most=MAX_OWN)
    st.caption(t("attention.own_mask_help"))
    frame = pd.DataFrame(
        np.ones((len(queries), len(keys)), dtype=bool),
        columns=[f"{i + 1} {name}" for i, name in enumerate(keys)],
        index=[f"{i + 1} {name}" for i, name in enumerate(queries)],
    )
    edited = st.data_editor(frame, key=f"att_own_mask:{len(queries)}:{len(keys)}", height=min(35 * len(queries) + 38, 420))
    return edited.fillna(True).to_numpy(dtype=bool)
