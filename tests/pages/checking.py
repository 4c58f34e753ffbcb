"""The section "Check yourself" as a test answers it."""

import re

from streamlit.testing.v1 import AppTest

from components.ui.state.keys import PREFIXES
from components.ui.widgets.verdict import plain as plain_words
from tests.pages.conftest import plain

FIELD = "check-answer-"


def opened(page: str) -> dict[str, str]:
    """The address in which the page's section is open."""
    return {f"{PREFIXES[page][0]}_check": "true"}


def asked(app: AppTest) -> dict[str, object]:
    """Question id -> its field, in the order shown."""
    fields = [one for one in [*app.radio, *app.number_input] if (one.key or "").startswith(FIELD)]
    fields.sort(key=lambda one: int(one.label.split(".")[0]))
    return {one.key.removeprefix(FIELD).rsplit("-", 1)[0]: one for one in fields}


def words(app: AppTest, id: str) -> str:
    return plain(asked(app)[id].label)


def options(app: AppTest, id: str) -> list[str]:
    return [plain(one) for one in asked(app)[id].options]


def quoted(text: str) -> list[str]:
    """What stands in quotation marks."""
    return re.findall(r"[“「](.+?)[”」]", text)


def answer(app: AppTest, id: str, value: str | float) -> str:
    """Gives an answer and returns what is said of it."""
    field = asked(app)[id]
    field.set_value(value)
    app.button(key=f"check-send-{field.key.removeprefix(FIELD)}").click().run()
    assert not app.exception, app.exception
    return said(app, id)


def said(app: AppTest, id: str) -> str:
    told = [one.proto.body for one in app.get("html") if one.proto.body.startswith('<div class="hi-said"')]
    return plain_words(told[list(asked(app)).index(id)])
