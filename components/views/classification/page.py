"""One text on the classification page: its verdict by one model or two, the words that decided, and a second sentence beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.bars import bar_figure
from components.charts.numbers import significant
from components.charts.theme import NEUTRAL_COLOUR, THREAD_COLOUR
from components.errors import UserError
from components.models import Prediction
from components.models.cards import card
from components.text.language import flags
from components.text.tokens import USUAL_WIDTH
from components.ui.state.language import language, t
from components.ui.state.recent import recent
from components.ui.widgets.address import typed_text
from components.ui.widgets.attribution import plain_words, show_numbers, show_words, words_of
from components.ui.widgets.bench import Bench, example_menu, sentence_field
from components.ui.widgets.figures import show_figure, show_matrix
from components.ui.widgets.models import model_name
from components.ui.widgets.verdict import doubt_place, plain, said, show_doubt, show_finding

from .line import line_html
from .models import UNTRAINED, Chosen, choose_classifiers, label_name, show_about
from .verdict import Verdict, close_call, finding, nothing_decided, verdict_of

MAX_CHARACTERS = 100_000
MOST_BARS = 12
SEEDS = 8
CHAPTER_TEXTS = ("この映画は本当に素晴らしかった!", "全く面白くなくて時間の無駄だった。", "普通の作品で特に印象に残らなかった。")


class ClassificationInputError(UserError):
    """Input of the classification page that can't be used."""


@dataclass(frozen=True, eq=False)
class Classified:
    """A text that was classified, and where what takes longer is to be drawn: the finding, the line, a doubt, the words, the numbers."""

    chosen: Chosen
    alone: bool
    prediction: Prediction
    verdict: Verdict
    finding: DeltaGenerator
    line: DeltaGenerator
    doubt: DeltaGenerator
    words: DeltaGenerator
    numbers: DeltaGenerator
    container: DeltaGenerator


def read_text(bar: Bench) -> str:
    """The examples and the text field. Raises ClassificationInputError where the text is longer than the page takes."""
    texts = {name: t(f"classification.example_{name}_text") for name in ("clear", "mixed", "fact", "balanced", "negated")}
    presets: dict[str, dict[str, object]] = {name: {"cls_text": text, "cls_other": None} for name, text in texts.items()}
    presets["pitfall"] = {"cls_text": texts["clear"], "cls_other": UNTRAINED}
    with bar.examples:
        example_menu("cls_preset", presets, {name: t(f"classification.example_{name}") for name in presets})
    with bar.field:
        text = sentence_field("cls_text", t("classification.text"), texts["clear"], examples=texts)
    if len(text) > MAX_CHARACTERS:
        raise ClassificationInputError("classification.too_long", found=f"{len(text):,}", most=f"{MAX_CHARACTERS:,}")
    return text


def show_classes(bar: Bench, text: str) -> list[Classified]:
    """The model menus and each model's verdict, two models in two columns. [] for a text without anything in it."""
    chosen = choose_classifiers(bar, [text])
    if not text.strip():
        st.info(t("classification.empty"), icon=":material/edit:")
        return []
    answers = []
    for number, (chosen_model, column) in enumerate(zip(chosen, st.columns(len(chosen), gap="medium"), strict=True)):
        with column:
            answers.append(_show_answer(chosen_model, text, number, alone=len(chosen) == 1))
    return answers


def show_second(text: str, answers: Sequence[Classified]) -> None:
    """A second sentence, at first a copy of the first, which the first model answers as well; then the lines, with its mark."""
    second = None
    if answers:
        st.subheader(t("classification.heading_second"), anchor=False)
        typed_text("cls_second", text)
        with st.container(horizontal=True, key="cls-second-row", vertical_alignment="center"):
            other = st.text_input(
                t("classification.second"),
                key="cls_second",
                max_chars=MAX_CHARACTERS,
                persist_state="session",
                label_visibility="collapsed",
            )
            st.button(t("classification.compare"), key="cls_compare")
        if other.strip() and other != text:
            chosen = answers[0].chosen
            second = verdict_of(_predicted(chosen, other), multi_label=chosen.classifier.multi_label)
            st.html(f'<p class="hi-legend" aria-live="polite">{finding(second)}</p>')
        else:
            st.html(f'<p class="hi-legend" aria-live="polite">{said("classification.second_same")}</p>')
    for number, answer in enumerate(answers):
        if answer.verdict.place is not None:
            beside = second if number == 0 else None
            answer.line.html(line_html(answer.verdict, _on_the_line(answer, beside), beside))


def show_models(answers: Sequence[Classified]) -> None:
    """Under all figures: what each model is weak at, and about it."""
    for answer in answers:
        show_about(answer.chosen)


def show_why(text: str, answers: Sequence[Classified]) -> None:
    """Which words decided, in the text itself, and a doubt where these say nothing. It takes longer than the answer, so pages call it when all
    else is drawn."""
    for number, answer in enumerate(answers):
        _show_words(text, answer, number)


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
        caption=t("classification.pitfall_caption", backbone=model_name(card(backbone), backbone), same=same, seeds=SEEDS),
        alt=t("classification.pitfall_alt", same=same, seeds=SEEDS, low=significant(values.min()), high=significant(values.max())),
        signed=True,
        limits=(0.5 - spread, 0.5 + spread),
        colour_bar=True,
        height=320,
    )


def _predicted(chosen: Chosen, text: str) -> Prediction:
    return recent("cls:predictions", 8).get((chosen.identity, text), lambda: chosen.classifier.predict([text])[0])


def _show_answer(chosen: Chosen, text: str, number: int, *, alone: bool) -> Classified:
    prediction = _predicted(chosen, text)
    verdict = verdict_of(prediction, multi_label=chosen.classifier.multi_label)
    title, line = st.empty(), st.empty()
    with title:
        show_finding(finding(verdict), of="" if alone else chosen.name)
    if verdict.place is None:
        _show_bars(chosen, prediction, number)
    doubt = doubt_place(f"cls-{number}")
    with doubt:
        if chosen.seed is not None:
            show_doubt(said("classification.doubt_untrained"))
        elif not chosen.classifier.multi_label:
            show_doubt(close_call(verdict))
    words = st.empty()
    with words:
        plain_words(text)
    _show_flags(chosen, text, prediction)
    with st.expander(t("classification.numbers")):
        if verdict.place is not None:
            _show_bars(chosen, prediction, number)
        numbers = st.container()
    return Classified(chosen, alone, prediction, verdict, title, line, doubt, words, numbers, st.container())


def _show_words(text: str, answer: Classified, number: int) -> None:
    with answer.numbers:
        words = words_of(answer.chosen.classifier, answer.chosen.identity, text, answer.prediction.label)
        show_numbers(words, label_name=label_name, key=f"cls-{number}")
    with answer.words.container():
        show_words(text, words, label_name=label_name, key=f"cls-{number}", finding=plain(finding(answer.verdict)))
    certain = answer.verdict.kind in ("positive", "negative") and answer.chosen.seed is None
    if certain and not close_call(answer.verdict) and nothing_decided(text, words.words, words.word_spans):
        with answer.finding:
            show_finding(finding(answer.verdict, doubted=True), of="" if answer.alone else answer.chosen.name)
        with answer.doubt:
            show_doubt(said("classification.doubt_words"))


def _on_the_line(answer: Classified, second: Verdict | None) -> str:
    """What the line shows, for those who don't see it."""
    words = t("classification.alt", label=label_name(answer.verdict.label), percent=answer.verdict.percent, model=answer.chosen.name)
    if second:
        words += " " + t("classification.alt_second", label=label_name(second.label), percent=second.percent)
    return words


def _show_bars(chosen: Chosen, prediction: Prediction, number: int) -> None:
    best = sorted(prediction.scores.items(), key=lambda pair: -pair[1])[:MOST_BARS]
    names, values = [label_name(label) for label, _ in best], [score for _, score in best]
    caption = t("classification.bars_caption")
    if len(best) < len(prediction.scores):
        caption += " " + t("classification.bars_shown", shown=len(best), all=len(prediction.scores))
    show_figure(
        bar_figure(
            names,
            values,
            value_title=t("classification.probability"),
            colour=[THREAD_COLOUR if label == prediction.label else NEUTRAL_COLOUR for label, _ in best],
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
