"""Measurements of this machine: begun by a button, with progress and a way to stop, then kept for every visitor."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import streamlit as st

from components.errors import UserError

from .language import t

MAX_KEPT = 32  # results of other settings; the longest unused goes first


class BusyError(UserError):
    """Another measurement is running: two at once would measure each other."""


class _Kept:
    def __init__(self):
        self.running = threading.Lock()
        self.results: OrderedDict[Hashable, list] = OrderedDict()
        self.guard = threading.Lock()


_KEPT = _Kept()  # for the process: what one visitor measured, the next one sees


def measured(key: str, settings: Sequence[Hashable], begin: Callable[[], Iterator[Any]], *, total: int, label: str) -> list | None:
    """What `begin()` yielded when it was run to its end, kept for the process under (key, *settings); None until then.

    Shows a button named `label`; while it runs, a bar over `total` steps and a button to stop. Raises BusyError while another
    measurement runs.
    """
    kept, place = _KEPT, (key, *settings)
    with kept.guard:
        result = kept.results.get(place)
        if result is not None:
            kept.results.move_to_end(place)
    again = t("measure.again") if result is not None else label
    area = st.empty()
    kind = "tertiary" if result is not None else "secondary"
    if not area.button(again, key=f"measure-{key}", icon=":material/speed:", type=kind):
        return result
    with area.container():
        found = _run(kept, begin, key, total)
    area.empty()
    with kept.guard:
        kept.results[place] = found
        while len(kept.results) > MAX_KEPT:
            kept.results.popitem(last=False)
    area.button(t("measure.again"), key=f"measure-again-{key}", icon=":material/speed:", type="tertiary")
    return found


def _run(kept: _Kept, begin: Callable[[], Iterator[Any]], key: str, total: int) -> list:
    if not kept.running.acquire(blocking=False):
        raise BusyError("measure.busy")
    try:
        bar = st.progress(0.0, t("measure.progress", done=0, total=total))
        st.button(t("measure.stop"), key=f"measure-stop-{key}", icon=":material/stop:")  # any click reruns the page, which ends this run
        found = []
        for step in begin():
            found.append(step)
            bar.progress(min(len(found) / total, 1.0), t("measure.progress", done=len(found), total=total))
        return found
    finally:
        kept.running.release()
