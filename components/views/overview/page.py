"""Home: a sentence as a model reads it, the stations on the way, and three doors into the app."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.errors import UserError
from components.ui.state.language import language, t
from components.ui.state.sentence import carried, carry
from components.ui.widgets.address import typed_text
from components.ui.widgets.bench import bench, example_menu, sentence_field
from components.ui.widgets.errors import guarded
from components.ui.widgets.pages import link_to
from components.ui.widgets.token_line import Word, token_line

from .reading import EXAMPLES, MOST, Reading, example, read
from .stations import follow_station, show_stations

TEXT, EDITING, OPENED = "home_text", "home_editing", "home_opened"
HEIGHT, UNDER = 200, 94  # pixels of the line and of what stands under it: the bench takes the same room
DOORS = ("attention", "classification", "fine_tune")
SIZE = 36


class HomeError(UserError):
    """A sentence that can't be shown."""


def show_sentence() -> None:
    """The sentence with the threads of one head over it, or the bench in its place; under both the stations."""
    follow_station()
    typed_text(TEXT, carried() or _first())
    text, fault = st.session_state[TEXT].strip(), _fault(st.session_state[TEXT].strip())
    if st.session_state.get(EDITING) and fault is None and text != st.session_state.get(OPENED):
        _close()
    place = st.empty()
    if st.session_state.get(EDITING):
        with place.container(height=HEIGHT + UNDER, border=False, vertical_alignment="center", key="home-bench"):
            _edit(fault)
        show_stations(example(language()) if fault else _reading(text, place), line="home_line", close=_close)
    else:
        reading = example(language()) if fault else _reading(text, place)
        with place.container():
            _show_line(reading)
        show_stations(reading, line="home_line", close=None)


def show_doors() -> None:
    """How it works, one's own sentence, a model of one's own; under them the way to the lesson plans."""
    with st.container(horizontal=True, key="doors"):
        for page in DOORS:
            with st.container(key=f"door-{page}"):
                link_to(page, t(f"overview.door_{page}"))
                st.caption(t(f"overview.behind_{page}"))
    link_to("teach", t("teach.to"), icon="")


def _first() -> str:
    return EXAMPLES[language()][0]


def _fault(text: str) -> HomeError | None:
    """Why a sentence can't be read here, if it can't."""
    if not text:
        return HomeError("overview.no_text")
    return HomeError("overview.too_long", found=len(text), most=MOST) if len(text) > MOST else None


def _reading(text: str, place: DeltaGenerator) -> Reading:
    """The example's from its file, without a model; of any other sentence what the model says, waited for in `place`, or the example's where it
    says nothing."""
    if text != _first():
        with guarded(), place, st.spinner(t("overview.reading")):
            return _read(text)
    return example(language())


@st.cache_data(max_entries=64, ttl=3600, show_spinner=False)
def _read(text: str) -> Reading:
    return read(text)


def _show_line(reading: Reading) -> None:
    words = [Word(label, special=special) for label, special in zip(reading.labels, reading.special, strict=True)]
    token_line(
        words,
        np.array(reading.weights) / 1000,
        key="home_line",
        label=reading.text,
        chosen=reading.start,
        below=True,
        height=HEIGHT,
        size=SIZE,
    )
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="home-under"):
        st.caption(t("overview.head", layer=reading.layer, head=reading.head), width="content")
        st.button(t("overview.change"), key="home_change", type="tertiary", on_click=_open)


def _examples() -> dict[str, str]:
    return {"first": _first()} | {name: t(f"overview.{name}") for name in ("example_1", "example_2")}


def _edit(fault: HomeError | None) -> None:
    """The bench, with why its sentence can't be read. Its button closes it, and so does a new sentence that was typed or chosen."""
    bar, texts = bench("home"), _examples()
    with bar.examples:
        example_menu(
            "home_example", {name: {TEXT: text} for name, text in texts.items()}, {name: t(f"overview.ask_{name}") for name in texts}
        )
    with bar.field:
        sentence_field(TEXT, t("overview.sentence"), _first(), examples=texts)
    bar.run(t("overview.untie"), on_click=_close)
    with guarded():
        if fault:
            raise fault


def _open() -> None:
    st.session_state[EDITING], st.session_state[OPENED] = True, st.session_state[TEXT].strip()


def _close() -> None:
    """Brings the line back. What was typed is taken along here, since the field that does so is not drawn any more."""
    st.session_state[EDITING] = False
    st.query_params.pop("home_example", None)
    if st.session_state[TEXT] not in _examples().values():
        carry(st.session_state[TEXT])
