"""Errors as a visitor sees them: one clear sentence in their language, never a stack trace, and nothing they typed is lost."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components.errors import UserError
from components.messages import message
from components.ui.state.language import language, t

from .escaped import escaped_markdown

log = logging.getLogger("himotoku")


@contextmanager
def guarded() -> Iterator[None]:
    """Words a UserError raised in the block as a banner and goes on after the block."""
    try:
        yield
    except UserError as error:
        st.error(sentence(error), icon=":material/error:")


def sentence(error: UserError) -> str:
    """The error's sentence in the visitor's language, as Markdown in which what somebody typed or a file held stays plain characters."""
    values = {name: escaped_markdown(value) if isinstance(value, str) else value for name, value in error.values.items()}
    return message(error.key, language(), **values)


@contextmanager
def unexpected_errors_worded() -> Iterator[None]:
    """Around a whole page: a UserError is worded; anything else is logged with its trace and shown as a plain sentence."""
    try:
        with guarded():
            yield
    except Exception:
        log.exception("a page failed")
        st.error(t("common.unexpected_error"), icon=":material/error:")
