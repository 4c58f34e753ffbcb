"""The beginning of a labelling: what choosing gains, measured on a sample; a file or a sample; the classes."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.models import bundled
from components.tables.columns import guess_columns
from components.text.language import main_language
from components.training.labelling import MOST_CLASSES
from components.training.labelling_facts import LONGEST_NAME
from components.training.labelling_gain import gain
from components.training.samples_list import SAMPLES, SampleTable
from components.ui.state.language import language, t
from components.ui.state.runs import store
from components.ui.state.visitor import visitor_key
from components.ui.widgets.figures import show_figure
from components.ui.widgets.tables import Source, Upload, choose_column, source_key, table_in
from components.ui.widgets.verdict import said, show_finding

from .jobs import show_labellings
from .problems import noted, show_problem
from .state import labellings, open_labelling, own_labellings

PREFIX = "label"


@dataclass(frozen=True, eq=False)
class Given:
    """What a labelling is made of: texts under the file's row numbers, and the labels that the file has, where it has a column of them."""

    upload: Upload
    texts: pd.Series
    labels: pd.Series | None


def show_start() -> None:
    """The page before a labelling is opened."""
    found = own_labellings()
    if found:
        show_labellings(found)
    elif source_key(PREFIX) not in st.session_state:
        _show_gain()
    st.subheader(t("label.new"), anchor=False)
    with st.container(horizontal=True, key="label-samples"):
        begun = found or source_key(PREFIX) in st.session_state
        for place, sample in enumerate(_samples()):
            words = t("label.sample", title=t(sample.title), n=f"{sample.rows:,}")
            st.button(
                words,
                key=f"label-sample-{sample.id}",
                on_click=_take_sample,
                args=(sample,),
                type="secondary" if place or begun else "primary",
            )
    upload = table_in(PREFIX)
    if upload:
        _set_up(upload)
    else:
        st.caption(t("label.what_file", days=store().limits.days))


def _samples() -> list[SampleTable]:
    """The samples with classes, those of the visitor's language first."""
    those = [sample for sample in SAMPLES if sample.task == "classification"]
    return sorted(those, key=lambda sample: (sample.language != language(), not sample.id.startswith("intents")))


def _take_sample(sample: SampleTable) -> None:
    st.session_state[source_key(PREFIX)] = Source.of(sample.path.name, sample.path.read_bytes())


def _sample_of(upload: Upload) -> SampleTable | None:
    return next((sample for sample in _samples() if sample.path.name == upload.name and sample.rows == len(upload.frame)), None)


def _show_gain() -> None:
    """What a person who lets the model choose reaches with the same labels."""
    measured = gain()
    first, last = measured.chosen[-1], measured.drawn[-1]
    show_finding(said("label.gain", labels=measured.labels[-1], chosen=f"{first:.0%}", drawn=f"{last:.0%}"))
    curves = [Curve(t("label.gain_chosen"), measured.chosen), Curve(t("label.gain_drawn"), measured.drawn)]
    axis = t("label.gain_labels")
    show_figure(
        line_figure(measured.labels, curves, x_title=axis, y_title=t("label.gain_accuracy"), markers=True, height=280),
        key="label-gain",
        caption=t("label.gain_caption", seeds=measured.seeds, tested=measured.judged),
        alt=t("label.gain_alt", labels=measured.labels[-1], chosen=f"{first:.0%}", drawn=f"{last:.0%}"),
        data=lambda: line_table(measured.labels, curves, x_title=axis),
    )


def _set_up(upload: Upload) -> None:
    """Columns, classes, a name, and the button that begins."""
    sample, guess = _sample_of(upload), guess_columns(upload.frame)
    left, right = st.columns(2)
    with left:
        text = choose_column(upload, t("label.text_column"), key="label:text", guess=guess.text)
    with right:
        column = choose_column(upload, t("label.label_column"), key="label:label", guess=None if sample else guess.label, optional=True)
    given = _given(upload, text, None if column == text else column)
    names = _class_names(given, sample)
    names_key, name_key = f"label:names:{upload.signature}:{column}", f"label:name:{upload.signature}"
    st.text_area(t("label.class_names"), "\n".join(names), key=names_key, height=180, help=t("label.class_names_help", most=MOST_CLASSES))
    st.text_input(t("label.name"), upload.name.rsplit(".", 1)[0], key=name_key, max_chars=LONGEST_NAME)
    st.caption(t("label.texts", n=f"{len(given.texts):,}"))
    show_problem()
    st.button(t("label.begin"), type="primary", key="label-begin", on_click=_begin, args=(given, names_key, name_key))


def _given(upload: Upload, text: str, column: str | None) -> Given:
    frame = upload.frame.set_axis(range(1, len(upload.frame) + 1))
    texts = frame[text].fillna("").astype(str)
    there = texts.str.strip() != ""
    labels = frame[column].fillna("").astype(str).map(_squeezed)[there] if column else None
    return Given(upload, texts[there], labels)


def _class_names(given: Given, sample: SampleTable | None) -> list[str]:
    """Those that the file's labels have, the most frequent first; of a sample all, whose labels stay aside."""
    labels = given.labels
    if labels is None and sample and sample.label:
        labels = given.upload.frame[sample.label].astype(str)
    if labels is None:
        return []
    return labels[labels != ""].value_counts().index[:MOST_CLASSES].tolist()


def _begin(given: Given, names_key: str, name_key: str) -> None:
    """Makes the labelling and opens it. What was typed is read here: a button that is pressed right after may be quicker than the page."""
    with noted():
        written, called = st.session_state[names_key], st.session_state[name_key]
        classes = [squeezed for line in written.split("\n") if (squeezed := _squeezed(line))]
        numbers = {name: number for number, name in enumerate(classes)}
        labels = {} if given.labels is None else {row: numbers[one] for row, one in enumerate(given.labels) if one in numbers}
        spoken = main_language(given.texts)
        made = labellings().create(
            visitor_key(), called or given.upload.name, given.texts, classes, spoken, bundled.models_for(spoken).backbone, labels
        )
        st.session_state.pop(source_key(PREFIX), None)
        open_labelling(made.id)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
