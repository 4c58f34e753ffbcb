"""What comes of the labels: the quick model's answers for all other texts, a full training, files to take away."""

import json
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from components.models.lanes import beside
from components.tables.writing import write_table
from components.training.labelling import Answer
from components.training.labelling_facts import Labelling
from components.training.labellings import Labellings
from components.ui.state.keys import PREFIXES
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.state.visitor import visitor_key
from components.ui.widgets.tables import Source, source_key, table_out
from components.ui.widgets.uploads import keep_counted
from components.ui.widgets.verdict import said, show_finding

from .state import Work, labellings, work_on

PREVIEW = 200  # rows of the result on the screen; the download holds all
USING = "label:using"
TRAINING = "label:training"
LEAST_TRAINED = 10  # labels with which a training can be begun
TRAIN = "fine_tune"  # the page that trains


def go_to_training(labelling: Labelling) -> None:
    """After its button was pressed: to the page that trains, with the labels; stays where there are too few."""
    if st.session_state.pop(TRAINING, None) == labelling.id and _enough(labelling):
        _hand_over(labelling)


def show_ways(labelling: Labelling) -> None:
    """Three ways on, at any time; labelling goes on afterwards."""
    st.subheader(t("label.ways"), anchor=False)
    answers = labellings().answers(labelling.id, visitor_key())
    with st.container(horizontal=True, key="label-ways"):
        st.button(t("label.use"), key="label-use", icon=":material/bolt:", on_click=_use, args=(labelling.id,))
        st.button(t("label.train"), key="label-train", icon=":material/school:", on_click=_train, args=(labelling.id,))
        for kind, mime in (("csv", "text/csv"), ("jsonl", "application/jsonl")):
            st.download_button(
                t(f"label.download_{kind}"),
                partial(
                    labelled_file, labellings(), labelling.id, visitor_key(), kind
                ),  # written when it is asked for, with the labels of then
                file_name=f"{_stem(labelling.name)}_labels.{kind}",
                mime=mime,
                key=f"label-download-{kind}",
                on_click="ignore",
                icon=":material/download:",
            )
    st.caption(t("label.ways_about"))
    if st.session_state.get(USING) == labelling.id:
        _show_predictions(labelling, work_on(labelling), answers)


def labelled(store: Labellings, id: str, visitor: str) -> pd.DataFrame:
    """The labelled rows in the file's order: row, text, label, and how the text was chosen ("random", "model")."""
    labelling, texts = store.get(id, visitor), store.texts(id, visitor)
    given = {answer.row: answer for answer in store.answers(id, visitor) if answer.labelled}
    rows = sorted(given)
    chosen = texts.iloc[rows].reset_index(drop=True)
    names = [labelling.classes[given[row].given] for row in rows]
    return chosen.assign(label=names, asked=["random" if given[row].random else "model" for row in rows])


def labelled_file(store: Labellings, id: str, visitor: str, kind: str) -> bytes:
    """`labelled` as CSV for spreadsheets, or as JSON Lines; asked for outside a run of the page, which knows no visitor."""
    frame = labelled(store, id, visitor)
    if kind == "csv":
        return write_table(frame).data
    lines = (json.dumps(record, ensure_ascii=False) for record in frame.to_dict("records"))
    return "".join(f"{line}\n" for line in lines).encode()


def _use(id: str) -> None:
    st.session_state[USING] = id


def _train(id: str) -> None:
    st.session_state[TRAINING] = id


def _enough(labelling: Labelling) -> bool:
    """Whether there are labels to train on; says so where there aren't."""
    counts = labelled(labellings(), labelling.id, visitor_key())["label"].value_counts()
    if counts.sum() >= LEAST_TRAINED and len(counts) > 1:
        return True
    st.warning(t("label.too_few_labels", least=LEAST_TRAINED), icon=":material/block:")
    return False


def _hand_over(labelling: Labelling) -> None:
    """Takes the labelled rows to the page of fine-tuning as the file that was given there."""
    prefix = PREFIXES[TRAIN][0]
    frame = labelled(labellings(), labelling.id, visitor_key())
    data = ("\ufeff" + frame.to_csv(index=False)).encode()
    source = Source.of(f"{_stem(labelling.name)}.csv", data)
    keep_counted(source, data)
    for menu in ("codec", "delimiter", "quote"):
        st.session_state[f"{prefix}:{menu}"] = None  # what was chosen for another file
    for name in ("task", "sample"):
        st.session_state.pop(f"{prefix}_{name}", None)
    st.session_state[source_key(prefix)] = source
    st.switch_page(f"pages/{TRAIN}.py")


def _show_predictions(labelling: Labelling, work: Work, answers: list[Answer]) -> None:
    """Every text with its class: the person's where they gave one, else that of a model of all labels."""
    if not work.finished:
        st.info(t("label.use_reading"), icon=":material/hourglass_top:")
        return
    state = f"{labelling.id}-{len(answers)}-{hash(tuple(answers))}-{hash(labelling.classes)}"
    with st.spinner(t("label.use_computing")):
        table = kept("label:predictions", state, lambda: predictions(labelling, work, answers))
    if table is None:
        st.warning(t("label.use_too_few"), icon=":material/block:")
        return
    by_model = int((table["from"] == "model").sum())
    show_finding(said("label.used", n=f"{by_model:,}", labels=f"{len(table) - by_model:,}"))
    st.caption(t("label.used_about"))
    st.dataframe(table.head(PREVIEW), hide_index=True, column_config={"confidence": st.column_config.NumberColumn(format="%.2f")})
    base = table[["row", "text"]]
    table_out(base, table.drop(columns=["row", "text"]), key="label", name=labelling.name, signature=state)


def predictions(labelling: Labelling, work: Work, answers: list[Answer]) -> pd.DataFrame | None:
    """Columns row, text, label, from ("you" or "model"), confidence (of the model's, 0 to 1). None without labels of two classes."""
    with beside():
        found = work.desk.predictions(answers, len(labelling.classes))
    if found is None:
        return None
    rows, probabilities = found
    best, sure = np.empty(len(rows), dtype=np.int64), np.empty(len(rows))
    best[rows], sure[rows] = probabilities.argmax(axis=1), probabilities.max(axis=1)
    given = {answer.row: answer.given for answer in answers if answer.labelled}
    return pd.DataFrame(
        {
            "row": work.rows,
            "text": work.texts,
            "label": [labelling.classes[given.get(row, int(best[row]))] for row in range(len(rows))],
            "from": ["you" if row in given else "model" for row in range(len(rows))],
            "confidence": [None if row in given else round(float(sure[row]), 4) for row in range(len(rows))],
        }
    )


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0] or "labels"
