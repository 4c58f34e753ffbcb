"""Measurements of this machine: begun by a button, with progress and a way to stop, then kept for every visitor."""

import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Literal

import streamlit as st

from components.errors import UserError

from .language import t
from .recent import Recent


class BusyError(UserError):
    """Another measurement is running: two at once would measure each other."""


# For the process: what one visitor measured, the next one sees.
_RESULTS: Recent[Hashable, list] = Recent(32)
_MACHINE = threading.Lock()


def measured(key: str, settings: Sequence[Hashable], begin: Callable[[], Iterator[Any]], *, total: int, label: str) -> list | None:
    """What `begin()` yielded when it was run to its end, kept for the process under (key, *settings); None until then.

    Shows a button named `label`; while it runs, a bar over `total` steps and a button to stop. Raises BusyError while another
    measurement runs.
    """
    result = _RESULTS.peek((key, *settings))
    again = t("measure.again") if result is not None else label
    area = st.empty()
    kind: Literal["tertiary", "secondary"] = "tertiary" if result is not None else "secondary"
    if not area.button(again, key=f"measure-{key}", icon=":material/speed:", type=kind):
        return result
    with area.container():
        result = _run(begin, key, total)
    area.empty()
    _RESULTS.put((key, *settings), result)
    area.button(t("measure.again"), key=f"measure-again-{key}", icon=":material/speed:", type="tertiary")
    return result


def _run(begin: Callable[[], Iterator[Any]], key: str, total: int) -> list:
    if not _MACHINE.acquire(blocking=False):
        raise BusyError("measure.busy")
    try:
        bar = st.progress(0.0, t("measure.progress", done=0, total=total))
        st.button(t("measure.stop"), key=f"measure-stop-{key}", icon=":material/stop:")  # any click reruns the page, which ends this run
        steps = []
        for step in begin():
            steps.append(step)
            bar.progress(min(len(steps) / total, 1.0), t("measure.progress", done=len(steps), total=total))
        return steps
    finally:
        _MACHINE.release()
