"""What one visitor may have of another's, and what a link may make a page show: both through the address, as a stranger would try."""

import os
from html import unescape

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components.messages import message
from components.training.results import Ending
from components.training.settings import Settings
from components.training.store import RunStore
from components.ui.state import runs
from tests.pages.conftest import ROOT, assert_well
from tests.unit.models import tiny

OWNER, STRANGER = "v" * 32, "s" * 32
# Page and name in the address of every place that takes a model.
CLASSIFIERS = [
    ("classification", "cls_model"),
    ("classification", "cls_other"),
    ("bert_attention", "ba_model"),
    ("feed_forward", "ff_model"),
]
PLACES = [
    *CLASSIFIERS,
    ("masked_lm", "mlm_model"),
    ("masked_lm", "mlm_other"),
    ("entities", "ner_model"),
    ("question_answering", "qa_model"),
    ("tokens", "tok_other"),
]
PICTURE = "![x](http://evil.example/p.png)[a](http://evil.example) www.evil.example :red[x]"


@pytest.fixture
def finished(monkeypatch, tmp_path):
    """A finished run of OWNER, with a model of its own labels."""
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    runs.store.clear()
    store = RunStore()
    run, _ = store.create(OWNER, Settings(), pd.DataFrame({"text": ["a", "b"], "label": ["x", "y"]}), name=PICTURE)
    store.claim(os.getpid(), run.id)
    store.finish(run.id, Ending("done"))
    tiny.save(run.model_dir, "BertForSequenceClassification", "en", ["secret news", "bad news"])
    yield store.get(run.id, OWNER)
    runs.store.clear()


def everything(app) -> str:
    """All text on the page that is read as Markdown."""
    kinds = (app.markdown, app.caption, app.warning, app.error, app.info, app.success)
    labels = [str(one.proto) for kind in ("expander", "tab") for one in app.get(kind)]
    return "\n".join([*(one.value for kind in kinds for one in kind), *labels])


@pytest.mark.parametrize(("page", "name"), PLACES)
def test_the_model_of_a_run_needs_a_key_of_the_run(visit_page, finished, page, name):
    id = f"run:{finished.id}"
    app = visit_page(page, "en", visitor=STRANGER, **{name: id})
    assert not app.exception
    assert message("models.run_missing", "en", id=id).split("”")[1] in everything(app)
    assert "secret" not in everything(app)


def test_a_strangers_run_is_no_backbone_to_train_on(open_page, finished):
    app = open_page("fine_tune", "en", visitor=STRANGER, tune_sample="intents-en", tune_backbone=f"run:{finished.id}")
    assert next(one for one in app.selectbox if one.key.startswith("tune:backbone")).value != f"run:{finished.id}"


@pytest.mark.parametrize(("page", "name"), CLASSIFIERS[:3])
@pytest.mark.parametrize("opener", ["owner", "reader"])
def test_its_owner_and_whoever_has_its_read_key_use_it(open_page, finished, page, name, opener):
    key = {"visitor": OWNER} if opener == "owner" else {"visitor": STRANGER, "key": finished.read_key}
    app = open_page(page, "en", **key, **{name: f"run:{finished.id}"})
    assert app.selectbox(key=name).value == f"run:{finished.id}"
    assert message("models.run_missing", "en", id="").split("”")[1] not in everything(app)


@pytest.mark.parametrize(("page", "name"), PLACES)
def test_a_link_makes_no_page_load_or_link_anything_foreign(visit_page, page, name):
    app = visit_page(page, "ja", **{name: PICTURE})
    assert not app.exception
    shown = everything(app)
    assert "![x]" not in shown and "](http://e" not in shown and "http://e" not in shown and "www.e" not in shown and ":red[x" not in shown


def test_a_table_and_the_name_of_a_run_make_no_page_load_anything_foreign(open_page, finished, language):
    app = open_page("my_models", language, visitor=OWNER)
    drawn = "\n".join(one.proto.body for one in app.get("html"))
    assert PICTURE in unescape(drawn) and "<a" not in drawn and "<img" not in drawn
    assert "![x]" not in everything(app) and "http://e" not in everything(app)


def test_pages_that_need_no_runs_work_without_a_store(open_page, finished, tmp_path):
    for file in tmp_path.glob("runs.sqlite*"):
        file.unlink()
    (tmp_path / "runs.sqlite").write_bytes(b"no database at all" * 1_000)
    runs.store.clear()
    for page in ("classification", "masked_lm", "similarity", "question_answering", "entities", "bert_attention"):
        app = open_page(page, "en", visitor=OWNER)
        assert app.get("plotly_chart") or app.dataframe or app.markdown


@pytest.mark.parametrize("page", ["my_models", "fine_tune", "classification"])
def test_a_key_that_an_address_brings_is_nobodys_until_they_take_it(monkeypatch, page, finished, language):
    """Who follows an attacker's link without cookies must not train under the attacker's key."""
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params.update({"lang": language, "visitor": OWNER})
    app.run().switch_page(f"pages/{page}.py").run()
    assert_well(app)
    assert "secret news" not in everything(app) and ("visitor" not in app.session_state or app.session_state["visitor"] != OWNER)
    app.button(key="offer-take").click().run()
    assert_well(app)
    assert app.session_state["visitor"] == OWNER and not [button for button in app.button if button.key == "offer-take"]


def test_a_key_that_is_declined_leaves_the_address(monkeypatch, finished):
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params.update({"lang": "en", "visitor": OWNER})
    app.run().button(key="offer-leave").click().run()
    assert_well(app)
    assert app.query_params.get("visitor") != [OWNER] and not [button for button in app.button if button.key == "offer-take"]
