"""The bundled samples of the fine-tuning page: one click sets the file, the task and with it the columns."""

from functools import lru_cache

import streamlit as st

from components.models import bundled
from components.models import files as model_files
from components.training.sample_runs import SampleRun, sample_runs
from components.training.samples_list import SAMPLES, SampleTable
from components.training.settings import TASKS
from components.ui.state.language import language, t
from components.ui.state.runs import store
from components.ui.widgets.address import begin_in_address
from components.ui.widgets.bench import example_menu
from components.ui.widgets.tables import Source, Upload, source_key

CHOICE = "tune_sample"
SAMPLE = "sample"  # the place of a sample's id in a run's data


def able_to_adapt(spoken: str) -> bool:
    """Whether a masked language model of `spoken` is here, to go on training."""
    return trainable(spoken) and model_files.bundled_complete(bundled.models_for(spoken).masked_lm)


def trainable(spoken: str) -> bool:
    """Whether the bundled backbone of a language is here."""
    return model_files.bundled_complete(bundled.models_for(spoken).backbone)


def offered() -> dict[str, SampleTable]:
    """The samples whose models are here, those of the visitor's language first."""
    return {sample.id: sample for sample in sorted(SAMPLES, key=lambda sample: sample.language != language()) if usable(sample)}


def first_sample() -> SampleTable | None:
    """The one that the page begins with; None where no model to train is here."""
    return next(iter(offered().values()), None)


def choose_sample(key: str) -> None:
    """A menu of the samples. Call it before the widgets that it sets: the task, and the upload `key`."""
    here = offered()
    example_menu(CHOICE, {id: _sets(key, sample) for id, sample in here.items()}, {id: named(sample) for id, sample in here.items()})


def follow_address(key: str = "tune") -> None:
    """Takes the sample and the task that a link asks for (`?tune_sample=`, `?tune_task=`), before anything else of the page is drawn."""
    asked = offered().get(st.query_params.get(CHOICE, ""))
    if asked and CHOICE not in st.session_state and source_key(key) not in st.session_state:
        sets = _sets(key, asked)
        st.session_state.update({name: value for name, value in sets.items() if name not in st.query_params})
    begin_in_address("tune_task", TASKS, TASKS[0])


def take_sample(key: str, sample: SampleTable) -> None:
    """Chooses a sample, as the menu does; for a button."""
    st.session_state.update({CHOICE: sample.id, **_sets(key, sample)})


def named(sample: SampleTable) -> str:
    """A sample's name with its number of rows."""
    return t("tune.sample_named", title=t(sample.title), n=f"{sample.rows:,}")


def show_origins() -> None:
    """What each sample is, from whom, and under which licence."""
    for sample in offered().values():
        st.caption(f"**{t(sample.title)}** · {_origin(sample)}")
    if len(offered()) < len(SAMPLES):
        st.caption(t("tune.samples_missing"))


def show_origin(upload: Upload) -> None:
    """Where the table is from, if it is a sample."""
    if sample := sample_of(upload):
        st.caption(_origin(sample))


def sample_of(upload: Upload) -> SampleTable | None:
    """The sample that `upload` is, by its content."""
    return next((sample for sample in SAMPLES if upload.signature.startswith(_source(sample).digest)), None)


def measured(sample: SampleTable) -> tuple[SampleRun, float]:
    """What came of training on a sample, and how long it takes: as it last took on this machine, else as it took where it was measured."""
    run = sample_runs()[sample.id]
    return run, store().last_seconds(sample.id) or run.seconds


def usable(sample: SampleTable) -> bool:
    """Whether the model that a sample is for is here."""
    return able_to_adapt(sample.language) if sample.task == "domain_adaptation" else trainable(sample.language)


def _sets(key: str, sample: SampleTable) -> dict[str, object]:
    return {source_key(key): _source(sample), "tune_task": sample.task}


def _origin(sample: SampleTable) -> str:
    return t("tune.sample_origin", n=f"{sample.rows:,}", task=t(f"tune.task_{sample.task}"), source=sample.source, licence=sample.licence)


@lru_cache(maxsize=len(SAMPLES))
def _source(sample: SampleTable) -> Source:
    return Source.of(sample.path.name, sample.path.read_bytes())
