"""The first half of a fine-tuning: the file, its columns, and what the data doctor finds, with fixes that can be undone."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.tables.columns import guess_columns
from components.tables.table import Table
from components.text.language import main_language
from components.training.backbones import reads, token_counter
from components.training.doctor import Report, examine
from components.training.findings import Finding, Fix, apply_fixes
from components.training.label_findings import unwrapping
from components.training.runs import Run
from components.training.settings import LANGUAGES, TASKS
from components.ui.state.language import language, t
from components.ui.state.recent import kept
from components.ui.state.runs import open_run, store
from components.ui.state.visitor import visitor_key
from components.ui.widgets.address import choice
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import show_figure
from components.ui.widgets.tables import Upload, choose_column, table_in

from .samples import able_to_adapt, choose_sample, show_origin, show_origins

PREFIX = "tune"
ROWS_SHOWN = 100
ICONS = {"stop": ":material/block:", "warning": ":material/warning:", "note": ":material/info:"}


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
    def signature(self) -> str:
        parts = (self.task, self.upload.signature, self.text, str(self.label), *(f"{fix.kind}{len(fix.rows)}" for fix in self.fixes))
        return "|".join(parts)


def choose_task() -> str:
    """The samples, each with its task; classification, and domain adaptation where a masked language model is here to adapt."""
    choose_sample(PREFIX)
    if not any(able_to_adapt(spoken) for spoken in LANGUAGES):
        return TASKS[0]
    return choice(t("tune.task"), TASKS, key="tune_task", label_of=lambda name: t(f"tune.task_{name}"), label_visibility="collapsed")


def read_data(task: str) -> TrainingData | None:
    """The upload and its columns; None until there is a table. Raises TableError."""
    upload = table_in(PREFIX)
    if upload is None:
        st.info(t("tune.no_table" if task == "classification" else "tune.no_lines"), icon=":material/upload_file:")
        show_origins()
        return None
    show_origin(upload)
    guess = guess_columns(upload.frame)
    left, right = st.columns(2)
    with left:
        text = choose_column(upload, t("tune.text_column"), key=f"{PREFIX}:text", guess=guess.text)
    label = None
    if task == "classification":
        with right:
            names = [name for name in upload.frame.columns if name != text]
            if not names:
                st.warning(t("tune.no_label_column"))
                return None
            label = choose_column(upload, t("tune.label_column"), key=f"{PREFIX}:label", guess=guess.label or names[0])
        if label == text:
            st.warning(t("tune.same_column"))
            return None
    frame = upload.frame.set_axis(range(1, len(upload.frame) + 1))
    return _given(task, upload, frame, text, label)


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


def show_doctor(data: TrainingData, backbone: str, max_length: int) -> Report:
    """What is in the data, before anything trains."""
    report = _report(data, backbone, max_length)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(t("tune.rows_left", rows=f"{report.rows:,}", total=f"{len(data.upload.frame):,}"))
        if not report.findings:
            st.success(t("tune.healthy"), icon=":material/check_circle:")
        for number, finding in enumerate(report.findings):
            _show_finding(data, finding, number)
        _show_undo(data)
    with right:
        if report.class_counts:
            _show_classes(report)
    return report


def _show_finding(data: TrainingData, finding: Finding, number: int) -> None:
    with st.expander(
        escaped_markdown(finding.in_language(language()), 400), icon=ICONS[finding.severity], expanded=finding.severity == "stop"
    ):
        st.markdown(escaped_markdown(finding.in_language(language(), "why"), 1000))
        fix = finding.fix
        if fix:
            st.button(
                escaped_markdown(finding.in_language(language(), "fix"), 200),
                key=f"{PREFIX}:fix:{number}:{finding.kind}",
                on_click=lambda: _change_fixes(data, (*data.fixes, fix)),
                icon=":material/healing:",
            )
        if finding.rows:
            rows = data.frame.loc[data.frame.index.intersection(pd.Index(finding.rows[:ROWS_SHOWN]))]
            st.dataframe(rows.rename_axis(t("tune.row")), height=min(35 * len(rows) + 38, 260))
            if len(finding.rows) > ROWS_SHOWN:
                st.caption(t("tune.rows_cut", n=ROWS_SHOWN, total=f"{len(finding.rows):,}"))


def _show_undo(data: TrainingData) -> None:
    for number, fix in enumerate(data.fixes):
        words = t("tune.undo", fix=t(f"tune.fixed_{fix.kind.replace('-', '_')}", n=len(fix.rows) or len(fix.renamed)))
        rest = data.fixes[:number] + data.fixes[number + 1 :]
        st.button(
            words,
            key=f"{PREFIX}:undo:{number}",
            on_click=lambda rest=rest: _change_fixes(data, rest),
            icon=":material/undo:",
            type="tertiary",
        )


def _show_classes(report: Report) -> None:
    shown = dict(list(report.class_counts.items())[:30])
    largest, smallest = max(shown.values()), min(report.class_counts.values())
    show_figure(
        bar_figure(list(shown), list(shown.values()), value_title=t("tune.rows"), written=[f"{rows:,}" for rows in shown.values()]),
        key="tune-class-counts",
        caption=t("tune.classes_caption", n=len(report.class_counts)),
        alt=t("tune.classes_alt", n=len(report.class_counts), largest=largest, smallest=smallest),
        data=pd.DataFrame({t("tune.class"): list(report.class_counts), t("tune.rows"): list(report.class_counts.values())}),
    )


def _report(data: TrainingData, backbone: str, max_length: int) -> Report:
    """The examination, kept until the data or what reads it changes."""

    def report() -> Report:
        with st.spinner(t("tune.examining", n=f"{len(data.frame):,}")):
            return examine(data.frame, data.text, data.label, token_counter(backbone), max_length, reads(backbone))

    return kept(f"{PREFIX}:report", (data.signature, backbone, max_length), report)


def _fixes_key(upload: Upload, text: str, label: str | None) -> str:
    return f"{PREFIX}:fixes:{upload.signature}:{text}:{label}"


def _change_fixes(data: TrainingData, fixes: tuple[Fix, ...]) -> None:
    st.session_state[_fixes_key(data.upload, data.text, data.label)] = fixes
