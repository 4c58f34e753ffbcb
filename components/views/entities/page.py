"""The entities page's parts for one text: names marked in place and filtered by type, every token's tag, the names as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from components.charts.numbers import per_cent
from components.errors import UserError
from components.models import Entity
from components.models.cards import card
from components.text.language import flags
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.state.recent import recent
from components.ui.widgets import kinds
from components.ui.widgets.bench import Bench, example_menu, sentence_field
from components.ui.widgets.card import Card, CardMark
from components.ui.widgets.figures import figure_foot
from components.ui.widgets.marked_text import MEANINGS, MOST_TOKENS, SURE, in_order, kind_name, marked_text
from components.ui.widgets.models import choose_task_model, load_compared, model_for, model_name, show_facts
from components.ui.widgets.verdict import doubt_place, plain, said, show_doubt, show_finding

if TYPE_CHECKING:
    from components.models.ner import EntityTagger, TaggedText

MAX_CHARACTERS = 20_000
EXAMPLES = ("news", "chapter", "trip", "none")


class EntityInputError(UserError):
    """Input of the entities page that can't be used."""


@dataclass(frozen=True, eq=False)
class Tagged:
    """One text as a model tagged it."""

    tagger: "EntityTagger"
    result: "TaggedText"


def read_text(bar: Bench) -> str:
    """The examples and the text field. Raises EntityInputError where the text is longer than the page takes."""
    texts = {name: t(f"entities.example_{name}_text") for name in EXAMPLES}
    with bar.examples:
        example_menu(
            "ner_preset",
            {name: {"ner_text": text} for name, text in texts.items()},
            {name: t(f"entities.example_{name}") for name in texts},
        )
    with bar.field:
        text = sentence_field("ner_text", t("entities.text"), texts[EXAMPLES[0]], examples=texts)
    if len(text) > MAX_CHARACTERS:
        raise EntityInputError("entities.too_long", found=f"{len(text):,}", most=f"{MAX_CHARACTERS:,}")
    return text


def choose_taggers(bar: Bench, texts: Sequence[str]) -> list["EntityTagger"]:
    """The menus for a model and, behind the gear, a second one beside it. Raises ModelError."""
    with bar.model:
        first = choose_task_model("ner", key="ner_model", label=t("entities.model"), default=model_for("ner", texts))
    with bar.more:
        second = choose_task_model("ner", key="ner_other", label=t("entities.other"), default=None)
    return load_compared(first, second, lambda id: model(id, "ner"))


def show_entities(bar: Bench, text: str) -> list[Tagged]:
    """The model menus and each model's entities, marked in the text. [] for a text without anything in it."""
    taggers = choose_taggers(bar, [text])
    bar.run(t("entities.run"))
    if not text.strip():
        st.info(t("entities.empty"), icon=":material/edit:")
        return []
    answers = [Tagged(tagger, _tag(tagger, text)) for tagger in taggers]
    for number, (answer, column) in enumerate(zip(answers, st.columns(len(answers), gap="medium"), strict=True)):
        with column:
            if len(answers) > 1:
                st.caption(model_name(card(answer.tagger.id), answer.tagger.id))
            _show(answer, number)
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


def finding(entities: Sequence[Entity]) -> str:
    """The surest name and how many more there are, as HTML."""
    if not entities:
        return said("entities.finding_none")
    best = max(entities, key=lambda one: one.score)
    others = len(entities) - 1
    named = {"name": best.text} if best.label in MEANINGS else {"name": best.text, "kind": best.label}
    values = {"kind": t(f"entities.a_{MEANINGS[best.label]}")} if best.label in MEANINGS else {}
    return said(
        "entities.finding_more" if others else "entities.finding_one", quoted=named, percent=per_cent(best.score), n=others, **values
    )


def doubt(entities: Sequence[Entity]) -> str | None:
    """The names that are more guess than find, as HTML."""
    weak = sorted((one for one in entities if one.score < SURE), key=lambda one: one.score)
    if not weak:
        return None
    key = "entities.doubt_one" if len(weak) == 1 else "entities.doubt_more"
    return said(key, quoted={"name": weak[0].text}, percent=per_cent(weak[0].score), n=len(weak), least=per_cent(SURE))


def _show(answer: Tagged, number: int) -> None:
    result, tagger = answer.result, answer.tagger
    show_finding(finding(result.entities))
    with doubt_place(f"ner-sentence-{number}"):
        show_doubt(doubt(result.entities))
    marked_text(result, {label: kind_name(label) for label in in_order(tagger.labels)}, key=f"ner_text_{number}")
    table = entity_table(result.entities)
    figure_foot(
        key=f"ner-sentence-{number}", caption=t("entities.legend", least=per_cent(SURE)), data=table, card=_card(result, tagger.labels)
    )
    for key in flags(result.text, tagger.language):
        st.warning(t(key), icon=":material/warning:")
    if summary := _summary(answer):
        st.caption(summary)
    if len(table):
        with st.expander(t("entities.as_table", n=len(table))):
            score = t("entities.column_score")
            st.dataframe(
                table, hide_index=True, column_config={score: st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)}
            )
    show_facts(tagger.id)


def _summary(answer: Tagged) -> str:
    """What of a long text was read, and what of it is shown."""
    said_ = []
    if len(answer.result.windows) > 1:
        said_.append(t("entities.windows", n=len(answer.result.windows), most=answer.tagger.max_length))
    if len(answer.result.tokens) > MOST_TOKENS:
        said_.append(t("entities.tags_more", shown=MOST_TOKENS, all=f"{len(answer.result.tokens):,}"))
    return " ".join(said_)


def _card(result: "TaggedText", labels: Sequence[str]) -> Card:
    """The text with its names, as a picture to show."""
    kind, words, marks, position = kinds.kinds_of(labels), [], [], 0
    for entity in (*sorted(result.entities, key=lambda one: one.start), None):
        between = result.text[position : entity.start if entity else len(result.text)]
        words += between.split() if " " in between.strip() else [between[at : at + 12] for at in range(0, len(between), 12)]
        if entity:
            marks.append(CardMark(len(words), kind[entity.label]))
            words.append(entity.text)
            position = entity.end
    return Card(plain(finding(result.entities)), words, marks=marks)


def snippet_settings(text: str, answers: Sequence[Tagged]) -> dict[str, object]:
    """The settings of the code tab."""
    return {"model_id": answers[0].tagger.id, "text": text} if answers else {}
