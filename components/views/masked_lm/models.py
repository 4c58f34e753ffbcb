"""Which models for masked words and for next sentences there are: bundled, in the Hub's cache, or named by the visitor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.models import ModelCard, ModelError, catalog, files
from components.models.bundled import BUNDLED_IDS, task_of
from components.models.tasks import own_task
from components.models.tokenizers import at_hand
from components.text.language import flags, main_language
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.state.runs import visitor_model
from components.ui.widgets.errors import sentence
from components.ui.widgets.fetching import offer_to_fetch, typed_model
from components.ui.widgets.models import choose_task_model, load_compared

if TYPE_CHECKING:
    from components.models.inference import TaskModel

TASKS = ("masked_lm", "next_sentence")
# The tensors that answer, in BERT's and RoBERTa's names: a pretraining checkpoint has both kinds.
_HEADS = {"masked_lm": ("cls.predictions.", "lm_head."), "next_sentence": ("cls.seq_relationship.",)}


@dataclass(frozen=True)
class Offer:
    """What can be asked now. ids: task -> the ids that need no network, and the one typed in, which comes first."""

    ids: dict[str, tuple[str, ...]]

    def default(self, task: str, text: str) -> str:
        """The typed model, else one for the language of `text`, else the first there is."""
        cards = {card.id: card for card in catalog()}
        spoken = main_language([text])
        typed = [id for id in self.ids[task] if id not in cards]
        return next(iter(typed + [id for id in self.ids[task] if id in cards and cards[id].language == spoken]), self.ids[task][0])

    def languages(self, task: str) -> list[str]:
        """The languages to offer examples in, the visitor's own first; a typed model may read either."""
        cards = {card.id: card for card in catalog()}
        spoken = {cards[id].language if id in cards else name for id in self.ids[task] for name in ("en", "ja")}
        return sorted(spoken, key=lambda name: name != language())

    def typed(self) -> list[str]:
        """The ids that are in no catalogue."""
        known = {card.id for card in catalog()}
        return list(dict.fromkeys(id for ids in self.ids.values() for id in ids if id not in known))


def offer() -> Offer:
    """Tells which models are here and which bundled ones are not yet, and takes another id. A wrong one is a sentence, and the rest goes on."""
    usable = {task: tuple(card.id for card in catalog() if card.task == task and at_hand(card)) for task in TASKS}
    absent = [id for id in BUNDLED_IDS if task_of(id) in TASKS and not any(id in ids for ids in usable.values())]
    with st.expander(t("masked_lm.models"), icon=":material/inventory_2:"):
        for task, ids in usable.items():
            st.markdown(f"**{t(f'models.task.{task}')}**: " + (t("masked_lm.comma").join(name_of(id) for id in ids) or t("masked_lm.none")))
        if absent:
            st.caption(t("masked_lm.absent", names=t("masked_lm.comma").join(name_of(id) for id in absent)))
        typed = _another()
    if typed:
        usable = {task: ((typed[0], *ids) if task in typed[1] else ids) for task, ids in usable.items()}
    return Offer(usable)


def choose_models(models: Offer, task: str, text: str, keys: Sequence[str], places: Sequence[DeltaGenerator]) -> list[str]:
    """One model for `task`, and a second one to compare it with where the visitor wants that."""
    extra = {id: name_of(id) for id in models.ids[task]}
    with places[0]:
        first = choose_task_model(task, key=keys[0], label=t("masked_lm.model"), default=models.default(task, text), extra=extra)
    with places[1]:
        second = choose_task_model(task, key=keys[1], label=t("masked_lm.second"), default=None, extra=extra)

    def ready(id: str) -> str:
        model(id, task)
        return id

    return load_compared(first, second, ready)


def tasks_of(id: str) -> list[str]:
    """The tasks of this page that the model's files have a trained head for. Raises ModelError where they can't be had."""
    model_files = files.find(id)
    names = list(files.tensors(model_files))
    own = own_task(model_files)
    return [task for task in TASKS if own == task or any(name.startswith(head) for head in _HEADS[task] for name in names)]


def _another() -> tuple[str, list[str]] | None:
    typed_model("mlm_other")
    typed = st.text_input(
        t("masked_lm.another"), key="mlm_other", persist_state="session", max_chars=200, placeholder="google-bert/bert-base-uncased",
        help=t("masked_lm.another_help"),
    )  # fmt: skip
    offer_to_fetch("mlm_other", typed, "")
    if not typed.strip():
        return None
    try:
        id = visitor_model(typed)
        with st.spinner(t("common.loading_model", name=id)):
            tasks = tasks_of(id)
    except ModelError as error:
        st.error(sentence(error), icon=":material/error:")
        return None
    if not tasks:
        st.error(t("masked_lm.no_head", id=id), icon=":material/error:")
        return None
    return id, tasks


def note_limits(asked: "TaskModel", text: str) -> None:
    """Says what of `text` the model was not made for."""
    for key in flags(text, asked.language):
        st.warning(t(key), icon=":material/warning:")


def name_of(id: str) -> str:
    """What a model is called on the screen."""
    card: ModelCard | None = next((card for card in catalog() if card.id == id), None)
    return t(card.name_key) if card else t(f"models.name.{id}") if id in BUNDLED_IDS else id
