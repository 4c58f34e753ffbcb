"""The entities page's parts for one text: names marked in place, filtered by type, listed, and the tags before they were merged."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.errors import UserError
from components.models.results import UNSURE, Entity
from components.text.language import flags
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.state.recent import recent
from components.ui.widgets.address import typed_text
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import show_figure
from components.ui.widgets.highlight import Mark, colours_of, highlighted
from components.ui.widgets.models import choose_task_model, facts, load_compared, model_for
from components.ui.widgets.options import named
from components.ui.widgets.tokens import Chip, token_chips

if TYPE_CHECKING:
    from components.models.ner import EntityTagger, TaggedText

MAX_CHARACTERS = 20_000
MAX_CHIPS = 600
# The bundled Japanese model keeps its data's own names; what they mean for an English reader.
MEANINGS = {
    "PER": "person", "ORG": "organisation", "LOC": "place", "MISC": "other",
    "人名": "person", "法人名": "company", "政治的組織名": "political", "その他の組織名": "organisation",
    "地名": "place", "施設名": "facility", "製品名": "product", "イベント名": "event",
}  # fmt: skip


class EntityInputError(UserError):
    """Input of the entities page that can't be used."""


@dataclass(frozen=True, eq=False)
class Tagged:
    """One text as a model tagged it."""

    tagger: "EntityTagger"
    result: "TaggedText"


def read_text() -> str:
    """The examples and the text field. Raises EntityInputError where the text is longer than the page takes."""
    names = ("chapter", "news", "trip")
    presets = {name: {"ner_text": t(f"entities.example_{name}_text")} for name in names}
    examples("ner_preset", presets, {name: t(f"entities.example_{name}") for name in names})
    typed_text("ner_text", t("entities.example_chapter_text"))
    text = st.text_area(t("entities.text"), key="ner_text", persist_state="session", height=70)
    if len(text) > MAX_CHARACTERS:
        raise EntityInputError("entities.too_long", found=f"{len(text):,}", most=f"{MAX_CHARACTERS:,}")
    return text


def choose_taggers(texts: Sequence[str]) -> list["EntityTagger"]:
    """The menus for a model and, if wanted, a second one beside it. Raises ModelError."""
    left, right = st.columns(2)
    with left:
        first = choose_task_model("ner", key="ner_model", label=t("entities.model"), default=model_for("ner", texts))
    with right:
        second = choose_task_model("ner", key="ner_other", label=t("entities.other"), default=None)
    return load_compared(first, second, lambda id: model(id, "ner"))


def show_entities(text: str) -> list[Tagged]:
    """The model menus and each model's entities, marked in the text. [] for a text without anything in it."""
    taggers = choose_taggers([text])
    if not text.strip():
        st.info(t("entities.empty"), icon=":material/edit:")
        return []
    answers = [Tagged(tagger, _tag(tagger, text)) for tagger in taggers]
    for number, (answer, column) in enumerate(zip(answers, st.columns(len(answers), gap="medium"), strict=True)):
        with column:
            _show(answer, number, alone=len(answers) == 1)
    return answers


def label_name(label: str) -> str:
    """A type with its meaning in the visitor's language, where that says more than the label itself."""
    meaning = MEANINGS.get(label)
    if meaning is None or (language() == "ja" and not label.isascii()):
        return label
    return f"{label} ({t(f'entities.type_{meaning}')})"


def entity_table(entities: Sequence) -> pd.DataFrame:
    """One row an entity: text, type, start, end (characters, end exclusive), score."""
    columns = [t(f"entities.column_{name}") for name in ("text", "label", "start", "end", "score")]
    return pd.DataFrame([(entity.text, entity.label, entity.start, entity.end, entity.score) for entity in entities], columns=columns)


def _tag(tagger: "EntityTagger", text: str) -> "TaggedText":
    """The tags of a text, the session's last eight kept, so that a filter needs no model."""

    def make() -> "TaggedText":
        with st.spinner(t("entities.running")):
            return tagger.tag(text)

    return recent("ner_tagged", 8).get((tagger.id, text), make)


def _show(answer: Tagged, number: int, alone: bool) -> None:
    result, tagger = answer.result, answer.tagger
    for key in flags(result.text, tagger.language):
        st.warning(t(key), icon=":material/warning:")
    counts = Counter(entity.label for entity in result.entities)
    names = {label: f"{escaped_markdown(label_name(label), 60)} {counts[label]}" for label in tagger.labels if counts[label]}
    wanted = st.pills(
        t("entities.filter", model=escaped_markdown(tagger.id)),
        list(names),
        selection_mode="multi",
        format_func=named(names),
        key=f"ner-types-{number}",
    )
    shown = [entity for entity in result.entities if not wanted or entity.label in wanted]
    colours = colours_of(tagger.labels)
    marks = [
        Mark(entity.start, entity.end, _marked(entity), colours[entity.label], f"{label_name(entity.label)} · {100 * entity.score:.1f}%")
        for entity in shown
    ]
    highlighted(result.text, marks, height=320 if len(result.text) > 1_200 else "content")
    st.caption(_summary(answer, counts))
    if not shown:
        return
    table = entity_table(shown)
    left, right = st.columns([3, 2], gap="medium") if alone else (st.container(), st.container())
    with left:
        score = t("entities.column_score")
        st.dataframe(
            table, hide_index=True, column_config={score: st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)}
        )
    with right:
        labels = [label for label, _ in counts.most_common()]
        show_figure(
            bar_figure(
                [label_name(label) for label in labels],
                [counts[label] for label in labels],
                value_title=t("entities.count"),
                colour=[colours[label] for label in labels],
                written=[str(counts[label]) for label in labels],
            ),
            key=f"ner-counts-{number}",
            caption=t("entities.counts_caption"),
            alt=t("entities.counts_alt", counts=", ".join(f"{label_name(label)} {counts[label]}" for label in labels)),
            data=table,
        )
    with st.expander(t("entities.tags")):
        _show_tags(answer, colours)


def _marked(entity: Entity) -> str:
    """Its type, with a question mark where it is more likely another or none."""
    return f"{entity.label} ?" if entity.score < UNSURE else entity.label


def _summary(answer: Tagged, counts: Counter) -> str:
    said = [t("entities.found", n=sum(counts.values()), tokens=f"{len(answer.result.tokens):,}")]
    unsure = sum(entity.score < UNSURE for entity in answer.result.entities)
    if unsure:
        said.append(t("entities.unsure", n=unsure, percent=round(100 * UNSURE)))
    if len(answer.result.windows) > 1:
        said.append(t("entities.windows", n=len(answer.result.windows), most=answer.tagger.max_length))
    return " ".join([*said, facts(answer.tagger.id)])


def _show_tags(answer: Tagged, colours: Mapping[str, str]) -> None:
    st.caption(t("entities.tags_caption"))
    result = answer.result
    chips = [
        Chip(token, word, "token" if tag != "O" else "special", tag, tooltip=f"{tag} · {100 * score:.1f}%")
        for token, word, tag, score in list(zip(result.tokens, result.words, result.tags, result.scores, strict=True))[:MAX_CHIPS]
    ]
    token_chips(chips)
    if len(result.tokens) > MAX_CHIPS:
        st.caption(t("entities.tags_more", shown=MAX_CHIPS, all=f"{len(result.tokens):,}"))


def snippet_settings(text: str, answers: Sequence[Tagged]) -> dict[str, object]:
    """The settings of the code tab."""
    return {"model_id": answers[0].tagger.id, "text": text} if answers else {}
