"""The first half of a fine-tuning: a file or a sample, how it was read, and which of its columns are the text and the label."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import streamlit as st

from components.errors import TableError
from components.tables.annotated import read_annotated
from components.tables.table import Table
from components.text.language import main_language
from components.training.findings import Fix, apply_fixes
from components.training.relabelled import is_relabelling
from components.training.row_account import RowAccount
from components.training.runs import Run
from components.training.settings import LANGUAGES, TASKS
from components.training.task_tables import Columns, first_fixes, guess_task, task_table, usable, widened
from components.ui.state.language import language, t
from components.ui.state.recent import kept
from components.ui.state.runs import open_run, store
from components.ui.state.visitor import visitor_key
from components.ui.widgets.address import choice
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.table_reading import choices_of, menus_of, show_details, show_doubts, show_menus, summary
from components.ui.widgets.tables import Source, Upload, choose_column, read_source, source_key, table_field

from .rows_used import ACCOUNT
from .samples import able_to_adapt, choose_sample, sample_of, show_origin

PREFIX = "tune"
IN_SENTENCE = (f"{PREFIX}:codec", f"{PREFIX}:delimiter")


@dataclass(frozen=True, eq=False)
class TrainingData:
    """The rows to train on, after the fixes. frame: the file's columns, its index the rows' names (the file's row, from 1). origin: the
    run whose rows these are, where it is run again with a change."""

    task: str
    upload: Upload
    frame: pd.DataFrame
    columns: Columns
    language: str
    fixes: tuple[Fix, ...]
    origin: Run | None = None

    @property
    def text(self) -> str:
        return self.columns.text

    @property
    def label(self) -> str | None:
        return self.columns.label

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
        account = kept(f"{PREFIX}:account", (self.signature, self.mark), self._account)
        earlier = self.origin.data.get(ACCOUNT) if self.origin else None
        return account.after(RowAccount.from_json(earlier)) if earlier else account

    def _account(self) -> RowAccount:
        return RowAccount.of(self.read, self.upload.table.skipped, self.fixes, self.text, self.label, self._usable)

    def _usable(self, frame: pd.DataFrame) -> pd.Series:
        return usable(self.task, frame, self.columns)

    @property
    def signature(self) -> str:
        fixes = (f"{fix.kind}{len(fix.rows)}{hash(fix) if is_relabelling(fix) else ''}" for fix in self.fixes)
        parts = (self.task, self.upload.signature, *map(str, self.columns.named), *fixes)
        return "|".join(parts)

    @property
    def fixes_key(self) -> str:
        """Where the session keeps the fixes."""
        return _fixes_key(self.task, self.upload, self.columns)


def file_given() -> Source | None:
    """The file that this visitor gave or the sample that they chose, None until then."""
    return st.session_state.get(source_key(PREFIX))


def choose_task() -> str:
    """One of the tasks that can be trained; domain adaptation only where a masked language model is here to adapt."""
    able = any(able_to_adapt(spoken) for spoken in LANGUAGES)
    tasks = [task for task in TASKS if able or task != "domain_adaptation"]
    return choice(t("tune.task"), tasks, key="tune_task", label_of=lambda name: t(f"tune.task_{name}"), widget=st.selectbox, width=320)


def _meant(upload: Upload, task: str | None) -> None:
    """Chooses the task that a new file is for, unless a link or the visitor's own choice says otherwise. task: where the file itself says it."""
    if st.session_state.get("tune:guessed", ("",))[0] == upload.signature:
        return
    _, before = st.session_state.get("tune:guessed", ("", TASKS[0]))
    now = st.session_state.get("tune_task", st.query_params.get("tune_task", TASKS[0]))
    guessed = task or guess_task(upload.frame)
    st.session_state["tune:guessed"] = (upload.signature, guessed)
    if sample_of(upload) is None and now == before:
        st.session_state["tune_task"] = guessed


def read_data(source: Source) -> TrainingData | None:
    """The file as a sentence, whose words can be chosen otherwise; None where a column lacks. Raises TableError where there is no table."""
    sentence, doubts = st.container(key="tune-read"), st.container(key="tune-doubts")
    with st.expander(t("tune.how_read")):
        table_field(PREFIX)
        choose_sample(PREFIX)
        how = st.container()
    choices = choices_of(PREFIX, source.digest)
    try:
        annotated = kept(f"{PREFIX}:annotated", source.digest, lambda: read_annotated(source.data, source.name))
        upload = Upload(annotated.table, source.name, source.digest) if annotated else read_source(PREFIX, source, choices)
    except TableError:
        with how:
            show_menus(PREFIX, source.digest, choices, None)
        raise
    with how:
        if annotated:
            st.markdown(t(f"tune.read_{annotated.form}", rows=f"{len(upload.frame):,}"))
        else:
            st.markdown(" ".join(summary(upload.name, upload.table)))
            show_menus(PREFIX, source.digest, choices, upload.table, without=IN_SENTENCE)
        show_details(upload.table)
    with doubts:
        show_doubts(PREFIX, source.digest, upload.table)
        show_origin(upload)
    with sentence:
        _meant(upload, annotated.task if annotated else None)
        task = choose_task()
        with st.container(horizontal=True, vertical_alignment="center", key="tune-sentence"):
            found = () if annotated else menus_of(PREFIX, source.digest, choices, upload.table)
            menus = {menu.key: menu for menu in found}
            slots = {
                name: lambda menu=menus[key], width=width: menu.show(st.container(width=width), label_visibility="collapsed")
                for (name, width), key in zip((("codec", 230), ("delimiter", 190)), IN_SENTENCE, strict=True)
                if key in menus
            }
            _sentence("tune.file_text" if slots else "tune.file_plain", slots, name=escaped_markdown(upload.name, 60))
            columns = _columns(upload, task)
    if columns is None:
        return None
    with doubts:
        _show_decided(upload, task, columns)
    return _given(task, *_prepared(upload, task, columns))


def _show_decided(upload: Upload, task: str, columns: Columns) -> None:
    """What the task decided about the cells, where it tells."""
    tell = getattr(task_table(task), "remarks", None)
    for said in kept(f"{PREFIX}:decided", (upload.signature, task, columns), lambda: tell(upload.frame, columns)) if tell else ():
        st.caption(escaped_markdown(said.in_language(language()), 400))


def _prepared(upload: Upload, task: str, columns: Columns) -> tuple[Upload, pd.DataFrame, Columns]:
    """The table with its cells as the task reads them, its rows named by their place in the file from 1."""

    def made() -> tuple[Upload, Columns]:
        frame, named = task_table(task).prepare(upload.frame, columns)
        return replace(upload, table=replace(upload.table, frame=frame)), named

    ready, named = kept(f"{PREFIX}:prepared", (upload.signature, task, columns), made)
    return ready, ready.frame.set_axis(range(1, len(ready.frame) + 1)), named


def _columns(upload: Upload, task: str) -> Columns | None:
    """The columns, chosen within the sentence; None, with a word why, where the table has too few or one stands for two things."""
    table = task_table(task)
    guess = kept(f"{PREFIX}:guess", (upload.signature, task), lambda: table.guess(upload.frame))
    whole = kept(f"{PREFIX}:widened", (upload.signature, task), lambda: widened(task, upload.frame))
    upload = replace(upload, table=replace(upload.table, frame=whole))
    names = list(upload.frame.columns)
    wanted = [role for role in table.ROLES if role not in table.OPTIONAL]
    if len(names) < len(wanted):
        st.warning(t("tune.no_label_column") if task == "classification" else t("tune.too_few_columns", n=len(wanted), found=len(names)))
        return None
    chosen: dict[str, str | None] = {}

    def menu(role: str) -> None:
        label = t(f"tune.{role}_column")
        guessed = getattr(guess.columns, role) if guess else None
        if role in table.OPTIONAL:
            chosen[role] = choose_column(upload, label, key=f"{PREFIX}:{role}", guess=guessed, optional=True, width=170)
            return
        left = [name for name in names if name not in chosen.values()]
        first = guessed if guessed in names else (left or names)[0]
        chosen[role] = choose_column(upload, label, key=f"{PREFIX}:{role}", guess=first, width=170)

    _sentence(f"tune.columns_{task}", {role: partial(menu, role) for role in table.ROLES})
    named = [name for name in chosen.values() if name]
    if len(set(named)) < len(named):
        st.warning(t("tune.same_column"))
        return None
    return Columns(str(chosen["text"]), chosen.get("label"), chosen.get("second"), chosen.get("start"))


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
    columns = Columns(settings.text, settings.label, settings.second, settings.start)
    return _given(settings.task, upload, frame, columns, origin)


def _given(task: str, upload: Upload, frame: pd.DataFrame, columns: Columns, origin: Run | None = None) -> TrainingData:
    """`frame` after the fixes that were chosen for it."""
    begun = kept(f"{PREFIX}:first", (upload.signature, task, columns), lambda: first_fixes(task, frame, columns))
    fixes = tuple(st.session_state.get(_fixes_key(task, upload, columns), begun))
    fixed = apply_fixes(frame, fixes)
    return TrainingData(task, upload, fixed, columns, main_language(fixed[columns.text]), fixes, origin)


def _fixes_key(task: str, upload: Upload, columns: Columns) -> str:
    return f"{PREFIX}:fixes:{task}:{upload.signature}:{':'.join(map(str, columns.named))}"
