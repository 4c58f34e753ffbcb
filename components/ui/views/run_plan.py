"""The second half of a fine-tuning before it starts: what to train, how long, on which split, and what it will cost."""

from dataclasses import asdict, replace

import streamlit as st

from components.models.errors import ModelError
from components.models.files import typed_id
from components.training.backbones import token_counter
from components.training.doctor import Report
from components.training.estimate import Estimate, predict, request_measurement, speed_key
from components.training.runs import Run
from components.training.settings import LEARNING_RATES, TUNES, Settings, suggested_epochs

from ..address import choice
from ..errors import guarded
from ..language import language, t
from ..runs import ACTIVE, duration, launcher, megabytes, open_run, store
from ..visitor import visitor_key
from .run_data import TrainingData

LENGTH_SAMPLE = 500


def choose_backbone(given: TrainingData) -> str:
    """The model to start from: the bundled one of the texts' language, another of the Hub, or one's own adapted model."""
    own = {
        f"run:{run.id}": run.name for run in store().runs(visitor_key()) if run.state == "done" and run.settings.task == "domain_adaptation"
    }
    bundled = {"embed-en": t("tune.backbone_en"), "backbone-ja": t("tune.backbone_ja")}
    default = "backbone-ja" if given.language == "ja" else "embed-en"
    names = {default: bundled.pop(default)} | bundled | own
    chosen = st.selectbox(
        t("tune.backbone"),
        list(names),
        format_func=lambda id: names.get(id, id),
        key=f"tune:backbone:{default}",
        accept_new_options=True,
        help=t("tune.backbone_help"),
    )
    if chosen in names:
        return chosen
    try:
        return typed_id(str(chosen))
    except ModelError as error:
        st.warning(error.in_language(language()), icon=":material/warning:")
        return default


def choose_plan(given: TrainingData, backbone: str) -> Settings:
    """Three controls for everybody, the rest in a closed box. Raises TrainingError for a value that cannot be."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        tune = choice(t("tune.how_much"), TUNES, key="tune_how", default="all", label_of=lambda name: t(f"tune.how_{name}"))
    suggested = suggested_epochs(len(given.frame))
    epochs = right.number_input(
        t("tune.epochs"), 1, 100, suggested, key=f"epochs_{suggested}", bind="query-params", help=t("tune.epochs_help")
    )
    st.caption(t(f"tune.about_{tune}"))
    with st.expander(t("tune.more"), icon=":material/tune:"):
        first, second, third = st.columns(3)
        rate = first.number_input(
            t("tune.learning_rate"),
            0.0,
            0.1,
            LEARNING_RATES[tune],
            format="%.1e",
            key=f"tune:rate:{tune}",
            help=t("tune.learning_rate_help"),
        )
        batch_size = second.number_input(t("tune.batch_size"), 1, 256, 16, key="tune:batch")
        max_length = third.number_input(t("tune.max_length"), 8, 512, 128, key="tune:length", help=t("tune.max_length_help"))
        seed = first.number_input(t("common.seed"), 0, 2**31 - 1, 0, key="tune:seed")
        test = second.slider(t("tune.test"), 0.05, 0.5, 0.2, 0.05, key="tune:test", help=t("tune.test_help"))
        validation = third.slider(t("tune.validation"), 0.0, 0.5, 0.1, 0.05, key="tune:validation", help=t("tune.validation_help"))
        patience = first.number_input(t("tune.patience"), 1, 100, 3, key="tune:patience", help=t("tune.patience_help"))
        precisions = {name: t(f"tune.precision_{name}") for name in ("auto", "float32")}
        precision = second.selectbox(t("tune.precision"), list(precisions), format_func=precisions.get, key="tune:precision")
        others = [None, *(name for name in given.frame.columns if name not in (given.text, given.label))]
        none = t("tables.no_column")
        group = third.selectbox(
            t("tune.group"), others, format_func=lambda name: none if name is None else name, key="tune:group", help=t("tune.group_help")
        )
    return Settings(
        text=given.text,
        label=given.label,
        group=group,
        language=given.language,
        task=given.task,
        backbone=backbone,
        tune=tune,
        epochs=int(epochs),
        learning_rate=float(rate),
        batch_size=int(batch_size),
        max_length=int(max_length),
        seed=int(seed),
        test=float(test),
        validation=float(validation),
        patience=int(patience),
        precision=precision,
    )


def show_start(given: TrainingData, settings: Settings, report: Report) -> None:
    """What it will cost, and the button that starts it."""
    estimate = _estimate(given, settings)
    busy = [run for run in store().runs(visitor_key()) if run.state in ACTIVE]
    name = st.text_input(t("tune.name"), _default_name(given), key=f"tune:name:{given.upload.signature}", max_chars=100)
    if not report.trainable:
        st.warning(t("tune.not_trainable"), icon=":material/block:")
    if busy:
        st.caption(t("tune.others_first", n=len(busy)))

    def start() -> None:
        with guarded():
            facts = {"name": given.upload.name, "encoding": given.upload.table.encoding, "fixes": [fix.kind for fix in given.fixes]}
            run, _ = store().create(visitor_key(), settings, given.frame, name, facts, estimate=asdict(estimate) if estimate else None)
            launcher().ensure()
            open_run(run.id)

    st.button(
        t("tune.start"), type="primary", disabled=not report.trainable, key="tune:start", on_click=start, icon=":material/play_arrow:"
    )
    limits = store().limits
    st.caption(t("tune.limits", runs=limits.runs, size=megabytes(limits.bytes), days=limits.days))


def _estimate(given: TrainingData, settings: Settings) -> Estimate | None:
    """The prediction, or the measuring that leads to it: a few steps of this kind of training, run once."""
    launcher().ensure()
    lengths = _lengths(given, settings)
    estimate = predict(store(), settings, lengths, len(given.frame))
    if estimate:
        st.markdown(
            t(
                "tune.estimate",
                time=duration(estimate.seconds),
                memory=megabytes(estimate.memory_bytes),
                disk=megabytes(estimate.disk_bytes),
                kept=megabytes(estimate.kept_bytes),
            )
        )
        return estimate
    measuring = f"tune:measuring:{speed_key(settings)}"
    if measuring not in st.session_state:
        run, owner = request_measurement(store(), visitor_key(), replace(settings, epochs=1), given.frame)
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


def _lengths(given: TrainingData, settings: Settings) -> list[int]:
    """Tokens of a sample of the texts, kept until the data or the model changes."""
    mark = (given.signature, settings.backbone)
    kept = st.session_state.get("tune:lengths")
    if kept is None or kept[0] != mark:
        texts = given.frame[given.text]
        sample = texts if len(texts) <= LENGTH_SAMPLE else texts.sample(LENGTH_SAMPLE, random_state=0)
        kept = st.session_state["tune:lengths"] = (mark, token_counter(settings.backbone)(sample.tolist()))
    return kept[1]


def _default_name(given: TrainingData) -> str:
    return given.upload.name.rsplit(".", 1)[0]
