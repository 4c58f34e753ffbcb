"""The first half of a fine-tuning: a file or a sample, how it was read, and which of its columns are the text and the label."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from components.errors import TableError
from components.tables.columns import guess_columns
from components.tables.table import Table
from components.text.language import main_language
from components.training.findings import Fix, apply_fixes
from components.training.label_findings import unwrapping
from components.training.relabelled import KIND
from components.training.row_account import RowAccount
from components.training.runs import Run
from components.training.settings import LANGUAGES, TASKS
from components.ui.state.language import t
from components.ui.state.runs import open_run, store
from components.ui.state.visitor import visitor_key
from components.ui.widgets.address import choice
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.table_reading import choices_of, menus_of, show_details, show_doubts, show_menus, summary
from components.ui.widgets.tables import Source, Upload, choose_column, read_source, source_key, table_field

from .rows_used import ACCOUNT
from .samples import able_to_adapt, choose_sample, show_origin

PREFIX = "tune"
IN_SENTENCE = (f"{PREFIX}:codec", f"{PREFIX}:delimiter")


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The rows to train on, after the fixes. frame: the file's columns, its index the rows' names (the file's row, from 1). origin: the
    run whose rows these are, where it is run again with a change."""

    task: str
    upload: Upload
    frame: pd.DataFrame
    text: str
    label: str | None
    language: str
    fixes: tuple[Fix, ...]
    origin: Run | None = None

    @property
    def mark(self) -> str:
        """Sets the controls of one rerun apart from those of any other plan."""
        return self.origin.id if self.origin else ""

    @property
    def read(self) -> pd.DataFrame:
        """The rows as they were read, named as in `frame`."""
        whole = self.upload.frame
        return whole if self.origin else whole.set_axis(range(1, len(whole) + 1))

    @property
    def account(self) -> RowAccount:
        """Where the rows of the file went, those that an earlier run left out among them."""
        account = RowAccount.of(self.read, self.upload.table.skipped, self.fixes, self.text, self.label)
        kept = self.origin.data.get(ACCOUNT) if self.origin else None
        return account.after(RowAccount.from_json(kept)) if kept else account

    @property
    def signature(self) -> str:
        parts = (
            self.task,
            self.upload.signature,
            self.text,
            str(self.label),
            *(f"{fix.kind}{len(fix.rows)}{hash(fix) if fix.kind == KIND else ''}" for fix in self.fixes),
        )
        return "|".join(parts)

    @property
    def fixes_key(self) -> str:
        """Where the session keeps the fixes."""
        return _fixes_key(self.upload, self.text, self.label)


def file_given() -> Source | None:
    """The file that this visitor gave or the sample that they chose, None until then."""
    return st.session_state.get(source_key(PREFIX))


def choose_task() -> str:
    """Classification, or domain adaptation where a masked language model is here to adapt."""
    if not any(able_to_adapt(spoken) for spoken in LANGUAGES):
        return TASKS[0]
    return choice(t("tune.task"), TASKS, key="tune_task", label_of=lambda name: t(f"tune.task_{name}"), label_visibility="collapsed")


def read_data(source: Source) -> TrainingData | None:
    """The file as a sentence, whose words can be chosen otherwise; None where a column lacks. Raises TableError where there is no table."""
    sentence, doubts = st.container(key="tune-read"), st.container(key="tune-doubts")
    with st.expander(t("tune.how_read")):
        table_field(PREFIX)
        choose_sample(PREFIX)
        how = st.container()
    choices = choices_of(PREFIX, source.digest)
    try:
        upload = read_source(PREFIX, source, choices)
    except TableError:
        with how:
            show_menus(PREFIX, source.digest, choices, None)
        raise
    with how:
        st.markdown(" ".join(summary(upload.name, upload.table)))
        show_menus(PREFIX, source.digest, choices, upload.table, without=IN_SENTENCE)
        show_details(upload.table)
    with doubts:
        show_doubts(PREFIX, source.digest, upload.table)
        show_origin(upload)
    with sentence:
        task = choose_task()
        with st.container(horizontal=True, vertical_alignment="center", key="tune-sentence"):
            menus = {menu.key: menu for menu in menus_of(PREFIX, source.digest, choices, upload.table)}
            slots = {
                name: lambda menu=menus[key], width=width: menu.show(st.container(width=width), label_visibility="collapsed")
                for (name, width), key in zip((("codec", 230), ("delimiter", 190)), IN_SENTENCE, strict=True)
                if key in menus
            }
            _sentence("tune.file_text" if slots else "tune.file_plain", slots, name=escaped_markdown(upload.name, 60))
            columns = _columns(upload, task)
    if columns is None:
        return None
    return _given(task, upload, upload.frame.set_axis(range(1, len(upload.frame) + 1)), *columns)


def _columns(upload: Upload, task: str) -> tuple[str, str | None] | None:
    """The columns of text and label, chosen within the sentence; None, with a word why, where that is not possible."""
    guess = guess_columns(upload.frame)
    chosen: dict[str, str] = {}

    def text() -> None:
        chosen["text"] = choose_column(upload, t("tune.text_column"), key=f"{PREFIX}:text", guess=guess.text, width=170)

    if task != "classification":
        _sentence("tune.columns_text", {"text": text})
        return chosen["text"], None
    if len(upload.frame.columns) < 2:
        st.warning(t("tune.no_label_column"))
        return None

    def label() -> None:
        others = [name for name in upload.frame.columns if name != chosen.get("text", guess.text)]
        first = guess.label or others[0]
        chosen["label"] = choose_column(upload, t("tune.label_column"), key=f"{PREFIX}:label", guess=first, width=170)

    _sentence("tune.columns_both", {"text": text, "label": label})
    if chosen["label"] == chosen["text"]:
        st.warning(t("tune.same_column"))
        return None
    return chosen["text"], chosen["label"]


def _sentence(key: str, slots: Mapping[str, Callable[[], None]], **values: object) -> None:
    """The message `key` in one line, with a widget in the place of each of `slots`."""
    words = t(key, **{name: f"\ue000{name}\ue000" for name in slots}, **values)
    for place, part in enumerate(words.split("\ue000")):
        if place % 2:
            slots[part]()
        elif part.strip():
            st.markdown(part.strip(), width="content")


def data_of(origin: Run) -> TrainingData:
    """The rows of a run, to be run again with a change. Raises TrainingError where they are gone."""
    settings, name = origin.settings, str(origin.data.get("name", origin.name))
    frame = store().rows(origin.id, visitor_key())
    upload = Upload(Table(frame, origin.data.get("encoding"), None), name, f"run-{origin.id}")
    st.markdown(t("tune.rerun", name=escaped_markdown(origin.name, 100), file=escaped_markdown(name, 100), rows=f"{len(frame):,}"))
    st.button(t("tune.other_data"), on_click=open_run, args=(None,), icon=":material/upload_file:", type="tertiary")
    return _given(settings.task, upload, frame, settings.text, settings.label, origin)


def _given(task: str, upload: Upload, frame: pd.DataFrame, text: str, label: str | None, origin: Run | None = None) -> TrainingData:
    """`frame` after the fixes that were chosen for it."""
    begun = unwrapping(frame, label) if label else None  # what a labelling tool wrote is read at once; undoing it is one click
    fixes = tuple(st.session_state.get(_fixes_key(upload, text, label), (begun,) if begun else ()))
    fixed = apply_fixes(frame, fixes)
    return TrainingData(task, upload, fixed, text, label, main_language(fixed[text]), fixes, origin)


def _fixes_key(upload: Upload, text: str, label: str | None) -> str:
    return f"{PREFIX}:fixes:{upload.signature}:{text}:{label}"
