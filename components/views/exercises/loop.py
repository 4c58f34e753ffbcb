"""Exercise 5: the scaffold with its tests to download, and the finished loop run on sample reviews, in a process of its own."""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pandas as pd
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.theme import VALUE_COLOUR
from components.messages import CONTENT
from components.models import bundled
from components.models import files as model_files
from components.ui.state.language import language, t
from components.ui.widgets.figures import show_figure

FILES = CONTENT / "exercises"
SOLUTION = FILES / "sentiment_solution.py"
EPOCHS = 5
MOST_SECONDS = 600
MOST_BYTES = 100_000  # of its output that are shown
MOST_RUNS = 1  # at once on this machine, for all visitors: a training run wants both processors
RUN = "ex_run"
_slots = threading.BoundedSemaphore(MOST_RUNS)


@dataclass
class LoopRun:
    """The finished loop at work: what it prints goes to `output`, a file without a name that is gone when nobody holds it."""

    process: subprocess.Popen
    output: IO[bytes]
    started: float

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def text(self) -> str:
        # Read at a place of its own: reading on from the file's position would move the place where the process writes.
        return os.pread(self.output.fileno(), MOST_BYTES, 0).decode("utf-8", errors="replace")

    def losses(self) -> list[float]:
        """Mean loss of each finished epoch."""
        return [float(loss) for loss in re.findall(r"^epoch \d+/\d+  loss ([\d.]+)$", self.text(), re.MULTILINE)]

    def stop(self) -> None:
        if self.running:
            self.process.terminate()


def sample() -> tuple[Path, str]:
    """The sample reviews in the visitor's language where a bundled model reads it, else the English ones; and that model."""
    models = bundled.models_for(language())
    models = models if model_files.bundled_complete(models.encoder) else bundled.ENGLISH
    return FILES / f"reviews_{models.language}.csv", models.encoder


def start(data: Path, model_id: str, seed: int) -> LoopRun | None:
    """Runs sentiment_solution.py itself, as a visitor would at home; None while another visitor's run is under way."""
    if not _slots.acquire(blocking=False):
        return None
    try:
        output = tempfile.TemporaryFile()  # noqa: SIM115 - the run keeps it open
        folder = model_files.find(model_id).folder
        command = [
            sys.executable,
            str(SOLUTION),
            str(data),
            "--model",
            str(folder),
            "--epochs",
            str(EPOCHS),
            "--max-length",
            "32",
            "--seed",
            str(seed),
        ]
        environment = os.environ | {
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": "1",
        }
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment)
    except BaseException:
        _slots.release()
        raise
    threading.Thread(target=_watch, args=(process,), daemon=True, name="exercise loop").start()
    return LoopRun(process, output, time.monotonic())


def _watch(process: subprocess.Popen) -> None:
    """Gives the slot back when the run ends; ends it when it takes too long, also for a visitor who has left."""
    try:
        process.wait(MOST_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        _slots.release()


def show_loop() -> None:
    """Downloads, then the run."""
    data, model_id = sample()
    _show_downloads(data)
    reviews = pd.read_csv(data, dtype=str, keep_default_na=False)
    with st.expander(t("exercises.sample", rows=len(reviews)), icon=":material/table_rows:"):
        st.dataframe(reviews, hide_index=True, height=220)
    if model_id != bundled.models_for(language()).encoder:
        st.caption(t("exercises.english_sample"))
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    seed = int(left.number_input(t("common.seed"), 0, 9_999, 0, key="ex_seed", bind="query-params"))
    right.button(
        t("exercises.run"), type="primary", icon=":material/play_arrow:", key="ex_start", on_click=_begin, args=(data, model_id, seed)
    )
    if st.session_state.pop("ex_busy", False):
        st.info(t("exercises.busy"), icon=":material/hourglass_top:")
    if RUN in st.session_state:
        _show_run()


def _show_downloads(data: Path) -> None:
    st.markdown(t("exercises.downloads"))
    with st.container(horizontal=True):
        for name, path in (("scaffold", FILES / "sentiment.py"), ("tests", FILES / "test_sentiment.py"), ("reviews", data)):
            st.download_button(
                t(f"exercises.{name}"),
                path.read_bytes(),
                file_name="reviews.csv" if path.suffix == ".csv" else path.name,
                mime="text/csv" if path.suffix == ".csv" else "text/x-python",
                key=f"ex_download_{name}",
                on_click="ignore",
                icon=":material/download:",
            )


def _begin(data: Path, model_id: str, seed: int) -> None:
    if RUN in st.session_state:
        st.session_state[RUN].stop()
        st.session_state[RUN].process.wait(10)
        time.sleep(0.1)  # the watcher gives the slot back
    run = start(data, model_id, seed)
    if run is None:
        st.session_state["ex_busy"] = True
    else:
        st.session_state[RUN] = run


def _show_run() -> None:
    """The run, drawn anew every moment while it is under way."""
    watching = st.session_state[RUN].running
    st.fragment(_draw_run, run_every=1.5 if watching else None)(watching)


def _draw_run(watching: bool) -> None:
    """How far the run is, what it printed, and its losses."""
    run: LoopRun = st.session_state[RUN]
    if watching and not run.running:
        st.rerun()  # once more, without the clock
    losses = run.losses()
    if run.running:
        seconds = int(time.monotonic() - run.started)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(len(losses) / EPOCHS, t("exercises.progress", done=len(losses), count=EPOCHS, seconds=seconds))
            st.button(t("exercises.stop"), icon=":material/stop:", key="ex_stop", on_click=run.stop)
    elif run.process.returncode != 0:
        st.warning(t("exercises.stopped"), icon=":material/stop_circle:")
    if run.text():
        st.code(run.text(), language=None, wrap_lines=True)
    if not run.running and len(losses) > 1:
        curves = [Curve(t("exercises.loss"), losses, VALUE_COLOUR)]
        show_figure(
            line_figure(
                range(1, len(losses) + 1), curves, x_title=t("exercises.epoch"), y_title=t("exercises.loss"), markers=True, height=240
            ),
            key="exercises-loss",
            caption=t("exercises.loss_caption"),
            alt=t("exercises.loss_alt", first=losses[0], last=losses[-1]),
            data=lambda: line_table(range(1, len(losses) + 1), curves, x_title="epoch"),
        )


def scaffold() -> str:
    """The loop as the visitor finds it: what each part should do, and where its code is missing."""
    return (FILES / "sentiment.py").read_text(encoding="utf-8")


def solution() -> str:
    """The finished loop's code."""
    return SOLUTION.read_text(encoding="utf-8")
