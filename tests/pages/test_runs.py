"""What can be done with a judged run: run it again with a change, its learning curve, its nearest training rows, its adapted words."""

import os
import re
import shutil
from html import unescape

import pytest

from components.charts.numbers import significant
from components.messages import LANGUAGES, message
from components.training import worker
from components.training.curve import curve_points
from components.training.settings import Settings
from components.training.store import RunStore
from tests.pages.conftest import assert_well, drawn
from tests.unit.training.conftest import reviews, tiny  # noqa: F401

FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3}
VISITOR, STRANGER = "v" * 32, "s" * 32


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store in which this process trains: no worker is started."""
    import streamlit as st

    from components.training.launcher import LocalLauncher

    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    monkeypatch.setattr(LocalLauncher, "ensure", lambda self: None)
    st.cache_resource.clear()
    yield RunStore(tmp_path)
    st.cache_resource.clear()


def trained(store, backbone, rows, **settings):
    settings = Settings(backbone=backbone, **({"epochs": 2} | FAST | settings))
    run, _ = store.create(VISITOR, settings, rows.rename(index=lambda row: row + 1), "reviews", {"name": "reviews.csv"})
    return train(store, run)


def train(store, run):
    worker.train_run(store, store.claim(os.getpid(), run.id))
    done = store.get(run.id, VISITOR)
    assert done.state == "done", done.reason
    return done


def only(value):
    return value[0] if isinstance(value, list) else value


def field(nodes, prefix):
    return next(node for node in nodes if node.key and node.key.startswith(prefix))


def said(app) -> str:
    """All words on the page, without the marks that disarm Markdown."""
    return "\n".join(str(node.value) for kind in (app.markdown, app.caption, app.info, app.warning, app.error) for node in kind).replace(
        "\\", ""
    )


def html(app) -> str:
    """What the page says in pictures of its own."""
    return unescape("\n".join(one.proto.body for one in app.get("html")))


def test_a_run_is_run_again_with_its_rows_and_settings_but_for_the_change(open_page, store, tiny, reviews):  # noqa: F811
    first = trained(store, tiny, reviews, seed=7, test=0.3)
    app = open_page("fine_tune", "en", visitor=VISITOR, run=first.id)
    app.button(key="runs:again").click().run()
    assert_well(app)
    assert only(app.query_params["from"]) == first.id and "run" not in app.query_params
    assert field(app.number_input, "tune:seed").value == 7 and field(app.number_input, "tune:batch").value == 8
    assert field(app.slider, "tune:test").value == 0.3 and field(app.selectbox, "tune:backbone").value == tiny
    field(app.number_input, "tune_epochs").set_value(5)  # and pressed before the page is drawn again
    field(app.button, "tune:start").click().run()
    assert_well(app)
    second = store.get(only(app.query_params["run"]), VISITOR)
    assert second.data["from"] == first.id and second.data["digest"] == first.data["digest"] and second.name == "reviews (2)"
    changed = {name for name, value in second.settings.to_json().items() if value != first.settings.to_json()[name]}
    assert changed == {"epochs"}
    train(store, second)
    app.run()
    assert_well(app)
    assert message("runs.compared_with", "en", name="reviews") in [box.label for box in app.expander]
    told = message("runs.pair_difference", "en", name=message("tune.epochs", "en"), a="2", b="5")
    assert told in re.sub(r"<[^>]+>", "", html(app))
    rows = store.get(second.id, VISITOR).result.rows.test
    assert f"On the same {rows} rows only A is right on" in html(app)
    stranger = open_page("overview", "en")
    stranger.query_params["visitor"], stranger.query_params["from"] = STRANGER, first.id
    stranger.switch_page("pages/fine_tune.py").run()
    assert [error.value for error in stranger.error] == [message("training.run-missing", "en")]


def test_the_learning_curve_waits_is_trained_and_drawn(open_page, store, tiny, reviews):  # noqa: F811
    run, apps = trained(store, tiny, reviews), {}
    for language in LANGUAGES:
        app = apps[language] = open_page("fine_tune", language, visitor=VISITOR, run=run.id)
        app.button(key="runs:curve").click().run()
        assert_well(app)
        job = store.derived(run.id, VISITOR)[0]
        assert job.state == "queued" and app.button(key="runs:curve-stop").label == message("runs.leave_queue", language)
        app.button(key="runs:curve-stop").click().run()
        app.run()
        assert message("training.reason-unqueued", language) in said(app)
    app.button(key="runs:curve").click().run()
    train(store, store.derived(run.id, VISITOR)[0])
    points = curve_points(store.get(run.id, VISITOR))
    for app in apps.values():
        app.run()
        assert_well(app)
        assert drawn(app, "run-learning-curve", field="y") == pytest.approx([point.model.macro_f1.value for point in points])
        assert drawn(app, "run-learning-curve", field="x").tolist() == [point.rows for point in points]
    assert [one.name for one in store.runs(VISITOR)] == ["reviews"]


def test_the_nearest_training_rows_are_shown_to_whoever_owns_them(open_page, store, tiny, reviews):  # noqa: F811
    run = trained(store, tiny, reviews, epochs=4)
    query = {"cls_model": f"run:{run.id}", "cls_text": "the lamp was very lovely", "cls_near_1": "true"}
    for language in LANGUAGES:
        app = open_page("classification", language, visitor=VISITOR, **query)
        assert message("neighbours.agree", language, n=5, all=5, label="good") in said(app)
        shown = next(frame.value for frame in app.dataframe if message("neighbours.similarity", language) in frame.value)
        assert len(shown) == 5 and set(shown[message("neighbours.label", language)]) == {"good"}
        assert not set(shown.index) & set(run.result.test_rows)
        other = open_page("classification", language, visitor=STRANGER, **query)
        assert not any(toggle.label == message("neighbours.show", language) for toggle in other.toggle)


def test_an_adaptation_shows_the_masked_word_before_and_after_and_is_a_backbone(open_page, store, tiny, reviews):  # noqa: F811
    settings = {"task": "domain_adaptation", "label": None, "epochs": 6, "probe": "the [MASK] was very lovely"}
    run = trained(store, tiny, reviews, **settings)
    for language in LANGUAGES:
        app = open_page("fine_tune", language, visitor=VISITOR, run=run.id)
        for when in ("before", "after"):
            expected = [fill.probability for fill in getattr(run.result, when).probe[0]]
            assert drawn(app, f"run-probe-1-{when}", field="x") == pytest.approx(expected)
        assert message("runs.adaptation_small", language, rows=run.result.rows.train) in html(app)
        before, after = run.result.before, run.result.after
        perplexity = message("runs.change_perplexity", language, before=significant(before.perplexity), after=significant(after.perplexity))
        assert after.perplexity < before.perplexity and perplexity in html(app)
        direction = "better" if run.result.change.high < 0 else "unclear"
        assert message(f"runs.adapted_{direction}", language) in html(app)
        onward = open_page("fine_tune", language, visitor=VISITOR, tune_sample="intents-en", tune_backbone=f"run:{run.id}")
        assert field(onward.selectbox, "tune:backbone").value == f"run:{run.id}"
        asked = open_page("masked_lm", language, visitor=VISITOR, mlm_model=f"run:{run.id}", mlm_fill="the [MASK] was very lovely")
        assert f"run:{run.id}" == asked.selectbox(key="mlm_model").value


def test_files_removed_under_a_finished_run_are_a_sentence(visit_page, open_page, store, tiny, reviews):  # noqa: F811
    run = trained(store, tiny, reviews, epochs=1)
    shutil.rmtree(run.folder)
    for language in LANGUAGES:
        app = visit_page("fine_tune", language, visitor=VISITOR, run=run.id)
        assert not app.exception and [error.value for error in app.error] == [message("training.rows-gone", language)]
        mine = open_page("my_models", language, visitor=VISITOR)
        assert "reviews" in html(mine)
