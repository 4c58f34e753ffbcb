"""The bar of a class link: which step of the lesson this is, the teacher's note, back and on. It goes along to every page until it is closed."""

import re
from typing import NoReturn

import streamlit as st

from components.ui.state.keys import PREFIXES
from components.ui.state.language import language, t
from components.ui.state.lesson import LESSON, STEP, LessonError, Step, unpack

from .address import keep_in_address
from .errors import guarded
from .escaped import escaped_markdown

GO = "lesson:go"  # the step that a button asked for
TYPED_THERE = (
    "exercises",
    "label",
    "fine_tune",
    "my_models",
)  # what a visitor wrote or trains there stays; only what the step names is set anew


def follow_lesson(page: str) -> None:
    """Call it first on each page: reads the lesson from the address, keeps it there, and goes to the step that is asked for."""
    try:
        steps = _steps()
    except LessonError as error:
        with guarded():
            raise error
        return
    if not steps:
        return
    go, now = st.session_state.pop(GO, None), _step(len(steps))
    if go or now is None:
        _open(steps, go or 1)
    st.session_state[STEP] = str(now)
    for name in (LESSON, STEP):
        keep_in_address(name, st.session_state[name], None)
    _show(page, steps, now)


def _steps() -> tuple[Step, ...]:
    """The lesson in the address, else the one that the visit is in; empty without one. Raises LessonError."""
    asked = st.query_params.get(LESSON)
    if asked is None:
        return unpack(st.session_state[LESSON]) if LESSON in st.session_state else ()
    steps = unpack(asked)
    if st.session_state.get(LESSON) != asked:
        st.session_state[LESSON] = asked
        st.session_state.pop(STEP, None)
    return steps


def _step(count: int) -> int | None:
    """Which step the address, or the visit, is at; None before the first."""
    for asked in (st.query_params.get(STEP, ""), st.session_state.get(STEP, "")):
        if re.fullmatch(r"[0-9]{1,2}", asked) and 1 <= int(asked) <= count:
            return int(asked)
    return None


def _open(steps: tuple[Step, ...], number: int) -> NoReturn:
    """Goes to a step as its teacher made it, whatever the visitor has set on that page before."""
    step = steps[number - 1]
    named = {key for key, _ in step.settings}
    for key in [str(key) for key in st.session_state]:
        if key in named or (step.page not in TYPED_THERE and any(key.startswith(f"{prefix}_") for prefix in PREFIXES[step.page])):
            del st.session_state[key]
    st.session_state[STEP] = str(number)
    kept = {key: st.query_params[key] for key in ("visitor",) if key in st.query_params}
    own = {"lang": language(), LESSON: st.session_state[LESSON], STEP: str(number)}
    st.switch_page(f"pages/{step.page}.py", query_params={**dict(step.settings), **kept, **own})


def _show(page: str, steps: tuple[Step, ...], now: int) -> None:
    step = steps[now - 1]

    def go(number: int) -> None:
        st.session_state[GO] = number

    with st.container(horizontal=True, vertical_alignment="center", key="lesson-bar"):
        back, on = now > 1, now < len(steps)
        st.button(t("lesson.back"), key="lesson-back", icon=":material/arrow_back:", disabled=not back, on_click=go, args=(now - 1,))
        said = t("lesson.step", step=now, steps=len(steps), title=t(f"{step.page}.title"))
        st.markdown(f"**{said}** {escaped_markdown(step.note)}", width="stretch")
        if page != step.page:
            st.button(t("lesson.return"), key="lesson-return", on_click=go, args=(now,))
        st.button(t("lesson.on"), key="lesson-on", icon=":material/arrow_forward:", disabled=not on, on_click=go, args=(now + 1,))
        st.button(t("lesson.close"), key="lesson-close", type="tertiary", on_click=_close)


def _close() -> None:
    for name in (LESSON, STEP):
        st.session_state.pop(name, None)
        st.query_params.pop(name, None)
