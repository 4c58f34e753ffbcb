"""Six stations between a sentence and its answer, each a small figure of the word under the finger; each leads to its page.

Own front-end code (stations.js and .css beside this file), because the figures follow the line of words above them without a run of the page:
they listen to `himotoku-word` of `components.ui.widgets.token_line`. Texts become text nodes, never HTML.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from components.ui.state.language import language, t
from components.ui.widgets.escaped import printable
from components.ui.widgets.token_line import threads

from .reading import SHOWN_NUMBERS, STRONGEST, Reading

# Station -> the page it leads to, with its settings.
STATIONS = {
    "characters": ("tokens", {}),
    "tokens": ("tokens", {"tok_part": "input"}),
    "vector": ("positional", {}),
    "attention": ("attention", {}),
    "feed_forward": ("feed_forward", {}),
    "answer": ("similarity", {}),
}
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_stations",
    html="<ol></ol>",
    css=(_HERE / "stations.css").read_text(encoding="utf-8"),
    js=(_HERE / "stations.js").read_text(encoding="utf-8"),
)


def show_stations(reading: Reading, line: str, close: Callable[[], None] | None) -> None:
    """Draws them for the word that the line of that key shows; a click leads on. close: of the bench that stands in the line's place, called
    where Escape is pressed."""

    def go() -> None:
        st.session_state["home_go"] = st.session_state["home_stations"].go

    def escaped() -> None:
        if close:
            close()

    values = {
        "characters": len(reading.text),
        "words": reading.special.count(False),
        "width": reading.width,
        "shown": min(SHOWN_NUMBERS, reading.width),
        "strongest": STRONGEST,
    }
    _COMPONENT(
        key="home_stations",
        data={
            "line": line,
            "editing": close is not None,
            "start": reading.start,
            "labels": [printable(label) for label in reading.labels],
            "tokens": [[printable(token) for token in tokens] for tokens in reading.tokens],
            "ids": reading.ids,
            "threads": threads(np.array(reading.weights) / 1000),
            "vectors": reading.vectors,
            "neurons": reading.neurons,
            "others": [reading.near, reading.far],
            "language": language(),
            "stations": [
                {
                    "name": name,
                    "title": t(f"overview.station_{name}"),
                    "about": t(f"overview.about_{name}", **values),
                    "page": page,
                    "query": query,
                }
                for name, (page, query) in STATIONS.items()
            ],
        },
        on_go_change=go,
        on_escaped_change=escaped,
        height="content",
    )


def follow_station() -> None:
    """Goes to the page of the station that was clicked, if one was."""
    if (name := st.session_state.pop("home_go", None)) in STATIONS:
        page, query = STATIONS[name]
        st.switch_page(f"pages/{page}.py", query_params={"lang": language(), **query})
