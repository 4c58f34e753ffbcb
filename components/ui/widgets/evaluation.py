"""Predictions judged against a label column: scores, a confusion matrix whose cells give their rows, thresholds, reliability, mistakes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.evaluation import confusion_figure, reliability_figure, shown_classes, threshold_figure
from components.charts.heatmap import cell_of
from components.charts.numbers import significant
from components.evaluation.judgements import Bin, Interval, Judgement, judge
from components.evaluation.label_matching import match_labels, true_classes
from components.evaluation.prediction_tables import Scored
from components.evaluation.thresholds import threshold_curve
from components.ui.state.language import t
from components.ui.state.recent import kept

from .figures import show_figure
from .plain import plain

MATCHED_BY_HAND = 12  # labels of a file that get a menu each
LISTED_ROWS = 200


@dataclass(frozen=True, eq=False)
class Judged:
    """n rows with a label, and what a model said of them. rows: their places in the table. true (n,): class numbers."""

    rows: np.ndarray
    texts: Sequence[str]
    lines: Sequence[int]
    true: np.ndarray
    scored: Scored
    judgement: Judgement

    def in_cell(self, cell: tuple[int, int]) -> np.ndarray:
        """The rows (places in the table) of label cell[0] that were called cell[1], the surest first."""
        called = self.scored.predicted[self.rows]
        inside = (self.true == cell[0]) & (called == cell[1])
        return self.rows[inside][np.argsort(-self.scored.probabilities[self.rows][inside].max(axis=1), kind="stable")]


def match_file_labels(column: pd.Series, labels: Sequence[str], *, key: str, label_name: Callable[[str], str]) -> dict[str, str | None]:
    """What each label of the file means for the model: guessed, and to be corrected in menus."""
    found = [label for label in column.str.strip().value_counts().index if label]
    meaning = match_labels(found, labels)
    lacking = [label for label in found if meaning[label] is None]
    with st.expander(t("evaluation.match"), expanded=bool(lacking)):
        st.caption(t("evaluation.match_help"))
        columns = st.columns(min(len(found), 4) or 1)
        names = {None: t("evaluation.match_none")} | {label: label_name(label) for label in labels}
        for number, label in enumerate(found[:MATCHED_BY_HAND]):
            options = [None, *labels]
            meaning[label] = columns[number % len(columns)].selectbox(
                plain(label, 60),
                options,
                index=options.index(meaning[label]),
                format_func=names.get,
                key=f"{key}:{label}",
            )
    left_out = sum(meaning[label] is None for label in found)
    if left_out:
        st.warning(t("evaluation.unmatched", n=left_out, example=plain(next(label for label in found if meaning[label] is None), 60)))
    return meaning


def judged(
    texts: Sequence[str], lines: Sequence[int], column: pd.Series, meaning: dict[str, str | None], scored: Scored, key: str
) -> Judged | None:
    """The rows that have a label the model knows and a text, judged; None where there is none. Kept until anything of it changes."""

    def result() -> Judged | None:
        true = true_classes(column.tolist(), meaning, scored.labels)
        rows = np.flatnonzero((true >= 0) & ~scored.empty)
        if not len(rows):
            return None
        judgement = judge(true[rows], scored.probabilities[rows], scored.labels, rows=rows)
        return Judged(rows, texts, lines, true[rows], scored, judgement)

    return kept(f"{key}:judged", (id(scored), len(scored), column.name, tuple(meaning.items())), result)


def show_scores(found: Judged) -> None:
    """Accuracy, macro F1 (with 95% intervals) and calibration error in a row."""
    judgement = found.judgement
    columns = st.columns(4)
    for column, name in zip(columns, ("accuracy", "macro_f1"), strict=False):
        interval: Interval = getattr(judgement, name)
        column.metric(t(f"evaluation.{name}"), significant(interval.value), help=t(f"evaluation.{name}_help"))
        column.caption(t("evaluation.interval", low=significant(interval.low), high=significant(interval.high)))
    columns[2].metric(t("evaluation.ece"), significant(judgement.ece), help=t("evaluation.ece_help"))
    columns[3].metric(t("evaluation.rows"), f"{judgement.rows:,}")


def show_confusion(found: Judged, *, key: str, label_name: Callable[[str], str]) -> DeltaGenerator | None:
    """The confusion matrix and, beside it, the rows of the chosen cell; the row that is read stands in full.

    Returns the place under that row, with `st.session_state[f"{key}:row"]` telling which it is; None where the cell is empty.
    """
    judgement = found.judgement
    drawn = shown_classes(judgement.confusion)
    names = [label_name(judgement.labels[number]) for number in drawn]
    cell = _chosen_cell(judgement, key)
    matrix, rows = st.columns([5, 6], gap="medium")
    with matrix:
        confusion = judgement.confusion[np.ix_(drawn, drawn)]
        marked = (drawn.index(cell[0]), drawn.index(cell[1])) if set(cell) <= set(drawn) else None
        caption = t("evaluation.confusion_caption")
        if len(drawn) < len(judgement.labels):
            caption += " " + t("evaluation.confusion_part", shown=len(drawn), all=len(judgement.labels))
        worst = commonest_mistake(judgement.confusion)
        show_figure(
            confusion_figure(
                confusion, names, true_title=t("evaluation.label"), predicted_title=t("evaluation.prediction"), marked=marked
            ),
            key=f"{key}-confusion",
            caption=caption,
            alt=t(
                "evaluation.confusion_alt",
                accuracy=significant(judgement.accuracy.value), rows=judgement.rows,
                true=label_name(judgement.labels[worst[0]]), predicted=label_name(judgement.labels[worst[1]]),
                n=int(judgement.confusion[worst]),
            ),
            data=lambda: pd.DataFrame(judgement.confusion, index=judgement.labels, columns=judgement.labels),
            on_point=lambda _, index: _choose(key, tuple(drawn[place] for place in cell_of(index, len(drawn)))),
        )  # fmt: skip
        titles = (t("evaluation.label"), t("evaluation.prediction"))
        cell_menus([*map(label_name, judgement.labels)], cell, key=key, titles=titles, choose=lambda chosen: _choose(key, chosen))
    with rows:
        return _show_rows(found, cell, key, label_name)


def show_details(found: Judged, *, key: str, label_name: Callable[[str], str]) -> None:
    """Scores of each class, a threshold, reliability and the most confident mistakes, in tabs."""
    tabs = st.tabs([t(f"evaluation.tab_{name}") for name in ("mistakes", "classes", "threshold", "reliability")])
    with tabs[0]:
        _show_mistakes(found, label_name)
    with tabs[1]:
        _show_classes(found.judgement, label_name)
    with tabs[2]:
        _show_threshold(found, key, label_name)
    with tabs[3]:
        show_reliability(found.judgement.reliability, found.judgement.ece, key)


def _chosen_cell(judgement: Judgement, key: str) -> tuple[int, int]:
    """The cell that was chosen; until then the commonest mistake."""
    cell = st.session_state.get(f"{key}:cell")
    if cell is None or max(cell) >= len(judgement.labels):
        return commonest_mistake(judgement.confusion)
    return cell


def commonest_mistake(confusion: np.ndarray) -> tuple[int, int]:
    """Its cell in a confusion matrix (labels, labels); the largest cell where there is no mistake."""
    mistakes = confusion - np.diag(np.diag(confusion))
    counts = mistakes if mistakes.any() else confusion
    row, column = np.unravel_index(int(counts.argmax()), counts.shape)
    return int(row), int(column)


def _choose(key: str, cell: tuple[int, int]) -> None:
    st.session_state[f"{key}:cell"] = cell


def cell_menus(
    names: Sequence[str], cell: tuple[int, int], *, key: str, titles: tuple[str, str], choose: Callable[[tuple[int, int]], None]
) -> None:
    """A matrix's cell chosen by keyboard: menus of its row and its column, `titles` over them."""
    options = dict(enumerate(names))
    keys = (f"{key}:cell-row", f"{key}:cell-column")
    for column, place, title, menu in zip(st.columns(2), cell, titles, keys, strict=True):
        st.session_state[menu] = place
        column.selectbox(
            title,
            list(options),
            format_func=options.get,
            key=menu,
            on_change=lambda: choose(tuple(st.session_state[one] for one in keys)),
        )


def _show_rows(found: Judged, cell: tuple[int, int], key: str, label_name: Callable[[str], str]) -> DeltaGenerator | None:
    labels = found.judgement.labels
    rows = found.in_cell(cell)
    said = {"label": plain(label_name(labels[cell[0]])), "prediction": plain(label_name(labels[cell[1]]))}
    st.markdown(t("evaluation.cell_right" if cell[0] == cell[1] else "evaluation.cell_wrong", n=f"{len(rows):,}", **said))
    if not len(rows):
        return None
    confidence = found.scored.probabilities[:, cell[1]]
    names = {
        row: f"{t('evaluation.line', line=found.lines[row])} · {100 * confidence[row]:.1f}% · {_start(found.texts[row])}"
        for row in rows[:LISTED_ROWS].tolist()
    }
    row = st.selectbox(
        t("evaluation.row", shown=len(names)),
        list(names),
        format_func=names.get,
        key=f"{key}:row-{cell}",
    )
    st.session_state[f"{key}:row"] = row
    with st.container(border=True, key=f"{key}-read"):
        text = found.texts[row]
        with st.container(height=150 if len(text) > 400 else "content", border=False):
            st.text(text)
        st.caption(
            t("evaluation.read", line=found.lines[row], percent=f"{100 * confidence[row]:.1f}", **said)
            + (f" {t('evaluation.note')}: {found.scored.notes[row]}" if found.scored.notes[row] else "")
        )
        return st.container()


def _show_mistakes(found: Judged, label_name: Callable[[str], str]) -> None:
    mistakes = found.judgement.mistakes
    if not mistakes:
        st.success(t("evaluation.no_mistakes"), icon=":material/check:")
        return
    st.caption(t("evaluation.mistakes_caption", n=f"{len(mistakes):,}", shown=min(len(mistakes), LISTED_ROWS)))
    table = pd.DataFrame(
        [
            (found.lines[one.row], found.texts[one.row], label_name(one.label), label_name(one.predicted), one.confidence)
            for one in mistakes[:LISTED_ROWS]
        ],
        columns=[t(f"evaluation.{name}") for name in ("line_column", "text", "label", "prediction", "probability")],
    )
    percent = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=130)
    st.dataframe(table, hide_index=True, column_config={t("evaluation.probability"): percent})


def _show_classes(judgement: Judgement, label_name: Callable[[str], str]) -> None:
    st.caption(t("evaluation.classes_caption"))
    table = pd.DataFrame(
        [(label_name(one.label), one.precision, one.recall, one.f1, one.rows) for one in judgement.per_class],
        columns=[t(f"evaluation.{name}") for name in ("label", "precision", "recall", "f1", "rows")],
    )
    number = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(table, hide_index=True, column_config={t(f"evaluation.{name}"): number for name in ("precision", "recall", "f1")})


def _show_threshold(found: Judged, key: str, label_name: Callable[[str], str]) -> None:
    labels = found.judgement.labels
    left, right = st.columns(2)
    classes = dict(enumerate(map(label_name, labels)))
    last = len(labels) - 1 if len(labels) == 2 else 0
    number = left.selectbox(t("evaluation.threshold_class"), list(classes), index=last, format_func=classes.get, key=f"{key}:of")
    chosen = float(right.slider(t("evaluation.threshold"), 0.0, 1.0, 0.5, 0.01, key=f"{key}_threshold", bind="query-params"))
    curve = threshold_curve(found.true == number, found.scored.probabilities[found.rows, number])
    at = curve.at(min(max(chosen, 0.0), 1.0))
    scores = {name: significant(float(getattr(curve, name)[at])) for name in ("precision", "recall", "f1")}
    said = t(
        "evaluation.threshold_said",
        threshold=f"{chosen:.2f}", label=label_name(labels[number]), called=f"{curve.called[at]:,}", rows=f"{curve.rows:,}",
        best=f"{curve.best:.2f}", best_f1=significant(float(curve.f1.max())), **scores,
    )  # fmt: skip
    names = tuple(t(f"evaluation.{name}") for name in ("precision", "recall", "f1"))
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
    st.markdown(plain(said, 1_000))


def show_reliability(bins: Sequence[Bin], ece: float, key: str) -> None:
    """How sure against how often right; `ece`: the expected calibration error of the same rows."""
    worst = max(bins, key=lambda one: abs(one.confidence - one.accuracy) * one.rows)
    show_figure(
        reliability_figure(
            [(one.low, one.high) for one in bins],
            [one.confidence for one in bins],
            [one.accuracy for one in bins],
            [one.rows for one in bins],
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
            ece=significant(ece), sure=significant(worst.confidence), right=significant(worst.accuracy), rows=worst.rows,
        ),
        data=lambda: pd.DataFrame([vars(one) for one in bins]),
    )  # fmt: skip


def _start(text: str, most: int = 40) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
