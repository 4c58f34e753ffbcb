"""Pages driven without a browser, through app.py as a visitor comes in."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.ui.widgets.verdict import plain as plain_words

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["ja", "en"])
def language(request) -> str:
    return request.param


@pytest.fixture
def visit_page(monkeypatch):
    """visit_page(name, language, **query) -> AppTest of that page after its first run, however that went. visitor: the visitor's own key."""
    monkeypatch.chdir(ROOT)

    def visit(name: str, language: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        app.query_params["lang"] = language
        for key, value in query.items():
            app.query_params[key] = value
        if "visitor" in query:  # an address alone makes nobody the owner of a key
            app.session_state["visitor"] = query["visitor"]
        if name != "overview":
            app.switch_page(f"pages/{name}.py")
        return app.run()

    return visit


@pytest.fixture
def open_page(visit_page):
    """As `visit_page`; the first run must not have failed."""

    def open_(name: str, language: str, **query: str) -> AppTest:
        app = visit_page(name, language, **query)
        assert_well(app)
        return app

    return open_


def assert_well(app: AppTest) -> None:
    """The last run showed no exception and no error banner."""
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]


def plain(markdown: str) -> str:
    """Words of the page without the marks that disarm Markdown and links in them."""
    return markdown.replace("\\", "").replace("\u200b", "")


def spec(app: AppTest, key: str) -> dict:
    """A figure on the page as the browser gets it."""
    return json.loads(next(chart for chart in app.get("plotly_chart") if chart.proto.id.endswith(key)).proto.spec)


def drawn(app: AppTest, key: str, trace: int = 0, field: str = "z") -> np.ndarray:
    """The numbers of a figure on the page: those of `field` of its `trace`."""
    numbers = spec(app, key)["data"][trace][field]
    if isinstance(numbers, dict):  # Plotly's typed arrays: base64 of the numbers, and their shape
        flat = np.frombuffer(base64.b64decode(numbers["bdata"]), numbers["dtype"])
        return flat.reshape([int(length) for length in numbers["shape"].split(",")]) if "shape" in numbers else flat
    return np.array(numbers, dtype=float)


def sent(app: AppTest, key: str) -> dict:
    """What the page sent to its own front-end code under `key`."""
    found = next(part for part in app.get("bidi_component") if key in part.proto.id)
    return json.loads(found.proto.mixed.json if found.proto.HasField("mixed") else found.proto.json)


def findings(app: AppTest) -> list[str]:
    """What is said of the figures, in plain words."""
    return [plain_words(one.proto.body) for one in app.get("html") if one.proto.body.startswith('<h2 class="hi-finding">')]


def doubts(app: AppTest) -> list[str]:
    return [plain_words(one.proto.body) for one in app.get("html") if one.proto.body.startswith('<p class="hi-doubt">')]
