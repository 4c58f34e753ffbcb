"""A position as sixteen clocks of different speeds, and the same numbers as a field and as waves, all under one cursor.

Own front-end code (clocks.js and .css beside this file): the sines are computed in the browser, so that moving the handle is no run of the page; 300 ms
of rest put position and clock into the address.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from components.transformer.positional import BASE, sinusoidal, wavelengths
from components.ui.state.language import t
from components.ui.widgets.address import keep_in_address, place_in_address
from components.ui.widgets.figures import figure_foot

PLACE, CLOCK = "pe_at", "pe_clock"
LENGTH, PAIRS = 64, 16
FIRST_PLACE, FIRST_CLOCK = 12, 3
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_clocks",
    html="<div class='all'></div>",
    css=(_HERE / "clocks.css").read_text(encoding="utf-8"),
    js=(_HERE / "clocks.js").read_text(encoding="utf-8"),
)


def show_clocks() -> dict[str, object]:
    """Clocks, field, waves and likeness of one position. Returns the snippet's settings."""
    place, clock = _kept(PLACE, LENGTH, FIRST_PLACE), _kept(CLOCK, PAIRS, FIRST_CLOCK)

    def picked() -> None:
        found = st.session_state["pe_clocks"].picked
        if isinstance(found, list) and len(found) == 2:
            st.session_state[PLACE], st.session_state[CLOCK] = int(found[0]), int(found[1])

    mark, second = "\ue000", "\ue001"
    _COMPONENT(
        key="pe_clocks",
        data={
            "length": LENGTH,
            "pairs": PAIRS,
            "base": BASE,
            "place": place,
            "pair": clock,
            "said": {
                "finding": [clock_finding(at) for at in range(LENGTH)],
                "place": t("positional.position_axis"),
                "play": t("positional.play"),
                "stop": t("positional.stop"),
                "clocks": t("positional.clocks_label"),
                "clock": t("positional.clock", number=mark),
                "round": t("positional.clock_round", number=mark, length=second),
                "fast": t("positional.fast"),
                "slow": t("positional.slow"),
                "sine": t("positional.sine"),
                "cosine": t("positional.cosine"),
                "like": t("positional.likeness", position=mark),
            },
        },
        on_picked_change=picked,
        height="content",
    )
    figure_foot(
        key="positional-field",
        caption=t("positional.field_caption"),
        data=lambda: pd.DataFrame(sinusoidal(LENGTH, 2 * PAIRS), index=pd.Index(np.arange(LENGTH), name="position")),
    )
    return {"d_model": 2 * PAIRS, "length": LENGTH, "position": place, "offset": 1}


def clock_finding(place: int) -> str:
    """How far the fastest and the slowest hand have turned at a position."""
    if place == 0:
        return t("positional.clocks_begin")
    lengths = wavelengths(2 * PAIRS)
    turns, degrees = place / lengths[0], 360 * place / lengths[-1]
    return t("positional.clocks_finding", position=place, turns=f"{turns:.1f}", degrees=f"{math.floor(degrees * 10 + 0.5) / 10:.1f}")


def _kept(key: str, count: int, usual: int) -> int:
    """A place from 0 to count - 1, in the session and in the address."""
    if key not in st.session_state:
        st.session_state[key] = place_in_address(key, range(count), usual)
    place = min(max(int(st.session_state[key]), 0), count - 1)
    keep_in_address(key, str(place), str(usual))
    return place
