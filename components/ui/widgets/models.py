"""Choosing a model: a bundled one, another of the catalogue, one of the visitor's runs, or any of the Hub by its id."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, overload

import streamlit as st

from components.charts.numbers import significant
from components.messages import catalogue
from components.models import ModelCard, ModelError, bundled, catalog
from components.models.behaviour import Behaviour, weakest
from components.models.cards import card, writers
from components.text.language import has_japanese, languages_in, main_language
from components.ui.state.language import language, t
from components.ui.state.runs import own_runs, visitor_model

from .address import keep_in_address
from .errors import guarded, sentence
from .fetching import held_back, offer_to_fetch

Loaded = TypeVar("Loaded")


def cards(task: str) -> list[ModelCard]:
    """The catalogue's models for `task` (a name of `components.models.tasks.TASKS`), bundled ones first."""
    return sorted((entry for entry in (*catalog(), *writers()) if entry.task == task), key=lambda entry: not entry.bundled)


def model_for(task: str, texts: Sequence[str]) -> str:
    """The bundled model for the languages that `texts` are in; where none reads all of them, the one for the language that most are in, and
    the first of the task where there is none for that either. Where nothing is written it stays as it was: an emptied field changes no model."""
    last = f"model_for:{task}"
    if not any(text.strip() for text in texts) and last in st.session_state:
        return str(st.session_state[last])
    here = [entry for entry in cards(task) if entry.bundled]
    spoken = languages_in(texts)
    several = [entry for entry in here if len(spoken) > 1 and set(spoken) <= set(entry.languages)]
    st.session_state[last] = next((entry for entry in [*several, *here] if entry.language == spoken[0] or entry in several), here[0]).id
    return str(st.session_state[last])


def default_encoder(text: str) -> str:
    """The bundled encoder for the language of a text."""
    return bundled.models_for(main_language([text])).encoder


@overload
def choose_task_model(task: str, *, key: str, label: str, default: str, extra: Mapping[str, str] | None = None) -> str: ...


@overload
def choose_task_model(task: str, *, key: str, label: str, default: None, extra: Mapping[str, str] | None = None) -> str | None: ...


def choose_task_model(task: str, *, key: str, label: str, default: str | None, extra: Mapping[str, str] | None = None) -> str | None:
    """A menu of the models for `task`, in the address as `?key=`; a Hub id or `run:<id>` can be typed into it.

    Until the visitor chooses, the model is `default`, which may change with the text; None makes the choice optional. extra: options of the
    page's own, id -> name. A typed id that can't be one gets its sentence, and the default counts; what an address names and is not on this
    machine is offered first (`fetching`).
    """
    names = {entry.id: model_name(entry, entry.id) for entry in cards(task)} | own_runs(task) | dict(extra or {})
    return _choose(names, key, label, default)


def choose_encoder(key: str, label: str, text: str) -> str:
    """A menu of every model and of the visitor's runs, each of which has an encoder; otherwise as `choose_task_model`.

    Until the visitor chooses, the model is the bundled encoder for the language of `text`.
    """
    names = {entry.id: model_name(entry, entry.id) for entry in catalog()} | own_runs("classification") | own_runs("masked_lm")
    names |= {models.encoder: t(f"encoders.bert_{spoken}") for spoken, models in bundled.BY_LANGUAGE.items()}
    default = default_encoder(text)
    return _choose(names, key, label, default) or default


def load_compared(first: str, second: str | None, load: Callable[[str], Loaded]) -> list[Loaded]:
    """`load(id)` for a model and, where there is another, the one compared with it: if that can't be had it is said, and the first answers.

    Raises ModelError where the first can't be had.
    """
    loaded = [load(first)]
    if second not in (None, first):
        with guarded():
            loaded.append(load(second))
    return loaded


def show_facts(id: str) -> bool:
    """What a model of the catalogue is weak at and, behind a fold, what it is for, its size, how well it did and on what, its licence. False for
    any other, of which nothing is known."""
    entry = card(id)
    if entry is None:
        return False
    for sentence_ in weakness(entry.behaviour):
        st.markdown(f":small[{sentence_}]")
    with st.expander(t("picker.about")):
        st.markdown(t(entry.about_key))
        size = t("picker.parameters", millions=f"{entry.parameters / 1e6:.1f}")
        st.markdown("\n".join(f"- {line}" for line in [*score_words(entry), size, t("picker.licence", licence=entry.licence)]))
    return True


def weakness(found: Sequence[Behaviour]) -> list[str]:
    """The sentence on what a model is weak at, with counts: every kind below its floor, else the kind with the lowest rate. [] where nobody
    asked it."""
    if not found:
        return []
    kinds = [_share(one) for one in weakest(found)]
    if not kinds:
        return [t("behaviour.none", rows=sum(one.rows for one in found))]
    return [t("behaviour.weak", kinds=t("behaviour.separator").join(kinds))]


def _share(one: Behaviour) -> str:
    values = {"kind": t(f"behaviour.kind_{one.kind}"), "right": one.right, "rows": one.rows}
    if one.floor is None or not one.missed:
        return t("behaviour.share", **values)
    return t("behaviour.share_missed", least=math.ceil(one.floor * one.rows), **values)


def score_words(entry: ModelCard) -> list[str]:
    """How well a model did, each with the test set: "accuracy 0.936 (m_absa)". The names are those of its scores.json: measure, space, set; a measure
    that has no name here keeps its own."""
    words = []
    for name, value in entry.scores.items():
        measure, _, rows = name.partition(" ")
        rows = rows.replace("held-out documents", t("picker.held_out_documents")).replace(
            "held-out articles", t("picker.held_out_articles")
        )
        rows = rows.replace("works and articles that the backbone read", t("picker.read_by_the_backbone"))
        values = {"metric": catalogue(language()).get(f"picker.metric_{measure}", measure), "value": significant(value)}
        words.append(t("picker.score", set=rows, **values) if rows else t("picker.score_alone", **values))
    return words


def model_name(card: ModelCard | None, id: str) -> str:
    """What a model is called on the screen."""
    if card is None:
        return catalogue(language()).get(f"models.name.{id}", id)
    name = catalogue(language()).get(card.name_key, card.id)
    return name if card.bundled else t("encoders.from_hub", name=name)


def note_foreign_language(id: str, text: str) -> None:
    """Says plainly when Japanese text goes to a model that learned English."""
    entry = card(id)
    if entry is not None and entry.language == "en" and has_japanese(text):
        st.caption(f":orange[:material/translate:] {t('encoders.japanese_on_english')}")


def _choose(names: dict[str, str], key: str, label: str, default: str | None) -> str | None:
    shown = f"{key}:default"
    if key not in st.session_state:
        asked = st.query_params.get(key, default)
        st.session_state[key] = asked if asked in names else held_back(key, asked, default)
    elif st.session_state[key] == st.session_state.get(shown):
        st.session_state[key] = default
    st.session_state[shown] = default
    value = st.session_state[key]
    if value is not None and value not in names:
        try:
            value = st.session_state[key] = visitor_model(str(value))
            names[value] = value
        except ModelError as error:
            st.session_state[key] = default
            st.warning(sentence(error), icon=":material/warning:")
    chosen = st.selectbox(
        label,
        list(names),
        index=None if default is None else 0,
        format_func=lambda option: names.get(option, option),
        key=key,
        placeholder=t("picker.none"),
        accept_new_options=True,
        label_visibility="visible" if default is None else "collapsed",
        persist_state="session",
    )
    if not offer_to_fetch(key, chosen, default):
        keep_in_address(key, chosen, default)
    return chosen
