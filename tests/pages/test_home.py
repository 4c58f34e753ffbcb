import subprocess
import sys
import tomllib
from pathlib import Path

from components.messages import message

ROOT = Path(__file__).resolve().parents[2]


def test_home_has_its_title_and_version_in_the_visitors_language(open_page, language):
    app = open_page("overview", language)
    assert app.title[0].value == message("overview.title", language)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [caption.value for caption in app.caption].count(message("overview.name", language, version=project["version"])) == 1


def test_home_is_drawn_before_torch_is_imported():
    """In a fresh process, as after a start."""
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert app.title and not app.exception, app.exception\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_an_unexpected_error_is_a_sentence_and_not_a_trace(open_page, language, monkeypatch):
    import components.views.attention.steps as steps

    app = open_page("attention", language)
    monkeypatch.setattr(steps, "compare_implementations", lambda *_: 1 / 0)
    app.run()
    assert [error.value for error in app.error] == [message("common.unexpected_error", language)]
    assert not app.exception
    assert app.text_input(key="att_text").value == message("attention.example_text", language)
