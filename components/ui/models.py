"""Choosing a model for a task: a bundled one, a page's own, or any of the Hub or of one's runs by its id."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.models import ModelCard, ModelError, catalog
from components.models.catalog import card
from components.models.files import typed_id
from components.models.language import detect

from .address import keep_in_address
from .language import language, t
from .model_choice import model_name
from .runs import own_runs

SAMPLE = 200  # texts whose language is looked at


def cards(task: str) -> list[ModelCard]:
    """The catalogue's models for `task` (a name of `components.models.tasks.TASKS`), bundled ones first."""
    return sorted((entry for entry in catalog() if entry.task == task), key=lambda entry: not entry.bundled)


def model_for(task: str, texts: Sequence[str]) -> str:
    """The bundled model for the language that most of `texts` are in (their first 200); the first of the task where none is."""
    bundled = [entry for entry in cards(task) if entry.bundled]
    spoken = [detect(text) for text in texts[:SAMPLE]]
    return max(bundled, key=lambda entry: spoken.count(entry.language)).id


def choose_task_model(task: str, *, key: str, label: str, default: str | None, extra: Mapping[str, str] | None = None) -> str | None:
    """A menu of the models for `task`, in the address as `?key=`; a Hub id or `run:<id>` can be typed into it.

    Until the visitor chooses, the model is `default`, which may change with the text; None makes the choice optional. extra: options of the
    page's own, id -> name. A typed id that can't be one gets its sentence, and the default counts.
    """
    names = {entry.id: model_name(entry, entry.id) for entry in cards(task)} | own_runs(task) | dict(extra or {})
    shown = f"{key}:default"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(key, default)
    elif st.session_state[key] == st.session_state.get(shown):
        st.session_state[key] = default
    st.session_state[shown] = default
    value = st.session_state[key]
    if value is not None and value not in names:
        try:
            value = st.session_state[key] = typed_id(str(value))
            names[value] = value
        except ModelError as error:
            st.session_state[key] = default
            st.warning(error.in_language(language()), icon=":material/warning:")
    chosen = st.selectbox(
        label,
        list(names),
        index=None if default is None else 0,
        format_func=lambda option: names.get(option, option),
        key=key,
        placeholder=t("picker.none"),
        accept_new_options=True,
        help=t("picker.help"),
        persist_state="session",
    )
    keep_in_address(key, chosen, default)
    return chosen


def facts(id: str) -> str:
    """One line about a model of the catalogue: what it does, its size, how well it did and on what. "" for any other."""
    entry = card(id)
    if entry is None:
        return ""
    parts = [t(entry.about_key), t("picker.parameters", millions=f"{entry.parameters / 1e6:.1f}")]
    parts += [f"{name} {value:.3g}" for name, value in list(entry.scores.items())[:3]]
    return " · ".join([*parts, entry.licence])
