"""The button that stops a training. It says that it is stopping at the press itself, in the browser: the next look at the run may be a second
away, and more on a busy machine."""

from collections.abc import Callable

import streamlit as st

_STOP = st.components.v2.component(
    "himotoku_stop",
    html="<button type='button'></button>",
    css="""
button { font: inherit; font-size: .9rem; width: 100%; min-height: 42px; padding: 0 .4rem; cursor: pointer; white-space: nowrap; border-radius: 8px;
  color: var(--hi-ink); background: var(--hi-raise); border: 1px solid var(--hi-edge); }
button:hover:enabled { background: var(--hi-ai-weak); }
button:focus-visible { outline: 2px solid var(--hi-ai); outline-offset: 2px; }
button:disabled { cursor: default; color: var(--hi-ink2); border-style: dashed; }
""",
    js="""
export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  const show = (stopping) => {
    button.textContent = stopping ? data.stopping : data.label;
    button.disabled = stopping;
  };
  const pressed = button.dataset.pressed === data.run;
  show(data.stops || pressed);
  button.onclick = () => {
    button.dataset.pressed = data.run;
    show(true);
    setTriggerValue("pressed", true);
  };
}
""",
)


def stop_button(run: str, label: str, stopping: str, *, stops: bool, stop: Callable[[], None]) -> None:
    """A button `label` that calls `stop` and reads `stopping` from then on, or at once where the run `run` already `stops`."""
    _STOP(
        key="runs-stop",
        data={"run": run, "label": label, "stopping": stopping, "stops": stops},
        on_pressed_change=stop,
    )
