"""The data doctor on the screen: how many of the file's rows are used, with the sum, and one list of findings, each with its cure in its own
row, which becomes the way back."""

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.tables.account import Problem
from components.training.backbones import reads, token_counter
from components.training.cures import all_cures, cured
from components.training.doctor import Report, examine
from components.training.findings import Finding, Fix
from components.training.row_account import RowAccount
from components.ui.state.language import language, t
from components.ui.state.recent import kept
from components.ui.widgets.escaped import escaped_markdown, printable
from components.ui.widgets.figures import show_figure
from components.ui.widgets.verdict import said

from .data import PREFIX, TrainingData
from .rows_used import sum_words

ROWS_SHOWN = 100
CHIPS = 8  # classes named in the sum
LOOK_WIDTH = 72  # of what stands behind each cure, also where there is nothing more to see
EVIDENCE = 60  # characters of a row
MARKS = {"stop": "✕", "warning": "!", "note": "i", "done": "✓", "lost": "−"}
_STYLE = """<style>
.hi-sum { display: flex; gap: 2px; height: 26px; margin-top: .5rem; }
.hi-sum i { min-width: 6px; flex: var(--share) 0 0; border: 1px solid var(--hi-edge);
  background: repeating-linear-gradient(45deg, var(--hi-hatch) 0 2px, transparent 2px 6px); }
.hi-sum .used { background: var(--hi-ai); border-color: var(--hi-ai); }
.hi-eq { margin: .3rem 0 0; font-size: .9rem; line-height: 1.8; font-variant-numeric: tabular-nums; }
.hi-eq:first-child { min-height: 3.6em; }
.hi-eq + .hi-eq { color: var(--hi-ink2); }
.hi-label { background: var(--hi-field); border-radius: 4px; padding: 0 5px; overflow-wrap: anywhere; }
.hi-label em { font-style: normal; font-size: .75rem; color: var(--hi-bad); border: 1px solid var(--hi-bad); border-radius: 3px; padding: 0 3px; margin: 0 2px; }
.hi-found { display: grid; grid-template-columns: 26px minmax(0, 1fr); gap: 0 .75rem; align-items: center; font-size: .94rem; line-height: 1.5; }
.hi-found i { width: 22px; height: 22px; border-radius: 50%; border: 1.5px solid var(--mark); color: var(--mark); font: 700 13px/19px sans-serif; text-align: center; }
.hi-found small { grid-column: 2; font-size: .82rem; color: var(--hi-ink2); }
.hi-found.stop { --mark: var(--hi-bad); }
.hi-found.warning { --mark: var(--hi-doubt); }
.hi-found.note, .hi-found.lost { --mark: var(--hi-ink2); }
.hi-found.done { --mark: var(--hi-ai); color: var(--hi-ink2); }
[class*="st-key-tune-found-"] { border-top: 1px solid var(--hi-line); padding: .3rem 0; gap: .5rem; min-height: 54px; }
[class*="st-key-tune-cure-"] button p { white-space: normal; overflow: visible; line-height: 1.35; }
.st-key-tune-found { gap: 0; border-bottom: 1px solid var(--hi-line); }
</style>"""


def examined(data: TrainingData, backbone: str, max_length: int) -> Report:
    """What is in the data, kept until the data or what reads it changes."""
    return kept(f"{PREFIX}:report", (data.signature, backbone, max_length), lambda: _examine(data, data.frame, backbone, max_length))


def _examine(data: TrainingData, frame: pd.DataFrame, backbone: str, max_length: int) -> Report:
    with st.spinner(t("tune.examining", n=f"{len(frame):,}")):
        named = data.columns
        counter = token_counter(backbone)
        more: dict[str, Any] = {"task": data.task, "second": named.second, "start": named.start}
        return examine(frame, named.text, named.label, counter, max_length, reads(backbone), **more)


def show_sum(data: TrainingData, report: Report, backbone: str, max_length: int) -> st.delta_generator.DeltaGenerator:
    """How many rows are used, as a sentence, a bar and a sum; gives the place for the button that starts."""
    account = data.account
    st.html(_STYLE + f'<h2 class="hi-finding">{_finding(account, report)}</h2>{sum_bar(account)}')
    words, ends = st.columns([5, 3], gap="medium")
    words.html(f'<p class="hi-eq">{escape(sum_words(account))}</p>{_classes(report)}')
    with ends.container(horizontal=True, horizontal_alignment="right", key="tune-ends"):
        if data.fixes:
            st.button(t("tune.undo_all"), key=f"{PREFIX}:undo_all", on_click=_set_fixes, args=(data, ()))
        if any(finding.fix and finding.kind in cured(data.task) for finding in report.findings):
            st.button(t("tune.cure_all"), key=f"{PREFIX}:cure_all", on_click=lambda: _cure_all(data, report, backbone, max_length))
        return st.container(width="content", key="tune-start")


def _finding(account: RowAccount, report: Report) -> str:
    """The rule: what keeps a training from making sense; else the rows used, and how many findings are open that a cure can end."""
    values: dict[str, Any] = {"rows": f"{account.rows:,}", "used": f"{account.used:,}"}
    if not report.trainable:
        return said("tune.finding_stop", **values)
    open_ = sum(finding.fix is not None and finding.severity == "warning" for finding in report.findings)
    return said("tune.finding_open" if open_ else "tune.finding_clean", n=open_, **values)


def sum_bar(account: RowAccount) -> str:
    """The file's rows as a bar: those used filled, those left out hatched, a part for each reason."""
    parts = [("used", account.used), *(("", count) for _, count in account.left_out)]
    drawn = "".join(f'<i class="{kind}" style="--share:{count}"></i>' for kind, count in parts if count)
    return f'<div class="hi-sum" role="img" data-figure aria-label="{escape(sum_words(account))}">{drawn}</div>'


def _classes(report: Report) -> str:
    """The classes with their rows, the most first."""
    counts = list(report.class_counts.items())
    if not counts:
        return ""
    listed = t("evaluation.separator").join(f"{label_html(name)} {rows:,}" for name, rows in counts[:CHIPS])
    more = t("tune.classes_more", n=len(counts) - CHIPS) if len(counts) > CHIPS else ""
    return f'<p class="hi-eq">{escape(t("tune.classes_are", n=len(counts)))}{listed}{escape(more)}</p>'


def label_html(name: str) -> str:
    """A label as it stands in the file, with a blank at its ends drawn as a word."""
    blank = f"<em>{escape(t('tune.blank'))}</em>"
    inner = name.strip()
    before, after = (blank if edge else "" for edge in (name[: len(name) - len(name.lstrip())], name[len(name.rstrip()) :]))
    return f'<span class="hi-label">{before}{escape(printable(inner))}{after if inner else ""}</span>'


def show_findings(data: TrainingData, report: Report) -> None:
    """One list: what could not be read, then every finding in the place where it first showed, cured or not."""
    found = {finding.kind: finding for finding in report.findings}
    order = _order(data, found)
    with st.container(key="tune-found"):
        if data.upload.table.skipped:
            _show_unreadable(data.upload.table.problems, data.upload.table.skipped)
        for kind in order:
            _show_row(data, kind, found.get(kind))
        if not order:
            st.html(_row("done", t("tune.healthy"), ""))
    if report.class_counts:
        with st.expander(t("tune.classes")):
            _show_classes(report)


def _order(data: TrainingData, found: dict[str, Finding]) -> list[str]:
    """The kinds in the order in which they first showed for this file: a cure moves nothing."""
    key = f"{PREFIX}:order:{data.upload.signature}:{':'.join(data.columns.named)}"
    done = [fix.kind for fix in data.fixes]
    known = [kind for kind in st.session_state.get(key, ()) if kind in found or kind in done]
    order = known + [kind for kind in dict.fromkeys((*done, *found)) if kind not in known]
    st.session_state[key] = tuple(order)
    return order


def _show_row(data: TrainingData, kind: str, finding: Finding | None) -> None:
    """A finding with its cure, or what was cured with the way back."""
    done = [fix for fix in data.fixes if fix.kind == kind]
    with st.container(horizontal=True, vertical_alignment="center", key=f"tune-found-{kind}"):
        if finding is None:
            count = sum(len(fix.rows) or len(fix.renamed) or len(fix.cells) for fix in done)
            st.html(_row("done", t(f"tune.fixed_{kind.replace('-', '_')}", n=count), ""), width="stretch")
            rest = tuple(fix for fix in data.fixes if fix.kind != kind)
            _cure_button(kind, t("tune.undo"), data, rest)
            st.html("<span></span>", width=LOOK_WIDTH)
            return
        st.html(_row(finding.severity, finding.in_language(language()), _evidence(data, finding)), width="stretch")
        if finding.fix:
            _cure_button(kind, finding.in_language(language(), "fix"), data, (*data.fixes, finding.fix))
        with st.container(width=LOOK_WIDTH), st.popover(t("tune.look"), type="tertiary", key=f"{PREFIX}:look:{kind}"):
            st.markdown(escaped_markdown(finding.in_language(language(), "why"), 1000))
            _show_rows(data, finding)


def _cure_button(kind: str, words: str, data: TrainingData, fixes: tuple[Fix, ...]) -> None:
    """The same button for the cure and the way back, so that the keyboard stays on it."""
    st.button(escaped_markdown(words, 200), key=f"{PREFIX}:cure:{kind}", on_click=_set_fixes, args=(data, fixes), width=200)


def _show_rows(data: TrainingData, finding: Finding) -> None:
    if not finding.rows:
        return
    rows = data.frame.loc[data.frame.index.intersection(pd.Index(finding.rows[:ROWS_SHOWN]))]
    st.dataframe(rows.rename_axis(t("tune.row")), height=min(35 * len(rows) + 38, 260))
    if len(finding.rows) > ROWS_SHOWN:
        st.caption(t("tune.rows_cut", n=ROWS_SHOWN, total=f"{len(finding.rows):,}"))


def _show_unreadable(problems: Sequence[Problem], skipped: int) -> None:
    first = "; ".join(f"{t('tune.line', line=one.line)} {one.in_language(language())}" for one in problems[:2])
    with st.container(horizontal=True, vertical_alignment="center", key="tune-found-unreadable"):
        st.html(_row("lost", t("tune.unreadable", n=f"{skipped:,}"), escape(printable(first[:300]))), width="stretch")
        st.markdown(f":small[{t('tune.unusable')}]", width="content")


def _row(severity: str, what: str, evidence: str) -> str:
    more = f"<small>{evidence}</small>" if evidence else ""
    sign = t(f"tune.sign_{severity}")
    return f'<div class="hi-found {severity}"><i role="img" aria-label="{escape(sign)}">{MARKS[severity]}</i><span>{escape(what)}</span>{more}</div>'


def _evidence(data: TrainingData, finding: Finding) -> str:
    """The reader's own words: the labels that are written otherwise, else the first row, else where the rows are."""
    if finding.fix and finding.fix.renamed:
        return t("evaluation.separator").join(f"{label_html(old)} → {label_html(new)}" for old, new in finding.fix.renamed[:3])
    rows = [row for row in finding.rows if row in data.frame.index]
    if not rows:
        return ""
    text = str(data.frame.loc[rows[0], data.text]).strip()
    if not text:
        return escape(t("tune.rows_at", rows=t("evaluation.separator").join(map(str, rows[:8])), n=len(rows)))
    return said("tune.first_row", quoted={"text": text[:EVIDENCE] + ("…" if len(text) > EVIDENCE else "")}, row=rows[0])


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


def _cure_all(data: TrainingData, report: Report, backbone: str, max_length: int) -> None:
    more = all_cures(data.frame, report, lambda frame: _examine(data, frame, backbone, max_length))
    _set_fixes(data, (*data.fixes, *more))


def _set_fixes(data: TrainingData, fixes: tuple[Fix, ...]) -> None:
    st.session_state[data.fixes_key] = fixes
