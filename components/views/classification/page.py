"""One text on the classification page: what it is called and how surely, by one model or two, and which words decided."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.bars import bar_figure
from components.charts.numbers import significant
from components.errors import UserError
from components.models import Prediction
from components.text.language import flags
from components.text.tokens import USUAL_WIDTH
from components.ui.state.language import language, t
from components.ui.widgets.address import typed_text
from components.ui.widgets.attribution import show_words, words_of
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import show_figure, show_matrix

from .models import UNTRAINED, Chosen, about, choose_classifiers, label_colours, label_name

MAX_CHARACTERS = 100_000
MOST_BARS = 12
SEEDS = 8
CHAPTER_TEXTS = ("この映画は本当に素晴らしかった!", "全く面白くなくて時間の無駄だった。", "普通の作品で特に印象に残らなかった。")


class ClassificationInputError(UserError):
    """Input of the classification page that can't be used."""


@dataclass(frozen=True, eq=False)
class Classified:
    """A text that was classified, and where its words are to be drawn once they are computed."""

    chosen: Chosen
    prediction: Prediction
    container: DeltaGenerator


def read_text() -> str:
    """The examples and the text field. Raises ClassificationInputError where the text is longer than the page takes."""
    trained = {"cls_other": None}
    presets = {
        name: {"cls_text": t(f"classification.example_{name}_text")} | trained for name in ("mixed", "clear", "fact", "balanced", "negated")
    }
    presets["pitfall"] = {"cls_text": t("classification.example_clear_text"), "cls_other": UNTRAINED}
    examples("cls_preset", presets, {name: t(f"classification.example_{name}") for name in presets})
    typed_text("cls_text", t("classification.example_mixed_text"))
    text = st.text_area(t("classification.text"), key="cls_text", persist_state="session", height=70)
    if len(text) > MAX_CHARACTERS:
        raise ClassificationInputError("classification.too_long", found=f"{len(text):,}", most=f"{MAX_CHARACTERS:,}")
    return text


def show_classes(text: str) -> list[Classified]:
    """The model menus and each model's answer. [] for a text without anything in it."""
    chosen = choose_classifiers([text])
    if not text.strip():
        st.info(t("classification.empty"), icon=":material/edit:")
        return []
    # One model: its words stand beside its answer. Two: each has a column, words under the answer.
    columns = st.columns(2, gap="medium") if len(chosen) == 2 else st.columns([2, 3], gap="medium")
    answers = []
    for number, chosen_model in enumerate(chosen):
        with columns[number]:
            prediction = chosen_model.classifier.predict([text])[0]
            _show_prediction(chosen_model, prediction, number)
        with columns[number if len(chosen) == 2 else 1]:
            _show_flags(chosen_model, text, prediction)
            answers.append(Classified(chosen_model, prediction, st.container()))
    return answers


def show_why(text: str, answers: Sequence[Classified]) -> None:
    """Which words decided, below each answer. It takes longer than the answer, so pages call it when all else is drawn."""
    for number, answer in enumerate(answers):
        with answer.container:
            st.markdown(f"**{t('classification.heading_words')}**")
            words = words_of(answer.chosen.classifier, answer.chosen.identity, text, answer.prediction.label)
            show_words(words, label_name=label_name, key=f"cls-{number}")


def snippet_settings(text: str, answers: Sequence[Classified]) -> dict[str, object]:
    """The settings of the code tab: the text, and the first model that was trained."""
    trained = [answer.chosen for answer in answers if answer.chosen.seed is None]
    if not trained:
        return {}
    folded = text.translate(USUAL_WIDTH) if trained[0].classifier.aligner.folds_width else text
    return {"model_id": trained[0].id, "text": folded}


def show_pitfall() -> None:
    """The chapter's three sentences under several heads that were never trained: P(positive) by seed."""
    if not st.toggle(t("classification.pitfall_show"), key="cls_pitfall", bind="query-params"):
        return
    from .models import untrained_backbone, untrained_classifier

    texts = CHAPTER_TEXTS if language() == "ja" else tuple(t(f"classification.chapter_text_{number}") for number in (1, 2, 3))
    backbone = untrained_backbone(texts)
    with st.spinner(t("classification.pitfall_running", seeds=SEEDS)):
        values = pd.DataFrame(
            [[prediction.scores["positive"] for prediction in untrained_classifier(backbone, seed).predict(texts)] for seed in range(SEEDS)]
        ).to_numpy()
    spread = max(float(abs(values - 0.5).max()), 0.01)
    same = int(((values > 0.5).all(axis=1) | (values <= 0.5).all(axis=1)).sum())
    show_matrix(
        values,
        [t("classification.pitfall_seed", seed=seed) for seed in range(SEEDS)],
        [f"{number}. {text}" for number, text in enumerate(texts, 1)],
        key="cls-pitfall",
        caption=t("classification.pitfall_caption", backbone=backbone, same=same, seeds=SEEDS),
        alt=t("classification.pitfall_alt", same=same, seeds=SEEDS, low=significant(values.min()), high=significant(values.max())),
        signed=True,
        limits=(0.5 - spread, 0.5 + spread),
        colour_bar=True,
        height=320,
    )


def _show_prediction(chosen: Chosen, prediction: Prediction, number: int) -> None:
    best = sorted(prediction.scores.items(), key=lambda pair: -pair[1])[:MOST_BARS]
    names, values = [label_name(label) for label, _ in best], [score for _, score in best]
    st.markdown(
        t(
            "classification.answer",
            label=escaped_markdown(label_name(prediction.label)),
            percent=f"{100 * prediction.score:.1f}",
            model=escaped_markdown(chosen.name),
        )
    )
    if prediction.unsure and chosen.seed is None and not chosen.classifier.multi_label:
        _say_unsure(prediction)
    caption = about(chosen)
    if len(best) < len(prediction.scores):
        caption += " " + t("classification.bars_shown", shown=len(best), all=len(prediction.scores))
    show_figure(
        bar_figure(
            names,
            values,
            value_title=t("classification.probability"),
            colour=label_colours([label for label, _ in best]),
            written=[f"{100 * v:.1f}%" for v in values],
            highest=1,
        ),
        key=f"cls-classes-{number}",
        caption=caption,
        alt=t("classification.alt", label=label_name(prediction.label), percent=f"{100 * prediction.score:.1f}", model=chosen.name),
        data=pd.DataFrame(
            {t("classification.label"): list(prediction.scores), t("classification.probability"): list(prediction.scores.values())}
        ),
    )


def _say_unsure(prediction: Prediction) -> None:
    other = prediction.next_label
    values = {"label": escaped_markdown(label_name(prediction.label)), "other": escaped_markdown(label_name(other))}
    values |= {"percent": f"{100 * prediction.score:.1f}", "share": f"{100 * prediction.scores[other]:.1f}"}
    st.warning(t("classification.unsure", **values), icon=":material/help:")


def _show_flags(chosen: Chosen, text: str, prediction: Prediction) -> None:
    for key in flags(text, chosen.classifier.language):
        st.warning(t(key), icon=":material/warning:")
    tokens = chosen.classifier.aligner.tokenize(text)
    cut = sum(tokens.left_out)
    if prediction.truncated:
        read = sum(not special for special in tokens.special)
        key = "classification.cut_long" if tokens.unread else "classification.cut"
        st.warning(t(key, read=f"{read:,}", all=f"{read + cut:,}"), icon=":material/content_cut:")
    unknown = sum(id == chosen.classifier.aligner.tokenizer.unk_token_id for id in tokens.ids)
    if unknown:
        st.warning(t("classification.unknown", n=unknown, all=f"{len(tokens):,}"), icon=":material/help:")
