"""Entities of a table judged against the right ones in a column: scores, which type is taken for which, and the rows behind each cell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from components.errors import TableError
from components.evaluation.entities import EntityJudgement, TypeScore, judge_entities
from components.evaluation.entity_gold import compared_types, match_types, read_gold
from components.models import Entity
from components.ui.state.language import language, t
from components.ui.state.recent import kept
from components.ui.widgets.cell_picker import LISTED_ROWS
from components.ui.widgets.entity_pairs import show_entity_confusion
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.evaluation import score_words
from components.ui.widgets.tables import Upload

from .page import label_name

PREFIX = "ner-judged"
MATCHED_BY_HAND = 24  # types of a file that get a menu each
# [] in a cell says that there is none; a triple [start, end, label] is read too.
FORMAT = """text,entities
"Tim Cook visited Paris.","[{""start"": 0, ""end"": 8, ""label"": ""PER""}, {""start"": 17, ""end"": 22, ""label"": ""LOC""}]"
"Nothing happened.",[]
"""


@dataclass(frozen=True, eq=False)
class Gold:
    """What the column states: `entities` of each row (None: nothing, or nothing that can be used), `problems` as (row, error)."""

    entities: list[list[Entity] | None]
    problems: list[tuple[int, TableError]]

    def rows(self, done: int) -> list[int]:
        """The rows to judge among the first `done`."""
        return [row for row, entities in enumerate(self.entities[:done]) if entities is not None]

    def types(self) -> Counter:
        return Counter(entity.label for entities in self.entities for entity in entities or ())


def show_format() -> None:
    """What a file with the right entities looks like."""
    with st.expander(t("entities.gold_format")):
        st.markdown(t("entities.gold_format_help"))
        st.code(FORMAT, language="csv", wrap_lines=True)


def show_judged(
    upload: Upload, column: str, texts: Sequence[str], predicted: Sequence[Sequence[Entity]], labels: Sequence[str], *, state: str
) -> None:
    """The scores of `predicted`, the entities of the first rows by a model of types `labels`, against the file's `column`.

    state: changes with `texts`, `predicted` and `labels`.
    """
    st.subheader(t("entities.heading_judged"), anchor=False)
    gold = kept(f"{PREFIX}:gold", (state, column), lambda: _read(upload.frame[column], texts))
    lines = upload.table.lines
    _show_problems(gold, lines)
    rows = gold.rows(len(predicted))
    if not rows:
        st.info(t("entities.gold_none"), icon=":material/info:")
        return
    types = gold.types()
    meaning = _match(types, labels, upload.signature)
    theirs, ours = compared_types(meaning)
    judgement = kept(f"{PREFIX}:judgement", (state, column, tuple(meaning.items())), lambda: _judge(gold, predicted, rows, theirs, ours))
    _show_left_out(types, theirs, Counter(entity.label for row in rows for entity in predicted[row]), ours)
    _show_scores(judgement)
    show_entity_confusion(judgement, texts, lines, key=PREFIX)
    with st.expander(t("entities.each_type")):
        _show_types(judgement)


def _read(column: pd.Series, texts: Sequence[str]) -> Gold:
    entities, problems = [], []
    for row, (cell, text) in enumerate(zip(column.tolist(), texts, strict=True)):
        try:
            entities.append(read_gold(cell, text))
        except TableError as error:
            entities.append(None)
            problems.append((row, error))
    return Gold(entities, problems)


def _judge(gold: Gold, predicted: Sequence, rows: Sequence[int], theirs: Mapping[str, str], ours: Mapping[str, str]) -> EntityJudgement:
    with st.spinner(t("entities.judging")):
        return judge_entities(
            [_renamed(gold.entities[row], theirs) for row in rows], [_renamed(predicted[row], ours) for row in rows], rows
        )


def _renamed(entities: Sequence[Entity] | None, names: Mapping[str, str]) -> list[Entity]:
    return [replace(entity, label=names[entity.label]) for entity in entities or () if entity.label in names]


def _match(types: Counter, labels: Sequence[str], signature: str) -> dict[str, tuple[str, ...]]:
    """What each type of the file means for the model: guessed, and to be corrected in menus."""
    meaning = match_types([name for name, _ in types.most_common()], labels)
    with st.expander(t("entities.match"), expanded=not all(meaning.values())):
        st.caption(t("entities.match_help"))
        columns = st.columns(min(len(meaning), 4) or 1)
        for number, name in enumerate(list(meaning)[:MATCHED_BY_HAND]):
            menu = columns[number % len(columns)].multiselect(
                escaped_markdown(name, 60),
                list(labels),
                default=list(meaning[name]),
                format_func=label_name,
                key=f"{PREFIX}:match:{signature}:{name}:{'|'.join(labels)}",
                placeholder=t("evaluation.match_none"),
            )
            meaning[name] = tuple(menu)
    return meaning


def _show_problems(gold: Gold, lines: Sequence[int]) -> None:
    if not gold.problems:
        return
    st.warning(t("entities.gold_problems", n=f"{len(gold.problems):,}"), icon=":material/warning:")
    with st.expander(t("entities.gold_problems_list", shown=min(len(gold.problems), LISTED_ROWS))):
        rows = [(lines[row], error.in_language(language())) for row, error in gold.problems[:LISTED_ROWS]]
        st.dataframe(pd.DataFrame(rows, columns=[t("tables.problem_line"), t("tables.problem_reason")]), hide_index=True)


def _show_left_out(right: Counter, theirs: Mapping[str, str], predicted: Counter, ours: Mapping[str, str]) -> None:
    """Types that only one side knows."""
    for key, counts, known in (("left_out_file", right, theirs), ("left_out_model", predicted, ours)):
        lacking = {name: count for name, count in counts.items() if name not in known}
        if lacking:
            names = ", ".join(f"{escaped_markdown(name, 40)} ({count:,})" for name, count in lacking.items())
            st.caption(f":orange[:material/info:] {t(f'entities.{key}', types=names)}")


def _show_scores(judgement: EntityJudgement) -> None:
    columns = st.columns(4)
    for column, name in zip(columns, ("strict", "partial"), strict=False):
        score = getattr(judgement.overall, name)
        column.metric(t(f"entities.{name}"), score_words(score.f1), help=t(f"entities.{name}_help"))
        column.caption(t("entities.precision_recall", precision=score_words(score.precision), recall=score_words(score.recall)))
    columns[2].metric(t("entities.right_count"), f"{judgement.overall.gold:,}")
    columns[2].caption(t("entities.found_count", n=f"{judgement.overall.predicted:,}"))
    columns[3].metric(t("evaluation.rows"), f"{judgement.rows:,}", help=t("entities.rows_help"))


def _show_types(judgement: EntityJudgement) -> None:
    st.caption(t("entities.each_type_caption"))
    names = [t(f"entities.column_{name}") for name in ("label", "right", "found", "precision", "recall", "strict", "partial")]
    table = pd.DataFrame([_row(score) for score in judgement.per_type], columns=names)
    st.dataframe(table, hide_index=True)


def _row(score: TypeScore) -> tuple[str | int, ...]:
    scores = (score.strict.precision, score.strict.recall, score.strict.f1, score.partial.f1)
    return score.label, score.gold, score.predicted, *("–" if score is None else f"{score:.3f}" for score in scores)
