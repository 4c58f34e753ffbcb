"""Runs that were begun on a bundled model that has been made anew since: what is finished answers as before, what is not says what to do."""

import json
import os

import pytest

from components.messages import message
from components.models import files as model_files
from components.models import load
from components.training import starting_weights, worker
from components.training.settings import Settings
from components.training.starting_weights import UNRECORDED, WEIGHTS, fingerprint
from components.training.store import RunStore
from tests.pages.conftest import assert_well
from tests.pages.test_runs import VISITOR, only, said, store  # noqa: F401
from tests.unit.models import tiny

FAST = {"language": "ja", "batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3, "epochs": 2}
ASKED = "東京の大学です。"


@pytest.fixture
def backbone(tmp_path, monkeypatch):
    """A bundled Japanese backbone that can be replaced: called, it makes it anew, as the project did once."""
    monkeypatch.setattr(model_files, "MODELS", tmp_path / "models")

    def make(number: int) -> None:
        tiny.save(tmp_path / "models" / "backbone-ja", "BertModel", "ja", seed=number)

    make(1)
    return make


@pytest.fixture
def rows():
    import pandas as pd

    words = {"yes": ("東京", "大学", "自然", "知能"), "no": ("大阪", "会社", "言語", "処理")}
    texts = [(f"{a}の{b}です。{n}", label) for label, of in words.items() for a in of for b in of for n in range(4)]
    return pd.DataFrame(texts, columns=["text", "label"], dtype="str")


def begin(store, rows, monkeypatch, steps=None, **settings):  # noqa: F811
    """A run as the app made it before it kept fingerprints; stopped after `steps` steps, or finished."""
    monkeypatch.setitem(UNRECORDED, "backbone-ja", fingerprint("backbone-ja"))
    run, _ = store.create(VISITOR, Settings(**FAST | settings), rows, "reviews", {"name": "reviews.csv"})
    asked, real = [], worker._Pulse.step
    if steps:
        monkeypatch.setattr(worker._Pulse, "step", lambda self, progress: asked.append(progress) or len(asked) > steps)
    worker.train_run(store, store.claim(os.getpid(), run.id))
    monkeypatch.setattr(worker._Pulse, "step", real)
    now = store.get(run.id, VISITOR)
    assert now.data[WEIGHTS] == {"backbone-ja": fingerprint("backbone-ja")}
    store.database.update(run.id, data=json.dumps({name: value for name, value in now.data.items() if name != WEIGHTS}))
    return store.get(run.id, VISITOR)


@pytest.mark.parametrize(("language", "tune"), [("ja", "all"), ("en", "lora"), ("ja", "head")])
def test_a_finished_run_answers_as_before(open_page, store, backbone, rows, monkeypatch, language, tune):  # noqa: F811
    from components.models.loading import forget

    run = begin(store, rows, monkeypatch, tune=tune)
    assert run.state == "done", run.reason
    before = load(f"run:{run.id}").predict([ASKED])[0].scores
    app = open_page("fine_tune", language, visitor=VISITOR, run=run.id)
    assert "runs:train-again" not in [button.key for button in app.button] and app.button(key="runs:curve")
    backbone(2)
    forget()
    assert load(f"run:{run.id}").predict([ASKED])[0].scores == pytest.approx(before, abs=1e-5)
    app = open_page("fine_tune", language, visitor=VISITOR, run=run.id)
    assert_well(app)
    assert message("runs.replaced", language, id="backbone-ja") in said(app)
    assert message("runs.curve_replaced", language, id="backbone-ja") in said(app)
    assert "runs:curve" not in [button.key for button in app.button]
    app.button(key="runs:train-again").click().run()
    assert_well(app)
    again = store.get(only(app.query_params["run"]), VISITOR)
    assert again.state == "queued" and again.settings == run.settings and again.name == "reviews (2)"
    assert again.data["digest"] == run.data["digest"] and again.data["from"] == run.id
    worker.train_run(store, store.claim(os.getpid(), again.id))
    done = store.get(again.id, VISITOR)
    assert done.state == "done" and done.data[WEIGHTS] == {"backbone-ja": fingerprint("backbone-ja")}
    app.run()
    assert_well(app)
    assert "runs:train-again" not in [button.key for button in app.button]
    assert starting_weights.begun_on(run) != starting_weights.begun_on(done)


@pytest.mark.parametrize(("language", "tune"), [("en", "all"), ("ja", "lora")])
def test_an_unfinished_run_does_not_go_on_over_other_weights(open_page, store, backbone, rows, monkeypatch, language, tune):  # noqa: F811
    run = begin(store, rows, monkeypatch, steps=9, tune=tune)
    assert run.state == "stopped" and run.result and list(run.folder.glob("checkpoint-*"))
    app = open_page("fine_tune", language, visitor=VISITOR, run=run.id)
    assert app.button(key="runs:resume")
    backbone(2)
    app = open_page("fine_tune", language, visitor=VISITOR, run=run.id)
    assert_well(app)
    assert message("runs.replaced_unfinished", language, id="backbone-ja") in said(app)
    assert "runs:resume" not in [button.key for button in app.button] and app.button(key="runs:train-again")
    # It waited to be resumed while the app was brought up to date.
    store.resume(run.id, VISITOR)
    worker.train_run(store, store.claim(os.getpid(), run.id))
    refused = store.get(run.id, VISITOR)
    assert refused.state == "stopped" and refused.result == run.result
    assert refused.reason == ("training.weights-replaced", {"id": "backbone-ja"})
    app.run()
    assert_well(app)
    assert message("training.weights-replaced", language, id="backbone-ja") in said(app)
    app.button(key="runs:train-again").click().run()
    assert_well(app)
    again = store.get(only(app.query_params["run"]), VISITOR)
    worker.train_run(store, store.claim(os.getpid(), again.id))
    assert store.get(again.id, VISITOR).state == "done"


def test_a_run_whose_backbone_is_the_same_goes_on(open_page, store, backbone, rows, monkeypatch):  # noqa: F811
    run = begin(store, rows, monkeypatch, steps=9)
    app = open_page("fine_tune", "ja", visitor=VISITOR, run=run.id)
    app.button(key="runs:resume").click().run()
    worker.train_run(store, store.claim(os.getpid(), run.id))
    assert store.get(run.id, VISITOR).state == "done"


def test_the_models_that_were_replaced_are_not_those_of_today():
    assert UNRECORDED and all(fingerprint(id) != before for id, before in UNRECORDED.items())


def test_a_store_from_before_opens(tmp_path, backbone, rows, monkeypatch):
    """A curve of a run that kept no fingerprint, over a model that never changed, is trained as before."""
    from components.training.curve import curve_points, request_curve

    store = RunStore(tmp_path)  # noqa: F811
    run = begin(store, rows, monkeypatch, tune="head")
    job = request_curve(store, VISITOR, run, VISITOR)
    worker.train_run(store, store.claim(os.getpid(), job.id))
    assert len(curve_points(store.get(run.id, VISITOR))) == 3
