"""A judgement on the screen: scores, a confusion matrix whose cells give their rows, mistakes, classes, thresholds, reliability."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.evaluation import reliability_figure, threshold_figure
from components.charts.numbers import significant
from components.evaluation.calibration import Bin
from components.evaluation.intervals import Interval
from components.evaluation.judgements import ClassScore, Judgement
from components.evaluation.thresholds import threshold_curve
from components.text.clip import clip
from components.ui.state.language import t

from .cell_picker import LISTED_ROWS, Cell, ConfusionWords, commonest_mistake, confusion_picker, row_picker
from .escaped import escaped_markdown
from .figures import show_figure
from .judged_rows import JudgedRows

LabelName = Callable[[str], str]


@dataclass(frozen=True)
class OpenRow:
    """The row that is read in full; `container`: under it. `prediction`: the label that the model gave it."""

    text: str
    prediction: str
    container: DeltaGenerator


def show_scores(judgement: Judgement, scores: Sequence[str] = ("accuracy", "macro_f1")) -> None:
    """The named scores with their 95% intervals, calibration error and number of rows, in a row."""
    columns = st.columns(len(scores) + 2)
    for column, name in zip(columns, scores, strict=False):
        interval = judgement.intervals[name]
        column.metric(t(f"evaluation.{name}"), significant(interval.value), help=t(f"evaluation.{name}_help"))
        column.caption(interval_words(interval))
    columns[-2].metric(t("evaluation.ece"), significant(judgement.ece), help=t("evaluation.ece_help"))
    columns[-1].metric(t("evaluation.rows"), f"{judgement.rows:,}")


def score_words(value: float | None) -> str:
    """A score as a reader wants it; – where there was nothing to count (None or NaN)."""
    return "–" if value is None or np.isnan(value) else significant(float(value))


def with_interval(score: Interval | None, digits: int = 3) -> str:
    """0.857 (0.601–0.960); – for None."""
    return f"{score.value:.{digits}f} ({score.low:.{digits}f}–{score.high:.{digits}f})" if score else "–"


def interval_words(interval: Interval) -> str:
    """95%: low – high."""
    return t("evaluation.interval", low=significant(interval.low), high=significant(interval.high))


def unjudged_words(judgement: Judgement, label_name: LabelName) -> list[str]:
    """The sentence on classes of which no row was judged; [] where there is none."""
    unjudged = judgement.unjudged
    if not unjudged:
        return []
    listed = t("evaluation.separator").join(escaped_markdown(label_name(label), 60) for label in unjudged[:5])
    return [t("evaluation.unjudged" if len(unjudged) <= 5 else "evaluation.unjudged_more", labels=listed, n=len(unjudged))]


def show_confusion(judged: JudgedRows, *, key: str, label_name: LabelName) -> OpenRow | None:
    """The confusion matrix and, beside it, the rows of the chosen cell; the row that is read stands in full, None where the cell is empty.

    A class without judged rows has no row in it, and no column where nothing was called by its name.
    """
    judgement = judged.judgement
    names = [label_name(label) for label in judgement.labels]
    worst = commonest_mistake(judgement.confusion)
    judged_classes = np.flatnonzero(judgement.confusion.any(axis=1)).tolist()
    seen_classes = np.flatnonzero(judgement.confusion.any(axis=1) | judgement.confusion.any(axis=0)).tolist()
    words = ConfusionWords(
        t("evaluation.label"),
        t("evaluation.prediction"),
        " ".join([t("evaluation.confusion_caption"), *unjudged_words(judgement, label_name)]),
        t(
            "evaluation.confusion_alt",
            accuracy=significant(judgement.accuracy.value), rows=judgement.rows,
            true=names[worst.row], predicted=names[worst.column], n=int(judgement.confusion[worst.indices]),
        ),
    )  # fmt: skip
    matrix, rows = st.columns([5, 6], gap="medium")
    with matrix:
        cell = confusion_picker(
            judgement.confusion[np.ix_(judged_classes, seen_classes)],
            [names[number] for number in judged_classes],
            [names[number] for number in seen_classes],
            words,
            key=key,
            default=Cell(judged_classes.index(worst.row), seen_classes.index(worst.column)),
        )
        cell = Cell(judged_classes[cell.row], seen_classes[cell.column])
    with rows:
        return _show_rows(judged, cell, names, key)


def _show_rows(judged: JudgedRows, cell: Cell, names: Sequence[str], key: str) -> OpenRow | None:
    positions = judged.in_cell(*cell.indices)
    said = {"label": escaped_markdown(names[cell.row]), "prediction": escaped_markdown(names[cell.column])}
    st.markdown(t("evaluation.cell_right" if cell.row == cell.column else "evaluation.cell_wrong", n=f"{len(positions):,}", **said))
    if not len(positions):
        return None

    def name_of(position: int) -> str:
        sure = f"{100 * judged.confidence[position]:.1f}%"
        return f"{t('evaluation.line', line=judged.lines[position])} · {sure} · {clip(judged.texts[position], 40)}"

    position = row_picker(positions, name_of, lambda n: t("evaluation.row", shown=n), cell, key=key)
    text, note = judged.texts[position], judged.notes[position]
    with st.container(border=True, key=f"{key}-read"):
        with st.container(height=150 if len(text) > 400 else "content", border=False):
            st.text(text)
        percent = f"{100 * judged.confidence[position]:.1f}"
        read = t("evaluation.read", line=judged.lines[position], percent=percent, **said)
        st.caption(f"{read} {t('evaluation.note')}: {note}" if note else read)
        return OpenRow(text, judged.judgement.labels[cell.column], st.container())


def show_details(judged: JudgedRows, *, key: str, label_name: LabelName) -> None:
    """The most confident mistakes, scores of each class, a threshold and reliability, in tabs."""
    tabs = st.tabs([t(f"evaluation.tab_{name}") for name in ("mistakes", "classes", "threshold", "reliability")])
    with tabs[0]:
        show_mistakes(judged, label_name=label_name)
    with tabs[1]:
        show_classes(judged.judgement, label_name=label_name)
    with tabs[2]:
        _show_threshold(judged, key, label_name)
    with tabs[3]:
        show_reliability(judged.judgement, key=key)


def show_mistakes(judged: JudgedRows, *, label_name: LabelName, key: str | None = None) -> int | None:
    """The mistakes of which the model was surest. With a `key` one can be chosen: its position, None until then."""
    mistakes = judged.mistakes()
    if not len(mistakes):
        st.success(t("evaluation.no_mistakes"), icon=":material/check:")
        return None
    listed = mistakes[:LISTED_ROWS]
    st.caption(t("evaluation.mistakes_caption", n=f"{len(mistakes):,}", shown=len(listed)))
    labels = [label_name(label) for label in judged.judgement.labels]
    table = pd.DataFrame(
        [
            (judged.lines[row], judged.texts[row], labels[judged.true[row]], labels[judged.predicted[row]], judged.confidence[row])
            for row in listed
        ],
        columns=[t(f"evaluation.{name}") for name in ("line_column", "text", "label", "prediction", "probability")],
    )
    percent = {t("evaluation.probability"): st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=130)}
    if key is None:
        st.dataframe(table, hide_index=True, column_config=percent)
        return None
    st.caption(t("evaluation.mistakes_choose"))
    chosen = st.dataframe(
        table, hide_index=True, column_config=percent, on_select="rerun", selection_mode="single-row", key=f"{key}:mistakes"
    )
    return int(listed[chosen.selection.rows[0]]) if chosen.selection.rows else None


def show_classes(judgement: Judgement, *, label_name: LabelName) -> None:
    """Precision, recall and F1 of each class with their intervals."""
    st.caption(t("evaluation.classes_caption"))
    table = pd.DataFrame(
        [(label_name(scores.label), *_class_scores(scores), scores.rows) for scores in judgement.per_class],
        columns=[t(f"evaluation.{name}") for name in ("label", "precision", "recall", "f1", "rows")],
    )
    st.dataframe(table, hide_index=True)


def _class_scores(scores: ClassScore) -> list[str]:
    """Precision, recall and F1 of a class in words. One without judged rows has no score, whatever was called by its name."""
    if not scores.rows:
        return [t("evaluation.no_rows")] * 3
    return [with_interval(score) for score in (scores.precision, scores.recall, scores.f1)]


def _show_threshold(judged: JudgedRows, key: str, label_name: LabelName) -> None:
    assert judged.probabilities is not None, "a threshold needs the probabilities of all classes"
    labels = judged.judgement.labels
    left, right = st.columns(2)
    classes = dict(enumerate(map(label_name, labels)))
    last = len(labels) - 1 if len(labels) == 2 else 0
    number = left.selectbox(t("evaluation.threshold_class"), list(classes), index=last, format_func=classes.__getitem__, key=f"{key}:of")
    asked = float(right.slider(t("evaluation.threshold"), 0.0, 1.0, 0.5, 0.01, key=f"{key}_threshold", bind="query-params"))
    curve = threshold_curve(judged.true == number, judged.probabilities[:, number])
    at = curve.at(min(max(asked, 0.0), 1.0))
    chosen = float(curve.thresholds[at])
    scores = {name: score_words(getattr(curve, name)[at]) for name in ("precision", "recall", "f1")}
    said = t(
        "evaluation.threshold_said",
        threshold=f"{chosen:.2f}", label=label_name(labels[number]), called=f"{curve.called[at]:,}", rows=f"{curve.rows:,}",
        best=f"{curve.best:.2f}", best_f1=score_words(curve.f1[curve.at(curve.best)]), **scores,
    )  # fmt: skip
    names = (t("evaluation.precision"), t("evaluation.recall"), t("evaluation.f1"))
    show_figure(
        threshold_figure(
            curve.thresholds, curve.precision, curve.recall, curve.f1,
            chosen=chosen, chosen_name=f"{chosen:.2f}", names=names,
            threshold_title=t("evaluation.threshold"), score_title=t("evaluation.score"),
        ),
        key=f"{key}-threshold",
        caption=t("evaluation.threshold_caption"),
        alt=said,
        data=lambda: pd.DataFrame(dict(zip(("threshold", *names), (curve.thresholds, curve.precision, curve.recall, curve.f1), strict=True))),
    )  # fmt: skip
    st.markdown(escaped_markdown(said, 1_000))


def show_reliability(judgement: Judgement, *, key: str) -> None:
    """How sure against how often right."""
    bins: Sequence[Bin] = judgement.reliability
    worst = max(bins, key=lambda bin_: abs(bin_.confidence - bin_.accuracy) * bin_.rows)
    show_figure(
        reliability_figure(
            [(bin_.low, bin_.high) for bin_ in bins],
            [bin_.confidence for bin_ in bins],
            [bin_.accuracy for bin_ in bins],
            [bin_.rows for bin_ in bins],
            confidence_title=t("evaluation.confidence"),
            accuracy_title=t("evaluation.accuracy"),
            right_name=t("evaluation.accuracy"),
            ideal_name=t("evaluation.ideal"),
            rows_name=t("evaluation.rows"),
        ),
        key=f"{key}-reliability",
        caption=t("evaluation.reliability_caption"),
        alt=t(
            "evaluation.reliability_alt",
            ece=significant(judgement.ece), sure=significant(worst.confidence), right=significant(worst.accuracy), rows=worst.rows,
        ),
        data=lambda: pd.DataFrame([vars(bin_) for bin_ in bins]),
    )  # fmt: skip
