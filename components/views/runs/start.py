"""What a fine-tuning costs, and the button that starts it."""

from dataclasses import replace
from typing import Any

import streamlit as st

from components.errors import TrainingError
from components.training.backbones import token_counter
from components.training.doctor import Report
from components.training.estimate import predict, request_measurement, speed_key
from components.training.relabelled import RELABELLED, remembered
from components.training.runs import Estimate, Run
from components.training.settings import Settings
from components.training.splits import check_groups
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.state.runs import ACTIVE, between, launcher, megabytes, next_name, open_run, store
from components.ui.state.visitor import network, visitor_key
from components.ui.widgets.errors import guarded, sentence

from .data import TrainingData
from .rows_used import ACCOUNT
from .samples import SAMPLE, sample_of

LENGTH_SAMPLE = 500
PRESSED = "tune:pressed"


def choose_name(data: TrainingData) -> str:
    """What the model will be called."""
    return st.text_input(t("tune.name"), _default_name(data), key=f"tune:name:{data.upload.signature}", max_chars=100)


def show_start(data: TrainingData, settings: Settings, report: Report, name: str, place: st.delta_generator.DeltaGenerator) -> None:
    """The button that starts it, in `place`; here, what it will cost, and what stands in its way."""
    estimate = _estimate(data, settings)
    busy = [run for run in store().runs(visitor_key()) if run.state in ACTIVE]
    apart = _rows_apart(data, settings)
    if not report.trainable:
        st.warning(t("tune.not_trainable"), icon=":material/block:")
    if busy:
        st.caption(t("tune.others_first", n=len(busy)))

    place.button(
        t("tune.start", rows=f"{data.account.used:,}"),
        type="primary",
        disabled=not (report.trainable and apart),
        key="tune:start",
        on_click=press,
        args=(data,),
    )
    if st.session_state.pop(PRESSED, None) == data.signature and report.trainable and apart:
        with guarded():
            begin(data, settings, name, estimate)
            st.rerun()
    limits = store().limits
    if estimate and estimate.memory_bytes > limits.worker_bytes:
        st.warning(t("tune.too_much_memory", memory=megabytes(limits.worker_bytes)), icon=":material/memory:")


def press(data: TrainingData) -> None:
    """Starts the training of `data` when the page has been drawn again: a callback has only the settings of the page as it was before, and whoever
    presses right after typing a number of epochs means the new one."""
    st.session_state[PRESSED] = data.signature


def begin(data: TrainingData, settings: Settings, name: str, estimate: Estimate | None = None) -> None:
    """Queues the training and opens its run. Raises TrainingError where a quota is full."""
    run, _ = store().create(visitor_key(), settings, data.frame, name, run_facts(data), estimate=estimate, network=network())
    launcher().ensure()
    open_run(run.id)


def run_facts(data: TrainingData) -> dict[str, Any]:
    """What a run remembers of its data."""
    facts: dict[str, Any] = {
        "name": data.upload.name,
        "encoding": data.upload.table.encoding,
        "fixes": [fix.kind for fix in data.fixes],
    }
    facts[ACCOUNT] = data.account.to_json()
    if mended := remembered(data.fixes, data.origin):
        facts[RELABELLED] = mended
    if sample := sample_of(data.upload):
        facts[SAMPLE] = sample.id
    if data.origin:
        facts |= {name: data.origin.data[name] for name in (SAMPLE,) if name in data.origin.data}
        facts |= {"from": data.origin.id, "fixes": data.origin.data.get("fixes", []) + facts["fixes"]}
    return facts


def show_limits() -> None:
    """What may be kept here, and for how long."""
    limits = store().limits
    values = {"size": megabytes(limits.bytes), "memory": megabytes(limits.worker_bytes), "days": limits.days}
    st.caption(t("tune.limits", runs=limits.runs, **values))


def _rows_apart(data: TrainingData, settings: Settings) -> bool:
    """Whether the column of rows that belong together leaves any apart; says so where it does not."""
    try:
        check_groups(data.frame, settings)
    except TrainingError as error:
        st.warning(sentence(error), icon=":material/block:")
        return False
    return True


def _estimate(data: TrainingData, settings: Settings) -> Estimate | None:
    """The prediction, or the measuring that leads to it: a few steps of this kind of training, run once."""
    launcher().ensure()
    lengths = _lengths(data, settings)
    estimate = predict(store(), settings, lengths, len(data.frame))
    if estimate:
        st.markdown(
            t(
                "tune.estimate",
                time=between(estimate.low_seconds, estimate.high_seconds),
                memory=megabytes(estimate.memory_bytes),
                disk=megabytes(estimate.disk_bytes),
                kept=megabytes(estimate.kept_bytes),
            )
        )
        return estimate
    measuring = f"tune:measuring:{speed_key(settings)}"
    if measuring not in st.session_state:
        run, owner = request_measurement(store(), visitor_key(), replace(settings, epochs=1), data.frame)
        st.session_state[measuring] = (run.id, owner)
    _wait_for_measurement(*st.session_state[measuring])
    return None


@st.fragment(run_every=1.0)
def _wait_for_measurement(id: str, owner: str) -> None:
    run: Run = store().get(id, owner)
    if run.state in ACTIVE:
        launcher().ensure()
        st.markdown(f":material/speed: {t('tune.measuring')}")
    elif run.state == "done":
        st.rerun()
    else:
        key, values = run.reason
        st.caption(t("tune.not_measured", reason=t(key, **values) if key else ""))


def _lengths(data: TrainingData, settings: Settings) -> list[int]:
    """Tokens of a sample of the texts, kept until the data or the model changes."""

    def count() -> list[int]:
        frame = data.frame
        sample = frame if len(frame) <= LENGTH_SAMPLE else frame.sample(LENGTH_SAMPLE, random_state=0)
        read = [name for name in (data.columns.text, data.columns.second) if name]
        counts = [token_counter(settings.backbone)(sample[name].tolist()) for name in read]
        return [sum(row) for row in zip(*counts, strict=True)]

    return kept("tune:lengths", (data.signature, settings.backbone), count)


def _default_name(data: TrainingData) -> str:
    """The file's, or that of the run before, counted on."""
    return next_name(data.origin.name) if data.origin else data.upload.name.rsplit(".", 1)[0]
