"""A table in and a table out: upload, how it was read, its columns, and the result as CSV or XLSX. Shared by the pages that work on a
column of texts."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal, overload

import pandas as pd
import streamlit as st

from components.errors import TableError
from components.tables.limits import MAX_BYTES, MAX_ROWS
from components.tables.reading import Choices
from components.tables.table import Table, read_as
from components.tables.writing import Written, write_table
from components.ui.state.language import t

from .address import choice
from .batches import begin_key
from .escaped import escaped_markdown
from .options import named
from .table_reading import choices_of, show_details, show_menus, show_summary
from .uploads import file_field, keep_counted

KINDS = ["csv", "tsv", "tab", "txt", "xlsx", "xlsm", "xls", "jsonl", "ndjson", "json", "parquet", "html", "htm", "zip", "gz"]
KINDS += ["conll", "conllu", "bio", "iob", "iob2"]  # tokens with their tags
# Above this a file is written when it is asked for, not while the page is drawn: an XLSX of this size takes some 3 s.
READY_CELLS = 100_000
FORMATS = {"csv": ("csv", "utf-8-sig"), "csv_cp932": ("csv", "cp932"), "xlsx": ("xlsx", "utf-8-sig")}
MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, eq=False)
class Upload:
    """A table and where it is from. signature: changes with the file's content and with how it is read."""

    table: Table
    name: str
    signature: str

    @property
    def frame(self) -> pd.DataFrame:
        return self.table.frame


@dataclass(frozen=True, eq=False)
class Source:
    """A file as it came, before anything was read of it."""

    name: str
    data: bytes
    digest: str

    @classmethod
    def of(cls, name: str, data: bytes) -> "Source":
        return cls(name, data, hashlib.sha256(data).hexdigest()[:16])


def source_key(key: str) -> str:
    """Where the session keeps the `Source` of the table that `table_in(key)` reads."""
    return f"{key}:source"


def table_in(key: str, *, sample: Path | None = None, at_once: bool = False) -> Upload | None:
    """The upload of a table and how it was read; None until there is one. `sample`: a file to try the page with, one click away; at_once: that
    click begins the work too (`batch_controls` of the same key).

    The file stays when the visitor leaves the page and comes back. Raises TableError where there is no table in it.
    """

    def take_sample(file: Path) -> None:
        st.session_state[source_key(key)] = Source.of(file.name, file.read_bytes())
        if at_once:
            st.session_state[begin_key(key)] = True

    left, right = st.columns([4, 1], vertical_alignment="bottom") if sample else (st.container(), None)
    with left:
        table_field(key)
    if right and sample:
        right.button(
            t("tables.sample"),
            key=f"{key}:sample",
            on_click=take_sample,
            args=(sample,),
            width="stretch",
            type="secondary" if source_key(key) in st.session_state else "primary",
        )
    source = st.session_state.get(source_key(key))
    if source is None:
        return None
    said, how = st.container(), st.expander(t("tables.how_read"))
    choices = choices_of(key, source.digest)
    try:
        upload = read_source(key, source, choices)
    except TableError:
        with how:
            show_menus(key, source.digest, choices, None)
        raise
    with said:
        show_summary(key, source.digest, upload.name, upload.table)
    with how:
        show_menus(key, source.digest, choices, upload.table)
        show_details(upload.table)
    return upload


def table_field(key: str) -> None:
    """The field for the file that `table_in(key)` reads. A file that comes in forgets what was chosen for the one before."""
    session_key = source_key(key)

    def uploaded() -> None:
        file = st.session_state[f"{key}:file"]
        if file:
            st.session_state[session_key] = source = Source.of(file.name, file.getvalue())
            keep_counted(source, source.data)
            for menu in ("codec", "delimiter", "quote"):
                st.session_state[f"{key}:{menu}"] = None  # what was chosen for another file
        else:
            st.session_state.pop(session_key, None)

    limits = {"megabytes": MAX_BYTES // 1024 // 1024, "rows": f"{MAX_ROWS:,}"}
    file_field(t("tables.upload"), type=KINDS, key=f"{key}:file", on_change=uploaded, help=t("tables.upload_help", **limits))


@overload
def choose_column(upload: Upload, label: str, *, key: str, guess: str | None, width: int | None = None, in_bench: bool = False) -> str: ...


@overload
def choose_column(
    upload: Upload, label: str, *, key: str, guess: str | None, optional: Literal[True], width: int | None = None, in_bench: bool = False
) -> str | None: ...


def choose_column(
    upload: Upload,
    label: str,
    *,
    key: str,
    guess: str | None,
    optional: bool = False,
    width: int | None = None,
    in_bench: bool = False,
) -> str | None:
    """One of the table's columns, at first `guess`; None where it is optional and none was chosen. A new file starts anew. width: of a menu that
    stands within a sentence and has its name for those who can't see it. in_bench: the label stands before the column's name, because a bench has
    no room above its fields."""
    columns: list[str | None] = [None, *upload.frame.columns] if optional else list(upload.frame.columns)
    names = {column: t("tables.no_column") if column is None else str(column) for column in columns}
    if in_bench:
        names = {column: t("tables.labelled", label=label, name=name) for column, name in names.items()}
    return st.selectbox(
        label,
        columns,
        index=columns.index(guess),
        format_func=named(names),
        key=f"{key}:{upload.signature}",
        width=width or "stretch",
        label_visibility="collapsed" if width or in_bench else "visible",
    )


def table_out(frame: pd.DataFrame, added: pd.DataFrame, *, key: str, name: str, signature: str) -> None:
    """A download of the visitor's columns as they are and then `added`; says what had to be changed for a spreadsheet.

    name: the uploaded file's, the result's is made from it. signature: changes with what is in the file.
    """
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        form = choice(t("tables.format"), tuple(FORMATS), key=f"{key}_format", label_of=lambda option: t(f"tables.format_{option}"))
    kind, encoding = FORMATS[form]
    made_key, wanted = f"{key}:written", (signature, form)
    if st.session_state.get(made_key, (None,))[0] != wanted:
        cells = len(frame) * (len(frame.columns) + len(added.columns))
        if cells > READY_CELLS and not right.button(t("tables.prepare"), key=f"{key}:prepare", width="stretch"):
            return
        with st.spinner(t("tables.writing")):
            st.session_state[made_key] = (wanted, write_table(frame, added, kind, encoding))
    written: Written = st.session_state[made_key][1]
    right.download_button(
        t("tables.download"),
        written.data,
        file_name=f"{PurePath(name).stem}_result.{kind}",
        mime=MIME[kind],
        key=f"{key}:download",
        on_click="ignore",
        icon=":material/download:",
        type="primary",
        width="stretch",
    )
    st.caption(" ".join(_changes(written, kind)))


def _changes(written: Written, kind: str) -> list[str]:
    said = [t("tables.columns_kept")]
    if written.defused:
        said.append(t(f"tables.defused_{kind}", n=f"{written.defused:,}"))
    if written.unencodable:
        said.append(t("tables.unencodable", characters=escaped_markdown(" ".join(written.unencodable[:20])), n=len(written.unencodable)))
    if written.cut:
        said.append(t("tables.cut", n=f"{written.cut:,}"))
    return said


def read_source(key: str, source: Source, choices: Choices) -> Upload:
    """`source` as a table, read again only where the file or the choices changed. Raises TableError where there is none in it."""
    chosen = hashlib.sha256(repr(choices).encode()).hexdigest()[:8]
    signature = f"{source.digest}-{chosen}-{PurePath(source.name).suffix.lower()}"
    upload = st.session_state.get(f"{key}:table")
    if upload is None or upload.signature != signature or upload.name != source.name:
        st.session_state.pop(f"{key}:table", None)
        with st.spinner(t("tables.reading")):
            upload = Upload(read_as(source.data, source.name, choices), source.name, signature)
        st.session_state[f"{key}:table"] = upload
    return upload
