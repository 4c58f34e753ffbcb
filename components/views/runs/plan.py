"""The second half of a fine-tuning before it starts: what to train, how long, and on which split."""

from dataclasses import replace
from typing import Any

import streamlit as st

from components.errors import ModelError
from components.models import bundled
from components.text.masks import MASK, with_masks
from components.training.settings import LEARNING_RATES, MAX_PROBE, TUNES, Settings
from components.training.starting_models import bundled_start, first_epochs
from components.ui.state.language import t
from components.ui.state.runs import own_runs, visitor_model
from components.ui.widgets.address import choice
from components.ui.widgets.errors import sentence
from components.ui.widgets.options import named

from .data import TrainingData
from .samples import sample_of

HONEST_LINES = 1_000  # below this a domain adaptation shows the way and no more


def choose_backbone(data: TrainingData) -> str:
    """The model to start from: the bundled one of the texts' language, another of the Hub, or one's own adapted model."""
    usual = bundled.models_for(data.language).backbone
    others = {models.backbone: t(f"tune.backbone_{models.language}") for models in bundled.BY_LANGUAGE.values()}
    names = {usual: others.pop(usual)} | others | own_runs("masked_lm")
    asked = data.origin.settings.backbone if data.origin else st.query_params.get("tune_backbone", usual)
    default = asked if asked in names or data.origin else usual
    names.setdefault(default, default)
    chosen = st.selectbox(
        t("tune.backbone"),
        list(names),
        index=list(names).index(default),
        format_func=lambda id: names.get(id, id),
        key=f"tune:backbone:{default}:{data.mark}",
        accept_new_options=True,
        help=t("tune.backbone_help"),
    )
    if chosen in names:
        return chosen
    try:
        return visitor_model(str(chosen))
    except ModelError as error:
        st.warning(sentence(error), icon=":material/warning:")
        return default


def choose_plan(data: TrainingData, backbone: str) -> Settings:
    """Three controls for everybody, the rest in a closed box; at first those of the run that is run again, if it is one.

    Raises TrainingError for a value that cannot be.
    """
    base, mark = _base(data, backbone), data.mark
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        key = f"tune_how_{mark}" if mark else "tune_how"
        tune = choice(t("tune.how_much"), TUNES, key=key, default=base.tune, label_of=lambda name: t(f"tune.how_{name}"))
    epochs = right.number_input(
        t("tune.epochs"), 1, 100, base.epochs, key=f"tune_epochs_{base.epochs}", bind="query-params", help=t("tune.epochs_help")
    )
    st.caption(t(f"tune.about_{tune}"))
    if data.task != "domain_adaptation" and bundled_start(base):
        st.caption(t(f"tune.goes_on_{data.task}"))
    probe = _choose_probe(data, base) if data.task == "domain_adaptation" else ""
    with st.expander(t("tune.more"), icon=":material/tune:"):
        chosen = _choose_rarer(data, base, tune)
    return replace(base, tune=tune, epochs=int(epochs), probe=probe, **chosen)


def _base(data: TrainingData, backbone: str) -> Settings:
    """What stands in the controls before they are touched."""
    columns: dict[str, Any] = {
        "text": data.text,
        "label": data.label,
        "second": data.columns.second,
        "start": data.columns.start,
        "language": data.language,
        "task": data.task,
        "backbone": backbone,
    }
    if data.origin:
        return replace(data.origin.settings, **columns)
    base = Settings(**columns)
    return replace(base, epochs=first_epochs(base, len(data.frame)))


def _choose_rarer(data: TrainingData, base: Settings, tune: str) -> dict[str, Any]:
    mark = data.mark
    first, second, third = st.columns(3)
    usual = base.learning_rate if tune == base.tune else LEARNING_RATES[tune]
    rate = first.number_input(
        t("tune.learning_rate"), 0.0, 0.1, usual, format="%.1e", key=f"tune:rate:{tune}:{mark}", help=t("tune.learning_rate_help")
    )
    batch_size = second.number_input(t("tune.batch_size"), 1, 256, base.batch_size, key=f"tune:batch:{mark}")
    max_length = third.number_input(
        t("tune.max_length"), 8, 512, base.max_length, key=f"tune:length:{mark}:{base.max_length}", help=t("tune.max_length_help")
    )
    seed = first.number_input(t("common.seed"), 0, 2**31 - 1, base.seed, key=f"tune:seed:{mark}")
    test = second.slider(t("tune.test"), 0.05, 0.5, base.test, 0.05, key=f"tune:test:{mark}", help=t("tune.test_help"))
    validation = third.slider(
        t("tune.validation"), 0.0, 0.5, base.validation, 0.05, key=f"tune:validation:{mark}", help=t("tune.validation_help")
    )
    patience = first.number_input(t("tune.patience"), 1, 100, base.patience, key=f"tune:patience:{mark}", help=t("tune.patience_help"))
    precisions = {name: t(f"tune.precision_{name}") for name in ("auto", "float32")}
    precision = second.selectbox(
        t("tune.precision"),
        list(precisions),
        index=list(precisions).index(base.precision) if base.precision in precisions else 0,
        format_func=named(precisions),
        key=f"tune:precision:{mark}",
    )
    others = [None, *(name for name in data.frame.columns if name not in data.columns.named)]
    none = t("tables.no_column")
    group = third.selectbox(
        t("tune.group"),
        others,
        index=others.index(base.group) if base.group in others else 0,
        format_func=lambda name: none if name is None else name,
        key=f"tune:group:{mark}",
        help=t("tune.group_help"),
    )
    return {
        "learning_rate": float(rate),
        "batch_size": int(batch_size),
        "max_length": int(max_length),
        "seed": int(seed),
        "test": float(test),
        "validation": float(validation),
        "patience": int(patience),
        "precision": precision,
        "group": group,
    }


def _choose_probe(data: TrainingData, base: Settings) -> str:
    """The sentence with [MASK] that the model is asked before and after, and how much so few lines can do."""
    sample = sample_of(data.upload)
    text = st.text_input(
        t("tune.probe"),
        base.probe or (sample.probe if sample else ""),
        key=f"tune:probe:{data.upload.signature}",
        max_chars=MAX_PROBE,
        placeholder=t(f"tune.probe_example_{data.language}"),
        help=t("tune.probe_help"),
    ).strip()
    text = with_masks(text)
    if text and MASK not in text:
        st.warning(t("tune.probe_without_mask"), icon=":material/edit:")
    if len(data.frame) < HONEST_LINES:
        st.caption(t("tune.few_lines", n=f"{len(data.frame):,}"))
    return text
