"""The store of labellings and who reads their texts, one of each for the process; the labelling that the address opens, at its desk."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from components.errors import UserError
from components.training.labelling_desk import Desk
from components.training.labelling_facts import Labelling
from components.training.labellings import Labellings
from components.training.text_reader import TextReader, pieces_read, vectors_read
from components.ui.state.recent import kept
from components.ui.state.runs import store
from components.ui.state.visitor import known_key, visitor_key

JOB = "label_job"  # in the address


@st.cache_resource(show_spinner=False)
def labellings() -> Labellings:
    """The one store, cleaned of what is too old when the server starts."""
    opened = Labellings(store().database, store().limits.days)
    opened.clean()
    return opened


@st.cache_resource(show_spinner=False)
def text_reader() -> TextReader:
    return TextReader()


@dataclass(eq=False)
class Work:
    """A labelling in this session. rows: the texts' names in the file. applied: of each tab, by its token, the number of the last press that was
    written."""

    id: str
    rows: list[int]
    texts: list[str]
    desk: Desk
    applied: dict[str, int] = field(default_factory=dict)
    _in_order: list[str] = field(default_factory=list)
    _pieces: int = 0

    def read_on(self, labelling: Labelling) -> None:
        """Has the texts read further, and takes what has been read."""
        if self.finished:
            return
        text_reader().want(self.id, labelling.folder, self._in_order, labelling.backbone)
        pieces = pieces_read(labelling.folder)
        if pieces > self._pieces:
            self.desk.read(vectors_read(labelling.folder, self._pieces, pieces))
            self._pieces = pieces

    @property
    def read(self) -> int:
        """Texts that the model has read."""
        return len(self.desk.vectors)

    @property
    def finished(self) -> bool:
        return self.read >= len(self.texts)

    @property
    def problem(self) -> UserError | None:
        return text_reader().problem(self.id)


def opened_labelling() -> Labelling | None:
    """The labelling that the address names, None where it names none. Raises TrainingError where it isn't this visitor's."""
    id = st.query_params.get(JOB)
    return labellings().get(id, visitor_key()) if id else None


def own_labellings() -> list[Labelling]:
    """This visitor's, the one worked on last first; none for one without a key."""
    key = known_key()
    return labellings().of(key) if key else []


def open_labelling(id: str | None) -> None:
    """Puts a labelling into the address, or takes it out."""
    if id:
        st.query_params[JOB] = id
    else:
        st.query_params.pop(JOB, None)


def work_on(labelling: Labelling) -> Work:
    """The labelling's texts and its desk, kept in the session until another is opened."""

    def begin() -> Work:
        frame: pd.DataFrame = labellings().texts(labelling.id, visitor_key())
        texts: list[Any] = frame["text"].tolist()
        desk = Desk(texts, labelling.seed)
        return Work(labelling.id, frame["row"].tolist(), texts, desk, _in_order=[texts[row] for row in desk.order])

    work: Work = kept("label:work", labelling.id, begin)
    work.read_on(labelling)
    return work
