import json
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np

from components.messages import message
from components.ui.widgets.pages import PAGES
from components.ui.widgets.token_line import threads
from components.views.overview.page import DOORS
from components.views.overview.reading import EXAMPLES, MOST, example, read
from components.views.overview.stations import STATIONS
from tests.pages.conftest import assert_well

ROOT = Path(__file__).resolve().parents[2]


def component(app, name: str) -> dict:
    """What the component of that key was sent."""
    (found,) = (part for part in app.get("bidi_component") if name in part.proto.id)
    return json.loads(found.proto.json)


def test_home_shows_the_example_with_its_doors(open_page, language):
    app = open_page("overview", language)
    assert app.title[0].value == message("overview.heading", language)
    line, stations = component(app, "home_line"), component(app, "home_stations")
    reading = example(language)
    assert line["words"] == stations["labels"] == reading.labels and line["label"] == EXAMPLES[language][0]
    assert line["words"][line["chosen"]] == EXAMPLES[language][1] == stations["labels"][stations["start"]]
    assert [station["title"] for station in stations["stations"]] == [message(f"overview.station_{name}", language) for name in STATIONS]
    assert [link.proto.page for link in app.get("page_link")] == [*DOORS, "teach"]


def test_every_station_and_door_leads_to_a_page():
    pages = set(chain.from_iterable(PAGES.values()))
    assert {page for page, _ in STATIONS.values()} | set(DOORS) <= pages


def test_a_sentence_of_ones_own_is_read_by_the_model_and_taken_along(open_page, language):
    app = open_page("overview", language)
    app.button(key="home_change").click().run()
    assert not [part for part in app.get("bidi_component") if "home_line" in part.proto.id]
    typed = {"ja": "祖母は庭で花に水をやった。", "en": "My aunt waters the flowers in her garden."}[language]
    app.text_area(key="home_text").set_value(typed).run()
    assert_well(app)
    line = component(app, "home_line")
    assert line["label"] == typed and {"花", "flowers"} & set(line["words"])
    assert line["threads"] == threads(np.array(read(typed).weights) / 1000)
    app.switch_page("pages/classification.py").run()
    assert app.text_area(key="cls_text").value == typed


def test_the_button_without_a_new_sentence_brings_the_line_back(open_page, language):
    app = open_page("overview", language)
    app.button(key="home_change").click().run()
    app.button(key="home_run").click().run()
    assert component(app, "home_line")["label"] == EXAMPLES[language][0]


def test_an_empty_or_very_long_sentence_is_told_and_the_bench_stays(open_page, language):
    app = open_page("overview", language)
    app.button(key="home_change").click().run()
    for text, said in (
        ("  ", message("overview.no_text", language)),
        ("犬" * 300, message("overview.too_long", language, most=MOST, found=300)),
    ):
        app.text_area(key="home_text").set_value(text).run()
        assert [error.value for error in app.error] == [said] and not app.exception
        assert component(app, "home_stations")["labels"] == example(language).labels


def test_an_example_of_the_menu_is_read(open_page, language):
    app = open_page("overview", language)
    app.button(key="home_change").click().run()
    app.selectbox(key="home_example").set_value("example_1").run()
    assert_well(app)
    assert component(app, "home_line")["label"] == message("overview.example_1", language)


def test_the_sentence_of_a_link_and_the_one_typed_elsewhere_are_read(open_page):
    app = open_page("overview", "en", home_text="The old man gave his dog a bone.")
    assert component(app, "home_line")["label"] == "The old man gave his dog a bone."
    app = open_page("classification", "en")
    app.text_area(key="cls_text").set_value("The soup was cold and nobody came.").run()
    app.switch_page("pages/overview.py").run()
    assert component(app, "home_line")["label"] == "The soup was cold and nobody came."


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
    from components.views.attention import compared

    app = open_page("attention", language)
    typed = app.text_area(key="att_text").value
    monkeypatch.setattr(compared, "compare_implementations", lambda *_: 1 / 0)
    app.run()
    assert [error.value for error in app.error] == [message("common.unexpected_error", language)]
    assert not app.exception
    assert typed and app.text_area(key="att_text").value == typed


def test_once_the_first_page_is_drawn_the_models_of_its_language_are_loaded(visit_page, language, monkeypatch):
    from components.models import ahead
    from components.models.bundled import models_for
    from tests.unit.models.test_turns import until

    ids: list[str] = []
    monkeypatch.setenv("HIMOTOKU_LOAD_AHEAD", "1")
    monkeypatch.setattr(ahead, "_begun", set())
    monkeypatch.setattr(ahead, "PAUSE", 0.02)
    monkeypatch.setattr(ahead, "LOOK", 0.005)
    monkeypatch.setattr(ahead, "load", ids.append)
    monkeypatch.setattr(ahead, "LEFT_FREE", 0)
    monkeypatch.setattr(ahead, "held_bytes", int)  # whatever the tests before this one have loaded
    assert_well(visit_page("overview", language))
    until(lambda: ids == list(models_for(language).tasks.values()))
