"""The bundled samples of the fine-tuning page: one click sets the file, the task and with it the columns."""

from functools import lru_cache

import streamlit as st

from components.models import bundled
from components.models import files as model_files
from components.training.samples_list import SAMPLES, SampleTable
from components.ui.state.language import language, t
from components.ui.widgets.examples import examples
from components.ui.widgets.tables import Source, Upload, source_key

CHOICE = "tune_sample"


def able_to_adapt(spoken: str) -> bool:
    """Whether a masked language model of `spoken` is here, to go on training."""
    return trainable(spoken) and model_files.bundled_complete(bundled.models_for(spoken).masked_lm)


def trainable(spoken: str) -> bool:
    """Whether the bundled backbone of a language is here."""
    return model_files.bundled_complete(bundled.models_for(spoken).backbone)


def choose_sample(key: str) -> None:
    """The samples as a row of examples, those of the visitor's language first; where they are from stands below. Call it before the
    widgets that it sets: the task, and the upload `key`."""
    offered = {sample.id: sample for sample in sorted(SAMPLES, key=lambda sample: sample.language != language()) if _usable(sample)}
    source: Source | None = st.session_state.get(source_key(key))
    chosen = offered.get(st.session_state.get(CHOICE) or "")
    if chosen and (source is None or source.digest != _source(chosen).digest):  # a file of their own came after it
        st.session_state[CHOICE] = None
    sets = {id: {source_key(key): _source(sample), "tune_task": sample.task} for id, sample in offered.items()}
    examples(CHOICE, sets, {id: t(sample.title) for id, sample in offered.items()})
    if len(offered) < len(SAMPLES):
        st.caption(t("tune.samples_missing"))


def show_origins() -> None:
    """What each sample is, from whom, and under which licence."""
    for sample in SAMPLES:
        if _usable(sample):
            st.caption(f"**{t(sample.title)}** · {_origin(sample)}")


def show_origin(upload: Upload) -> None:
    """Where the table is from, if it is a sample."""
    if sample := sample_of(upload):
        st.caption(_origin(sample))


def sample_of(upload: Upload) -> SampleTable | None:
    """The sample that `upload` is, by its content."""
    return next((sample for sample in SAMPLES if upload.signature.startswith(_source(sample).digest)), None)


def _origin(sample: SampleTable) -> str:
    return t("tune.sample_origin", n=f"{sample.rows:,}", task=t(f"tune.task_{sample.task}"), source=sample.source, licence=sample.licence)


def _usable(sample: SampleTable) -> bool:
    return able_to_adapt(sample.language) if sample.task == "domain_adaptation" else trainable(sample.language)


@lru_cache(maxsize=len(SAMPLES))
def _source(sample: SampleTable) -> Source:
    return Source.of(sample.path.name, sample.path.read_bytes())
