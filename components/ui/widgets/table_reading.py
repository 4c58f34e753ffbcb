"""How an uploaded table was read, in words and in menus: what was found, what the visitor chose instead, and the way back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.tables.account import LeftOut
from components.tables.delimiter import DELIMITERS, QUOTES
from components.tables.dialect import SPACES
from components.tables.known_encodings import ENCODINGS
from components.tables.reading import Choices, Remark, spans
from components.tables.table import Table
from components.ui.state.language import language, t

from .encodings import encoding_name, other_readings
from .escaped import escaped_markdown
from .options import named

PREVIEW_ROWS = 5
LISTED_PROBLEMS = 200
GROUPS_SAID = 4
DELIMITER_NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", "，": "wide_comma", SPACES: "spaces", "": "none"}
QUOTE_NAMES = {'"': "double", "'": "single", "": "none"}
HEADER_DOUBTS = ("tables.read_no_header", "tables.read_header_doubtful")


def choices_of(key: str, digest: str) -> Choices:
    """What the visitor chose in the menus of the table `key`, for the file with this digest."""
    state = st.session_state
    sheet = state.get(f"{key}:sheet:{digest}")
    return Choices(
        state.get(f"{key}:codec"),
        state.get(f"{key}:delimiter"),
        state.get(f"{key}:quote"),
        _header_lines(state.get(_header_key(key, digest, sheet))),
        sheet,
        bool(state.get(f"{key}:footer:{digest}")),
    )


def show_menus(key: str, digest: str, choices: Choices, table: Table | None, *, without: Collection[str] = ()) -> None:
    """The menus, but for those `without` (their keys), which stand elsewhere; `table` is None where it can't be read as chosen, and the
    visitor goes back."""
    menus = [menu for menu in menus_of(key, digest, choices, table) if menu.key not in without]
    columns = st.columns(min(len(menus), 3)) if menus else []
    for number, menu in enumerate(menus):
        menu.show(columns[number % len(columns)])
    has_footer = table is not None and any(
        group.reason in ("training.row-total", "training.row-remark") for group in table.account.left_out
    )
    if has_footer or choices.footer:
        st.checkbox(t("tables.footer"), key=f"{key}:footer:{digest}")
    if choices != Choices():
        st.button(
            t("tables.back"), key=f"{key}:back", on_click=_go_back, args=(key, digest, choices), icon=":material/undo:", type="tertiary"
        )


@dataclass(frozen=True)
class Menu:
    """One thing that can be read otherwise: what it is called, where the session keeps the choice, and the options with their names, None for
    what is found."""

    label: str
    key: str
    options: dict[str | None, str]

    def show(self, container: DeltaGenerator, **settings: Any) -> None:
        listed = [None, *(option for option in self.options if option is not None)]
        container.selectbox(
            self.label, listed, format_func=named(self.options), key=self.key, placeholder=self.options.get(None, ""), **settings
        )


def menus_of(key: str, digest: str, choices: Choices, table: Table | None) -> list[Menu]:
    """What can be chosen of how the file is read; `table` is None where it can't be read as chosen."""
    read_as = table.read_as if table else Choices()
    menus: list[tuple[str, str, dict[str | None, str]]] = []
    if table is None or table.encoding:
        menus.append(
            (
                t("tables.encoding"),
                f"{key}:codec",
                {**{name: encoding_name(name) for name in ENCODINGS}, **_automatic(choices.encoding, read_as.encoding)},
            )
        )
        names: dict[str | None, str] = {mark: t(f"tables.delimiter_{DELIMITER_NAMES[mark]}") for mark in (*DELIMITERS, "")}
        menus.append(
            (t("tables.delimiter"), f"{key}:delimiter", {**names, **_automatic(choices.delimiter, names.get(read_as.delimiter or ""))})
        )
        quotes: dict[str | None, str] = {mark: t(f"tables.quote_{QUOTE_NAMES[mark]}") for mark in (*QUOTES, "")}
        said = None if read_as.quote is None else quotes[read_as.quote]
        menus.append((t("tables.quote"), f"{key}:quote", {**quotes, **_automatic(choices.quote, said)}))
    if (table and table.first_rows) or choices.header is not None:
        rows = _header_names(table, choices)
        said = None if read_as.header is None else rows.get(_header_text(read_as.header))
        menus.append((t("tables.header"), _header_key(key, digest, choices.sheet), rows | _automatic(choices.header, said)))
    if (table and table.sheets) or choices.sheet is not None:
        sheets: dict[str | None, str] = {name: name[:80] for name in (table.sheets if table else (choices.sheet or "",))}
        menus.append((t("tables.sheet"), f"{key}:sheet:{digest}", {**sheets, **_automatic(choices.sheet, read_as.sheet)}))
    return [Menu(*menu) for menu in menus]


def show_summary(key: str, digest: str, name: str, table: Table) -> None:
    """What was read, how, and which rows are missing, in a few sentences; doubts with the other reading one click away."""
    st.markdown(" ".join(summary(name, table)))
    show_doubts(key, digest, table)


def show_doubts(key: str, digest: str, table: Table) -> None:
    """Where the file could be read otherwise, with the other reading one click away, and what was decided."""
    if table.encoding:
        other_readings(table.encoding, table.alternatives, key=f"{key}:codec")
    for said in table.remarks:
        text = escaped_markdown(said.in_language(language()), 400)
        if said.doubtful:
            st.warning(text, icon=":material/help:")
        else:
            st.caption(text)
        if said.key in HEADER_DOUBTS:
            _offer_other_header(key, digest, table, said)


def show_details(table: Table) -> None:
    """The first rows as they were read, and every row that was left out with its line and reason."""
    st.caption(t("tables.preview", n=min(PREVIEW_ROWS, len(table.frame))))
    st.dataframe(table.frame.head(PREVIEW_ROWS), hide_index=True)
    for number, before, after in table.renamed[:20]:
        st.caption(t("tables.renamed", column=number, before=escaped_markdown(before), after=escaped_markdown(after)))
    if table.problems:
        st.caption(t("tables.problems", n=f"{table.skipped:,}", shown=min(len(table.problems), LISTED_PROBLEMS)))
        rows = [(trouble.line, trouble.in_language(language())) for trouble in table.problems[:LISTED_PROBLEMS]]
        st.dataframe(pd.DataFrame(rows, columns=[t("tables.problem_line"), t("tables.problem_reason")]), hide_index=True)


def summary(name: str, table: Table) -> list[str]:
    """What was read, how, and which rows are missing: sentences in Markdown."""
    read = table.read_as
    said = [t("tables.summary", name=escaped_markdown(name), rows=f"{len(table.frame):,}", columns=f"{len(table.frame.columns):,}")]
    if table.encoding:
        said.append(t("tables.summary_encoding", encoding=table.encoding))
    if table.delimiter:
        said.append(t("tables.summary_delimiter", delimiter=t(f"tables.delimiter_{DELIMITER_NAMES[table.delimiter]}")))
    if read.sheet:
        said.append(t("tables.summary_sheet", sheet=escaped_markdown(read.sheet, 80)))
    if read.header is not None:
        said.append(t("tables.summary_header", lines=spans(read.header)) if read.header else t("tables.summary_no_header"))
    account = table.account
    if account.skipped:
        groups = "; ".join(_group(group) for group in account.left_out[:GROUPS_SAID])
        groups += " …" if len(account.left_out) > GROUPS_SAID else ""
        counts = {"rows": f"{account.rows:,}", "used": f"{account.used:,}", "n": f"{account.skipped:,}"}
        said.append(t("tables.summary_account", groups=groups, **counts))
    elif account.used:
        said.append(t("tables.summary_all_used"))
    if account.unread_from:
        said.append(t("tables.summary_unread", line=f"{account.unread_from:,}"))
    return said


def _group(group: LeftOut) -> str:
    reason = t("tables.left_" + group.reason.removeprefix("training.").replace("-", "_"))
    return t("tables.summary_group", reason=reason, n=f"{group.count:,}", lines=spans(group.lines, 5))


def _offer_other_header(key: str, digest: str, table: Table, said: Remark) -> None:
    """The reading that was not taken: the first row as names, or as a row."""
    other = "" if table.read_as.header else str(table.first_rows[0][0])
    words = t("tables.read_without_header") if table.read_as.header else t("tables.read_with_header", line=other)
    name = _header_key(key, digest, st.session_state.get(f"{key}:sheet:{digest}"))
    st.button(
        words, key=f"{key}:other", on_click=lambda: st.session_state.update({name: other}), icon=":material/swap_vert:", type="tertiary"
    )


def _automatic(chosen: object, name: str | None) -> dict[str | None, str]:
    """The first option of a menu: what is found, by name where it is known and nothing else was chosen."""
    return {None: t("tables.found_as", found=name) if name and chosen is None else t("tables.found")}


def _header_key(key: str, digest: str, sheet: str | None) -> str:
    return f"{key}:header:{digest}:{sheet}"


def _header_names(table: Table | None, choices: Choices) -> dict[str | None, str]:
    """The rows that may be the header, with the beginning of each."""
    names: dict[str | None, str] = {"": t("tables.header_none")}
    lines = table.read_as.header or () if table else choices.header or ()
    for line, cells in table.first_rows if table else ():
        names[str(line)] = t("tables.header_line", line=line, cells=" | ".join(cells)[:80])
    if len(lines) > 1 or _header_text(lines) not in names:
        names[_header_text(lines)] = t("tables.header_lines", lines=spans(lines))
    return names


def _header_text(lines: Sequence[int]) -> str:
    return "+".join(map(str, lines))


def _header_lines(text: str | None) -> tuple[int, ...] | None:
    return None if text is None else tuple(int(line) for line in text.split("+") if line)


def _go_back(key: str, digest: str, choices: Choices) -> None:
    names = [f"{key}:codec", f"{key}:delimiter", f"{key}:quote", f"{key}:sheet:{digest}", f"{key}:footer:{digest}"]
    for name in (*names, _header_key(key, digest, choices.sheet)):
        st.session_state.pop(name, None)
