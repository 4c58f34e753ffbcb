"""Labels that are probably wrong, before the start: a list with each text whole, one click or key to change a label or keep it, and the way back."""

from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from components.errors import ModelError, TrainingError
from components.models.turns import time_limit
from components.training.doctor import Report
from components.training.entity_errors import MOST_TOKENS, check_entities
from components.training.findings import Fix, apply_fixes
from components.training.label_errors import check_labels
from components.training.relabelled import RELABELLED, is_relabelling, relabelled, relabelling
from components.training.runs import Run
from components.training.settings import Settings
from components.training.suspects import MOST_ROWS, MOST_SUSPECTS, LabelCheck, Suspect
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.state.runs import run_again
from components.ui.widgets.errors import sentence
from components.ui.widgets.escaped import escaped_markdown, printable
from components.ui.widgets.verdict import said

from .data import PREFIX, TrainingData
from .start import press

SECONDS = 180.0
CHECKS = {"classification": check_labels, "entities": check_entities}  # the tasks whose labels can be looked at
PAGE = 10
WANTED = f"{PREFIX}:labels:wanted"  # a run's page asks for the list of the next page
_STYLE = """<style>
.hi-suspect { font-size: .94rem; line-height: 1.6; }
.hi-suspect .text { display: block; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 14em; overflow: auto; }
.hi-suspect .names { display: block; }
.hi-suspect small { display: block; color: var(--hi-ink2); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 8em; overflow: auto; }
.hi-suspect.done .text { color: var(--hi-ink2); }
.hi-suspect s { color: var(--hi-ink2); }
.hi-suspect mark { background: none; color: inherit; font-weight: 600; border-bottom: 2px solid var(--hi-doubt); }
.hi-suspect.next { border-left: 3px solid var(--hi-ai); padding-left: .6rem; }
[class*="st-key-tune-suspect-"] { border-top: 1px solid var(--hi-line); padding: .5rem 0; }
[class*="st-key-tune-suspect-"] button p { white-space: normal; overflow-wrap: anywhere; line-height: 1.35; }
</style>"""


def show_label_check(data: TrainingData, settings: Settings, report: Report) -> None:
    """The section: the question, and once it is asked, the list."""
    if data.task not in CHECKS or not report.trainable:
        return
    with st.container(key="tune-mending"):
        st.subheader(t("tune.labels"), anchor=False)
        others = tuple(fix for fix in data.fixes if not is_relabelling(fix))
        key = _key(data, others, settings)
        asked = f"{PREFIX}:labels:asked"
        if st.session_state.pop(WANTED, False):
            st.session_state[asked] = key
        if st.session_state.get(asked) != key:
            st.markdown(_words(data, "what", most=f"{MOST_ROWS:,}", tokens=f"{MOST_TOKENS:,}"))
            st.button(t("tune.labels_go"), key=f"{PREFIX}:labels", on_click=lambda: st.session_state.update({asked: key}))
            return
        try:
            found = kept(f"{PREFIX}:labels:found", key, lambda: _checked(data, others, settings))
        except (TrainingError, ModelError) as error:
            st.warning(sentence(error), icon=":material/block:")
            return
        _show_list(data, found, others)


def _words(data: TrainingData, name: str, **values: object) -> str:
    """The message `name` of the section, which the tasks word differently."""
    return t(f"tune.{'pieces' if data.task == 'entities' else 'labels'}_{name}", **values)


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
            return CHECKS[data.task](apply_fixes(data.read, others), settings, mended, tell)
    finally:
        bar.empty()


def _show_list(data: TrainingData, found: LabelCheck, others: tuple[Fix, ...]) -> None:
    changed = _changed(data, found)
    stays = st.session_state.get(_kept_key(data), ())
    open_ = [suspect for suspect in found.suspects if suspect.key not in (*changed, *stays)]
    values: dict[str, Any] = {"n": len(found.suspects), "rows": f"{len(found.ranked):,}"}
    finding = escape(_words(data, "finding" if found.suspects else "none", **values))
    st.html(f'{_STYLE}<h3 class="hi-finding">{finding}</h3>')
    st.caption(_words(data, "how", held=f"{found.held_out:,}"))
    if found.left:
        st.caption(_words(data, "cut", left=f"{found.left:,}", most=f"{MOST_ROWS:,}", tokens=f"{MOST_TOKENS:,}"))
    if len(found.suspects) == MOST_SUSPECTS:
        st.caption(t("tune.labels_most", n=MOST_SUSPECTS))
    if not found.suspects:
        return
    counts = {"changed": len(changed), "kept": len(stays), "open": len(open_)}
    st.markdown(t("tune.labels_counts", **counts))
    _show_keys(data, found, others, open_)
    pages = -(-len(found.suspects) // PAGE)
    page = 1
    if pages > 1:
        page = int(
            st.number_input(t("tune.labels_page", n=pages), 1, pages, key=f"{PREFIX}:labels:page:{found.suspects[0].key}", width=160)
        )
    for suspect in found.suspects[(page - 1) * PAGE : page * PAGE]:
        _show_suspect(data, others, suspect, suspect.key in changed, suspect.key in stays, bool(open_) and suspect is open_[0])
    if relabelled(data.fixes):
        st.caption(t("tune.labels_then"))
        if data.origin:
            words = _words(data, "again", n=len(relabelled(data.fixes)))
            st.button(words, key=f"{PREFIX}:labels:again", on_click=press, args=(data,), icon=":material/model_training:")


def _changed(data: TrainingData, found: LabelCheck) -> list[str]:
    """The keys of the suspects whose rows have what was suspected."""
    cells = relabelled(data.fixes)
    return [suspect.key for suspect in found.suspects if suspect.row in cells and suspect.is_changed(cells[suspect.row][1])]


def _show_keys(data: TrainingData, found: LabelCheck, others: tuple[Fix, ...], open_: list[Suspect]) -> None:
    """The same from the keyboard, for the first that is open, and the last choice taken back."""
    done = {*_changed(data, found), *st.session_state.get(_kept_key(data), ())}
    last = next((key for key in reversed(st.session_state.get(_order_key(data), ())) if key in done), None)
    chosen = next((suspect for suspect in found.suspects if suspect.key == last), None)
    first = open_[0] if open_ else None
    with st.container(horizontal=True, key="tune-label-keys"):
        for kind, shortcut in (("fix", "f"), ("keep", "k")):
            words = t(f"tune.labels_{kind}_next", row=first.row if first else "–")
            key = f"{PREFIX}:labels:{kind}-next"
            st.button(words, key=key, on_click=_choose, args=(data, others, first, kind), shortcut=shortcut, disabled=first is None)
        words = t("tune.labels_undo")
        key = f"{PREFIX}:labels:undo"
        st.button(words, key=key, on_click=_take_back, args=(data, others, chosen), shortcut="u", disabled=chosen is None)


def _show_suspect(data: TrainingData, others: tuple[Fix, ...], suspect: Suspect, changed: bool, stays: bool, is_next: bool) -> None:
    with st.container(key=f"tune-suspect-{suspect.key}"):
        st.html(_suspect_html(suspect, changed, stays, is_next))
        with st.container(horizontal=True):
            for kind, done, other in (("fix", changed, stays), ("keep", stays, changed)):
                label = _label(suspect.suspected if kind == "fix" else suspect.given)
                words = t("tune.labels_back") if done else t(f"tune.labels_{kind}", label=escaped_markdown(printable(label), 60))
                st.button(
                    words,
                    key=f"{PREFIX}:labels:{kind}:{suspect.key}",
                    on_click=_take_back if done else _choose,
                    args=(data, others, suspect) if done else (data, others, suspect, kind),
                    disabled=other,
                )


def _label(name: str) -> str:
    """A label, in words where there is none."""
    return name or t("tune.pieces_nothing")


def _suspect_html(suspect: Suspect, changed: bool, stays: bool, is_next: bool) -> str:
    quoted = {"given": _label(suspect.given), "suspected": _label(suspect.suspected)}
    state = "changed" if changed else "kept" if stays else "open"
    names = said(f"tune.labels_{state}", quoted=quoted, certainty=f"{suspect.certainty:.0%}", row=suspect.row)
    kind = " ".join(name for name, holds in (("done", changed or stays), ("next", is_next)) if holds)
    like = (
        f"<small>{said('tune.labels_like', quoted={'suspected': suspect.suspected, 'text': suspect.like})}</small>" if suspect.like else ""
    )
    return (
        f'<div class="hi-suspect {kind}"><span class="text" tabindex="0">{_text_html(suspect)}</span>'
        f'<span class="names">{names}</span>{like}</div>'
    )


def _text_html(suspect: Suspect) -> str:
    """The text whole, with the piece that is in doubt marked."""
    start, end = suspect.place
    before, piece, after = (escape(printable(part)) for part in (suspect.text[:start], suspect.text[start:end], suspect.text[end:]))
    return f"{before}<mark>{piece}</mark>{after}" if piece else after


def _kept_key(data: TrainingData) -> str:
    return f"{PREFIX}:labels:kept:{data.fixes_key}"


def _order_key(data: TrainingData) -> str:
    """The keys of the suspects that something was chosen for, the last one last; what the doctor's list took back is among them."""
    return f"{PREFIX}:labels:order:{data.fixes_key}"


def _choose(data: TrainingData, others: tuple[Fix, ...], suspect: Suspect, kind: str) -> None:
    if kind == "fix":
        _write(data, others, suspect, suspect.changed)
    else:
        st.session_state[_kept_key(data)] = (*st.session_state.get(_kept_key(data), ()), suspect.key)
    order = st.session_state.get(_order_key(data), ())
    st.session_state[_order_key(data)] = (*(key for key in order if key != suspect.key), suspect.key)


def _take_back(data: TrainingData, others: tuple[Fix, ...], suspect: Suspect) -> None:
    stays = st.session_state.get(_kept_key(data), ())
    if suspect.key not in stays:
        _write(data, others, suspect, lambda cell: suspect.restored(cell, _old(data, others, suspect)))
    st.session_state[_kept_key(data)] = tuple(key for key in stays if key != suspect.key)


def _old(data: TrainingData, others: tuple[Fix, ...], suspect: Suspect) -> str:
    return str(apply_fixes(data.read, others)[str(data.label)][suspect.row])


def _write(data: TrainingData, others: tuple[Fix, ...], suspect: Suspect, change: Callable[[str], str]) -> None:
    """Puts the row's changed cell among the fixes; a cell that is as it was is none."""
    labels, old = relabelled(data.fixes), _old(data, others, suspect)
    new = change(labels.get(suspect.row, (old, old))[1])
    labels = {row: cells for row, cells in labels.items() if row != suspect.row} | ({suspect.row: (old, new)} if new != old else {})
    made = relabelling(str(data.label), labels, data.task)
    st.session_state[data.fixes_key] = (*others, made) if made else others
