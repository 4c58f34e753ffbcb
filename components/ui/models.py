"""Choosing a model for a task: a bundled one, a page's own, or any of the Hub or of one's runs by its id."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from components.models import ModelCard, ModelError, catalog
from components.models.catalog import card
from components.models.files import BUNDLED_IDS, typed_id
from components.models.language import detect

from .address import keep_in_address
from .language import language, t

AUTO = "auto"
SAMPLE = 200  # texts whose language is looked at


def cards(task: str) -> list[ModelCard]:
    """The catalogue's models for `task` (a name of `components.models.tasks.TASKS`), bundled ones first."""
    return sorted((entry for entry in catalog() if entry.task == task), key=lambda entry: not entry.bundled)


def model_for(task: str, texts: Sequence[str]) -> str:
    """The bundled model for the language that most of `texts` are in (their first 200); the first of the task where none is."""
    bundled = [entry for entry in cards(task) if entry.bundled]
    spoken = [detect(text) for text in texts[:SAMPLE]]
    return max(bundled, key=lambda entry: spoken.count(entry.language)).id


def choose_model(
    task: str,
    *,
    key: str,
    label: str,
    extra: Mapping[str, str] | None = None,
    optional: bool = False,
    where: Callable = st.selectbox,
) -> str | None:
    """A menu of the models for `task`, in the address as `?key=`; a Hub id or `run:<id>` can be typed into it.

    Returns AUTO (take `model_for` the text), an id, or one of `extra` (option -> its name); None where it is optional and nothing was
    chosen. A typed id that can't be one gets its sentence, and the default counts.
    """
    default = None if optional else AUTO
    names = {} if optional else {AUTO: t("picker.auto")}
    names |= {entry.id: _name(entry) for entry in cards(task)} | dict(extra or {})
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(key, default)
    value = st.session_state[key]
    problem = None
    if value is not None and value not in names:
        try:
            value = st.session_state[key] = typed_id(str(value))
            names[value] = value
        except ModelError as error:
            problem = error
            value = st.session_state[key] = default
    chosen = where(
        label,
        list(names),
        format_func=lambda option: names.get(option, option),
        key=key,
        index=None if optional else 0,
        placeholder=t("picker.none"),
        accept_new_options=True,
        help=t("picker.help"),
        persist_state="session",
    )
    keep_in_address(key, chosen, default)
    if problem:
        st.warning(problem.in_language(language()), icon=":material/warning:")
    return chosen


def facts(id: str) -> str:
    """One line about a model: what it does, its size, how well it did and on what. "" for one that isn't in the catalogue."""
    entry = card(id)
    if entry is None:
        return ""
    parts = [t(entry.about_key), t("picker.parameters", millions=f"{entry.parameters / 1e6:.1f}")]
    parts += [f"{name} {value:.3g}" for name, value in list(entry.scores.items())[:3]]
    return " · ".join([*parts, entry.licence])


def _name(entry: ModelCard) -> str:
    name = t(entry.name_key)
    return name if entry.id in BUNDLED_IDS else t("picker.from_hub", name=name)
