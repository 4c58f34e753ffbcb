"""The field for a file, with the reason beside it when the server took no more."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.settings import MEGABYTE, visitor_upload_bytes
from components.ui.state.language import t
from components.ui.state.uploads import ledger, refusal


def file_field(label: str, *, container: DeltaGenerator | None = None, **options: Any) -> UploadedFile | None:
    """`st.file_uploader` in `container`; under it, why the file sent last was refused. The field itself shows a failed request only."""
    field = container or st
    file: UploadedFile | None = field.file_uploader(label, **options)
    context = get_script_run_ctx()
    if context and (why := refusal(context.session_id)):
        field.error(t(f"tables.refused_{why}", limit=visitor_upload_bytes() // MEGABYTE))
    return file


def keep_counted(holder: object, data: bytes) -> None:
    """Counts an uploaded file's `data` among what the visitor holds while `holder` keeps it."""
    if context := get_script_run_ctx():
        ledger.keep(context.session_id, holder, data)
