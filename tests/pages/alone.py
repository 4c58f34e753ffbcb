"""A page run by itself, for what AppTest forgets within a navigation: that a button was pressed."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


def open_alone(page: str, language: str, **query: str) -> AppTest:
    """pages/<page>.py after its first run, as if app.py had called it."""
    source = (ROOT / "pages" / f"{page}.py").read_text(encoding="utf-8")
    app = AppTest.from_string("from components.ui import enter\nenter()\n" + source, default_timeout=60)
    app.session_state["lang"] = language
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()
