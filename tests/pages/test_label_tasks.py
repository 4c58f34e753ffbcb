"""Several labels and numbers on the page: what a file is taken for, and a judged model tried, looked at, used on a table and compared."""

import json
import os

import pandas as pd
import pytest

from components.messages import message
from components.training import worker
from components.training.settings import Settings
from tests.pages.conftest import assert_well, drawn
from tests.pages.test_runs import FAST, VISITOR, html, said, store, tiny  # noqa: F401
from tests.unit.training.conftest import BAD, GOOD, made_reviews


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Reviews with columns of yes and no, and a number of stars with a fraction."""
    reviews = made_reviews()
    words = reviews["text"].str.split()
    columns = {
        name: words.map(lambda row, of=of: "1" if set(of) & set(row) else "0")
        for name, of in (("good", GOOD), ("bad", BAD), ("strong", ["very"]))
    }
    stars = [
        f"{4.5 if label == 'good' else 1.5 + ('radio' in text) / 2}" for text, label in zip(reviews["text"], reviews["label"], strict=True)
    ]
    return reviews[["text"]].assign(**columns, stars=stars)


def trained(store, task, frame, label, **settings):  # noqa: F811
    from components.training.task_tables import Columns, task_table

    ready, columns = task_table(task).prepare(frame, Columns("text", label))
    chosen = Settings(task=task, label=columns.label, epochs=3, **FAST, **settings)
    run, _ = store.create(VISITOR, chosen, ready.rename(index=lambda row: row + 1), "reviews", {"name": "reviews.csv"})
    worker.train_run(store, store.claim(os.getpid(), run.id))
    done = store.get(run.id, VISITOR)
    assert done.state == "done", done.reason
    return done


def test_columns_of_yes_and_no_are_one_choice_in_the_sentence_and_start_a_training(open_page, store, rows):  # noqa: F811
    app = open_page("fine_tune", "ja", visitor=VISITOR)
    table = rows.drop(columns="stars").to_csv(index=False).encode()
    app.file_uploader(key="tune:file").upload("reviews.csv", table, "text/csv").run()
    assert_well(app)
    assert app.selectbox(key="tune_task").value == "several_labels"
    label = next(box for box in app.selectbox if box.key.startswith("tune:label")).value
    assert label == "good + bad + strong"
    next(button for button in app.button if button.key == "tune:start").click().run()
    assert_well(app)
    (run,) = store.runs(VISITOR)
    kept = store.rows(run.id, VISITOR)
    assert run.settings.task == "several_labels" and run.settings.label == label
    assert [set(json.loads(cell)) for cell in kept[label]] == [
        {name for name in ("good", "bad", "strong") if row[name] == "1"} for _, row in rows.iterrows()
    ]


def test_a_model_of_several_labels_is_tried_looked_at_and_used_on_a_table(open_page, store, tiny, rows):  # noqa: F811
    from components.models import load

    run = trained(store, "several_labels", rows.drop(columns="stars"), "good + bad + strong", backbone=tiny)
    app = open_page("fine_tune", "ja", visitor=VISITOR, run=run.id)
    assert f"{run.scores['micro_f1']:.0%}" in html(app) and message("runs.measure_micro_f1", "ja") in html(app)
    field = next(area for area in app.text_area if area.key == f"runs:try:{run.id}")
    field.set_value("the lamp was very lovely").run()
    assert_well(app)
    answer = load(f"run:{run.id}").predict(["the lamp was very lovely"])[0]
    for label in answer.labels:
        assert f"<q>{label}" in html(app) or f"{label}" in html(app)
    limit = answer.thresholds["good"]
    assert f"--share:{100 * answer.scores['good']:.2f}%;--limit:{100 * limit:.2f}%" in html(app)
    predictions = pd.read_parquet(run.folder / "predictions.parquet")
    wanted, found = ([set(json.loads(cell)) for cell in predictions[name]] for name in ("label", "predicted"))
    order = [part.name for part in sorted(run.result.parts, key=lambda part: -part.wanted)]
    shares = [
        [sum(i in one and j in other for one, other in zip(wanted, found, strict=True)) / sum(i in one for one in wanted) for j in order]
        for i in order
    ]
    assert drawn(app, "figure-runs-together").ravel().tolist() == pytest.approx([share for row in shares for share in row])
    table = rows[["text"]].head(30)
    app.file_uploader(key="runs:file").upload("new.csv", table.to_csv(index=False).encode(), "text/csv").run()
    app.button(key="runs:start").click().run()
    assert_well(app)
    shown = next(frame.value for frame in app.dataframe if "labels" in frame.value)
    expected = load(f"run:{run.id}").predict(table["text"].tolist())
    assert shown["labels"].tolist() == ["; ".join(one.labels) for one in expected]
    assert shown["good (0/1)"].tolist() == ["1" if "good" in one.labels else "0" for one in expected]


def test_a_model_of_a_number_is_tried_looked_at_used_and_compared(open_page, store, tiny, rows):  # noqa: F811
    from components.models import load

    frame = rows[["text", "stars"]]
    run = trained(store, "number", frame, "stars", backbone=tiny)
    app = open_page("fine_tune", "en", visitor=VISITOR, run=run.id)
    value = load(f"run:{run.id}").predict(["the lamp was very lovely"])[0].value
    next(area for area in app.text_area if area.key == f"runs:try:{run.id}").set_value("the lamp was very lovely").run()
    assert_well(app)
    assert f"{value:.2f}, usually off by about {run.scores['mae']:.2f}" in html(app)
    predictions = pd.read_parquet(run.folder / "predictions.parquet")
    assert drawn(app, "figure-runs-numbers", field="y").tolist() == pytest.approx(predictions["predicted"].tolist())
    app.file_uploader(key="runs:file").upload("new.csv", frame.head(20).to_csv(index=False).encode(), "text/csv").run()
    app.button(key="runs:start").click().run()
    assert_well(app)
    shown = next(table.value for table in app.dataframe if "number" in table.value)
    expected = load(f"run:{run.id}").predict(frame["text"].head(20).tolist())
    assert shown["number"].tolist() == [f"{one.value:.2f}" for one in expected]
    worse = trained(store, "number", frame, "stars", backbone=tiny, tune="head", seed=run.settings.seed)
    app = open_page("my_models", "en", visitor=VISITOR)
    assert_well(app)
    low, high = sorted((run.scores["spearman"], worse.scores["spearman"]))
    assert f"{low:.2f}" in html(app) and f"{high:.2f}" in html(app) and message("runs.measure_spearman", "en") in html(app)
