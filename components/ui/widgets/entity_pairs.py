"""Entities of a file beside those of a model: which type is taken for which, and the chosen pair marked in its text in both versions."""

from collections.abc import Sequence

import streamlit as st

from components.evaluation.entities import EntityJudgement, EntityPair
from components.text.clip import clip
from components.ui.state.language import t

from .cell_picker import Cell, ConfusionWords, commonest_mistake, confusion_picker, row_picker
from .escaped import escaped_markdown
from .evaluation import score_words
from .highlight import Mark, highlighted
from .kinds import kinds_of

LONG = 500  # characters from which on a text scrolls


def show_entity_confusion(judgement: EntityJudgement, texts: Sequence[str], lines: Sequence[int], *, key: str) -> None:
    """Which type is taken for which, and beside it the entities of the chosen cell, the chosen one in its text in both versions. lines: of each
    text in its file."""
    labels = [*judgement.labels, t("entities.none")]
    counts = judgement.confusion
    worst = commonest_mistake(counts)
    words = ConfusionWords(
        t("entities.in_file"),
        t("entities.by_model"),
        t("entities.confusion_caption"),
        t(
            "entities.confusion_alt",
            f1=score_words(judgement.overall.strict.f1), n=int(counts[worst.indices]),
            true=labels[worst.row], predicted=labels[worst.column],
        ),
    )  # fmt: skip
    matrix, reading = st.columns([5, 6], gap="medium")
    with matrix:
        cell = confusion_picker(counts, labels, labels, words, key=key, default=worst)
    with reading:
        _show_cell(judgement, cell, labels, texts, lines, key)


def show_pair(judgement: EntityJudgement, pair: EntityPair, text: str, *, key: str) -> None:
    """The text of a pair twice: with what its file marks, and with what the model does."""
    kind = kinds_of(judgement.labels)
    with st.container(border=True, key=f"{key}-read"):
        for side in ("gold", "predicted"):
            marks = [
                Mark(entity.start, entity.end, entity.label, kind[entity.label])
                for other in judgement.pairs
                if other.row == pair.row and (entity := getattr(other, side))
            ]
            st.markdown(f"**{t('entities.in_file' if side == 'gold' else 'entities.by_model')}**")
            highlighted(text, marks, height=220 if len(text) > LONG else "content")


def pair_name(pair: EntityPair, lines: Sequence[int]) -> str:
    nothing = t("entities.none")
    left, right = (clip(entity.text, 40) if entity else nothing for entity in (pair.gold, pair.predicted))
    same = pair.gold and pair.predicted and pair.gold.text == pair.predicted.text
    return f"{t('evaluation.line', line=lines[pair.row])} · {left if same else f'{left} → {right}'}"


def _show_cell(judgement: EntityJudgement, cell: Cell, labels: Sequence[str], texts: Sequence[str], lines: Sequence[int], key: str) -> None:
    pairs = judgement.in_cell(cell.indices)
    said = {"true": escaped_markdown(labels[cell.row]), "predicted": escaped_markdown(labels[cell.column])}
    words = "cell_same" if cell.row == cell.column else "cell_other"
    st.markdown(t(f"entities.{words}", n=f"{len(pairs):,}", differ=f"{sum(not pair.exact for pair in pairs):,}", **said))
    if not pairs:
        return
    number = row_picker(
        range(len(pairs)), lambda number: pair_name(pairs[number], lines), lambda n: t("entities.pair", shown=n), cell, key=key
    )
    show_pair(judgement, pairs[number], texts[pairs[number].row], key=key)
