"""Labels that are probably wrong, before the start: a list with each text whole, one click or key to change a label or keep it, and the way back."""

from html import escape
from typing import Any

import streamlit as st

from components.errors import ModelError, TrainingError
from components.models.turns import time_limit
from components.training.doctor import Report
from components.training.findings import Fix, apply_fixes
from components.training.label_errors import MOST_ROWS, MOST_SUSPECTS, LabelCheck, Suspect, check_labels
from components.training.relabelled import KIND, RELABELLED, relabelled, relabelling
from components.training.runs import Run
from components.training.settings import Settings
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.state.runs import run_again
from components.ui.widgets.errors import guarded, sentence
from components.ui.widgets.escaped import escaped_markdown, printable
from components.ui.widgets.verdict import said

from .data import PREFIX, TrainingData
from .start import begin

SECONDS = 180.0
PAGE = 10
WANTED = f"{PREFIX}:labels:wanted"  # a run's page asks for the list of the next page
_STYLE = """<style>
.hi-suspect { font-size: .94rem; line-height: 1.6; }
.hi-suspect .text { display: block; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 14em; overflow: auto; }
.hi-suspect .names { display: block; }
.hi-suspect small { display: block; color: var(--hi-ink2); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 8em; overflow: auto; }
.hi-suspect.done .text { color: var(--hi-ink2); }
.hi-suspect s { color: var(--hi-ink2); }
.hi-suspect.next { border-left: 3px solid var(--hi-ai); padding-left: .6rem; }
[class*="st-key-tune-suspect-"] { border-top: 1px solid var(--hi-line); padding: .5rem 0; }
[class*="st-key-tune-suspect-"] button p { white-space: normal; overflow-wrap: anywhere; line-height: 1.35; }
</style>"""


def show_label_check(data: TrainingData, settings: Settings, report: Report, name: str) -> None:
    """The section: the question, and once it is asked, the list."""
    if data.task != "classification" or not report.trainable:
        return
    with st.container(key="tune-mending"):
        st.subheader(t("tune.labels"), anchor=False)
        others = tuple(fix for fix in data.fixes if fix.kind != KIND)
        key = _key(data, others, settings)
        asked = f"{PREFIX}:labels:asked"
        if st.session_state.pop(WANTED, False):
            st.session_state[asked] = key
        if st.session_state.get(asked) != key:
            st.markdown(t("tune.labels_what", most=f"{MOST_ROWS:,}"))
            st.button(t("tune.labels_go"), key=f"{PREFIX}:labels", on_click=lambda: st.session_state.update({asked: key}))
            return
        try:
            found = kept(f"{PREFIX}:labels:found", key, lambda: _checked(data, others, settings))
        except (TrainingError, ModelError) as error:
            st.warning(sentence(error), icon=":material/block:")
            return
        _show_list(data, settings, found, others, name)


def check_labels_of(run: Run) -> None:
    """From a finished run's page: its rows again, with the list."""
    run_again(run.id)
    st.session_state[WANTED] = True


def _key(data: TrainingData, others: tuple[Fix, ...], settings: Settings) -> tuple[object, ...]:
    """What the suspects hang on: not the labels that were changed among them."""
    parts = (settings.backbone, settings.max_length, settings.seed, settings.test, settings.validation, settings.group)
    return (data.upload.signature, data.text, data.label, others, *parts)


def _checked(data: TrainingData, others: tuple[Fix, ...], settings: Settings) -> LabelCheck:
    bar = st.progress(0.0, t("tune.labels_running"))

    def tell(share: float) -> None:
        bar.progress(min(share, 1.0), t("tune.labels_running"))

    try:
        with time_limit(SECONDS):
            mended = data.origin.data.get(RELABELLED, {}) if data.origin else {}
            return check_labels(apply_fixes(data.read, others), settings, mended, tell)
    finally:
        bar.empty()


def _show_list(data: TrainingData, settings: Settings, found: LabelCheck, others: tuple[Fix, ...], name: str) -> None:
    changed = relabelled(data.fixes)
    stays = st.session_state.get(_kept_key(data), ())
    open_ = [suspect for suspect in found.suspects if suspect.row not in changed and suspect.row not in stays]
    values: dict[str, Any] = {"n": len(found.suspects), "rows": f"{len(found.ranked):,}"}
    st.html(f'{_STYLE}<h3 class="hi-finding">{said("tune.labels_finding" if found.suspects else "tune.labels_none", **values)}</h3>')
    st.caption(t("tune.labels_how", held=f"{found.held_out:,}"))
    if found.left:
        st.caption(t("tune.labels_cut", left=f"{found.left:,}", most=f"{MOST_ROWS:,}"))
    if len(found.suspects) == MOST_SUSPECTS:
        st.caption(t("tune.labels_most", n=MOST_SUSPECTS))
    if not found.suspects:
        return
    counts = {"changed": len(changed), "kept": len(stays), "open": len(open_)}
    st.markdown(t("tune.labels_counts", **counts))
    _show_keys(data, others, open_)
    pages = -(-len(found.suspects) // PAGE)
    page = 1
    if pages > 1:
        page = int(
            st.number_input(t("tune.labels_page", n=pages), 1, pages, key=f"{PREFIX}:labels:page:{found.suspects[0].row}", width=160)
        )
    for suspect in found.suspects[(page - 1) * PAGE : page * PAGE]:
        _show_suspect(data, others, suspect, suspect.row in changed, suspect.row in stays, bool(open_) and suspect is open_[0])
    if changed:
        st.caption(t("tune.labels_then"))
        if data.origin:
            words = t("tune.labels_again", n=len(changed))
            st.button(
                words, key=f"{PREFIX}:labels:again", on_click=_train_again, args=(data, settings, name), icon=":material/model_training:"
            )


def _train_again(data: TrainingData, settings: Settings, name: str) -> None:
    with guarded():
        begin(data, settings, name)


def _show_keys(data: TrainingData, others: tuple[Fix, ...], open_: list[Suspect]) -> None:
    """The same from the keyboard, for the first that is open, and the last choice taken back."""
    done = _choices(data)
    first = open_[0] if open_ else None
    with st.container(horizontal=True, key="tune-label-keys"):
        for kind, shortcut in (("fix", "f"), ("keep", "k")):
            words = t(f"tune.labels_{kind}_next", row=first.row if first else "–")
            key = f"{PREFIX}:labels:{kind}-next"
            st.button(words, key=key, on_click=_choose, args=(data, others, first, kind), shortcut=shortcut, disabled=first is None)
        words = t("tune.labels_undo")
        st.button(words, key=f"{PREFIX}:labels:undo", on_click=_take_back, args=(data, others, done[-1:]), shortcut="u", disabled=not done)


def _show_suspect(data: TrainingData, others: tuple[Fix, ...], suspect: Suspect, changed: bool, stays: bool, is_next: bool) -> None:
    with st.container(key=f"tune-suspect-{suspect.row}"):
        st.html(_suspect_html(suspect, changed, stays, is_next))
        with st.container(horizontal=True):
            back = (data, others, (suspect.row,))
            for kind, done, other in (("fix", changed, stays), ("keep", stays, changed)):
                label = suspect.suspected if kind == "fix" else suspect.given
                words = t("tune.labels_back") if done else t(f"tune.labels_{kind}", label=escaped_markdown(printable(label), 60))
                st.button(
                    words,
                    key=f"{PREFIX}:labels:{kind}:{suspect.row}",
                    on_click=_take_back if done else _choose,
                    args=back if done else (data, others, suspect, kind),
                    disabled=other,
                )


def _suspect_html(suspect: Suspect, changed: bool, stays: bool, is_next: bool) -> str:
    quoted = {"given": suspect.given, "suspected": suspect.suspected}
    state = "changed" if changed else "kept" if stays else "open"
    names = said(f"tune.labels_{state}", quoted=quoted, certainty=f"{suspect.certainty:.0%}", row=suspect.row)
    kind = " ".join(name for name, holds in (("done", changed or stays), ("next", is_next)) if holds)
    like = said("tune.labels_like", quoted={"suspected": suspect.suspected, "text": suspect.like})
    return (
        f'<div class="hi-suspect {kind}"><span class="text" tabindex="0">{escape(printable(suspect.text))}</span>'
        f'<span class="names">{names}</span><small>{like}</small></div>'
    )


def _kept_key(data: TrainingData) -> str:
    return f"{PREFIX}:labels:kept:{data.fixes_key}"


def _order_key(data: TrainingData) -> str:
    return f"{PREFIX}:labels:order:{data.fixes_key}"


def _choices(data: TrainingData) -> tuple[int, ...]:
    """The rows that something was chosen for, the last one last; what the doctor's list took back is not among them."""
    done = {*relabelled(data.fixes), *st.session_state.get(_kept_key(data), ())}
    return tuple(row for row in st.session_state.get(_order_key(data), ()) if row in done)


def _choose(data: TrainingData, others: tuple[Fix, ...], suspect: Suspect, kind: str) -> None:
    if kind == "fix":
        old = str(apply_fixes(data.read, others)[str(data.label)][suspect.row])
        _set_labels(data, others, relabelled(data.fixes) | {suspect.row: (old, suspect.suspected)})
    else:
        st.session_state[_kept_key(data)] = (*st.session_state.get(_kept_key(data), ()), suspect.row)
    st.session_state[_order_key(data)] = (*(row for row in _choices(data) if row != suspect.row), suspect.row)


def _take_back(data: TrainingData, others: tuple[Fix, ...], rows: tuple[int, ...]) -> None:
    _set_labels(data, others, {row: names for row, names in relabelled(data.fixes).items() if row not in rows})
    st.session_state[_kept_key(data)] = tuple(row for row in st.session_state.get(_kept_key(data), ()) if row not in rows)


def _set_labels(data: TrainingData, others: tuple[Fix, ...], labels: dict[int, tuple[str, str]]) -> None:
    made = relabelling(str(data.label), labels)
    st.session_state[data.fixes_key] = (*others, made) if made else others
