"""The classifiers of the classification page: a trained one, another beside it, or the chapter's pitfall, a head that nobody trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components.models.cards import card
from components.models.files import backbone_here
from components.text.language import main_language
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.state.runs import own_runs
from components.ui.widgets.bench import Bench
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.models import choose_task_model, load_compared, model_for, model_name, show_facts

if TYPE_CHECKING:
    from components.models.classification import Classifier

UNTRAINED = "untrained"
OPINIONS = ("negative", "neutral", "positive")
MAX_SEED = 9_999


@dataclass(frozen=True, eq=False)
class Chosen:
    """A classifier ready to be asked. identity: what tells it from any other, for caches and for work that was begun with it."""

    identity: str
    id: str
    seed: int | None
    classifier: "Classifier"

    @property
    def name(self) -> str:
        if self.seed is not None:
            return t("classification.untrained_seed", seed=self.seed)
        return own_runs("classification").get(self.id) or model_name(card(self.id), self.id)


def choose_classifiers(bar: Bench, texts: Sequence[str]) -> list[Chosen]:
    """The menus for a model and, behind the gear, a second one beside it. Raises ModelError."""
    extra = {UNTRAINED: t("classification.untrained")}
    with bar.model:
        first = choose_task_model(
            "classification", key="cls_model", label=t("classification.model"), default=model_for("classification", texts), extra=extra
        )
    more = bar.more
    with more:
        second = choose_task_model("classification", key="cls_other", label=t("classification.other"), default=None, extra=extra)
    seed = 0
    if UNTRAINED in (first, second):
        with more:
            seed = int(
                st.number_input(
                    t("classification.seed"), 0, MAX_SEED, 0, key="cls_seed", bind="query-params", help=t("classification.seed_help")
                )
            )
        seed = min(max(seed, 0), MAX_SEED)
    return load_compared(first, second, lambda id: _chosen(id, seed, texts))


def show_about(chosen: Chosen) -> None:
    """What a classifier is weak at, and behind a fold what it was made for and how well it does; or that it was never trained."""
    if chosen.seed is not None:
        st.caption(t("classification.untrained_about", backbone=model_name(card(chosen.id), chosen.id)))
    elif not show_facts(chosen.id):
        st.caption(t("classification.labels", labels=escaped_markdown(", ".join(chosen.classifier.labels[:20]))))


def label_name(label: str) -> str:
    """The labels of the bundled models in the visitor's language; any other as it is."""
    return t(f"classification.label_{label}") if label in OPINIONS else label


def untrained_backbone(texts: Sequence[str]) -> str:
    """The encoder under an untrained head: that of the texts' language where it is here."""
    return backbone_here(main_language(texts))


@st.cache_resource(max_entries=8, show_spinner=False)
def untrained_classifier(backbone: str, seed: int) -> "Classifier":
    """The chapter's pitfall, kept for the next question."""
    from components.models.classification import untrained

    return untrained(backbone, seed=seed)


def _chosen(id: str, seed: int, texts: Sequence[str]) -> Chosen:
    if id != UNTRAINED:
        return Chosen(id, id, None, model(id, "classification"))
    backbone = untrained_backbone(texts)
    with st.spinner(t("common.loading_model", name=backbone)):
        return Chosen(f"{UNTRAINED}-{backbone}-{seed}", backbone, seed, untrained_classifier(backbone, seed))
