"""Label while you learn: from a file to labels, what is asked and told, and where the labels go. The browser's part is tests/browser/test_label.py."""

import json
import time

import numpy as np
import pandas as pd
import pytest

from components.messages import message
from components.training import text_reader
from components.training.database import Database
from components.training.labelling import SKIPPED
from components.training.labelling_facts import Change
from components.training.labellings import Labellings
from components.ui.widgets.verdict import plain
from components.views.label import asking
from components.views.label.asking import pressed
from tests.pages.conftest import assert_well, sent

OWNER, STRANGER = "o" * 32, "s" * 32
WORDS = ("river", "cloud", "paper", "stone", "engine", "garden", "letter", "window")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    import streamlit as st

    def encoded(backbone, texts, **_):
        """What a text is about is in its first word."""
        return np.array(
            [[text.startswith("good"), len(text) % 7, *np.random.default_rng(len(text)).random(4)] for text in texts], np.float32
        )

    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    monkeypatch.setattr(text_reader, "encoded", encoded)
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


@pytest.fixture
def store(home):
    return Labellings(Database(home), days=30)


def made(store, rows=90):
    random = np.random.default_rng(0)
    texts = pd.Series([f"{('good', 'bad')[row % 2]} {' '.join(random.choice(WORDS, 5))} {row}" for row in range(rows)])
    return store.create(OWNER, "my <b>texts</b>.csv", texts, ["good", "bad"], "en", "embed-en"), texts


def wait_until_read(store, job):
    end = time.monotonic() + 60
    while text_reader.pieces_read(job.folder) * text_reader.PIECE < job.rows:
        assert time.monotonic() < end
        time.sleep(0.05)


def html(app) -> str:
    return " ".join(plain(one.proto.body) for one in app.get("html"))


def test_from_a_sample_to_the_first_text(open_page, language, store):
    app = open_page("label", language, visitor=OWNER)
    id = f"label-sample-{'topics-ja' if language == 'ja' else 'intents-en'}"
    app.button(key=id).click().run()
    names = next(one for one in app.text_area if one.key.startswith("label:names"))
    assert len(names.value.split("\n")) == (7 if language == "ja" else 20), "a sample's classes are there, its labels are not"
    names.set_value("one\none").run()
    app.button(key="label-begin").click().run()
    assert [error.value for error in app.error] == [
        message("label.class_twice", language, name="one")
    ] and "label_job" not in app.query_params
    next(one for one in app.text_area if one.key.startswith("label:names")).set_value("one\n <b>two</b> ").run()
    app.button(key="label-begin").click().run()
    assert_well(app)
    [job] = store.of(OWNER)
    desk = sent(app, "label_desk")
    assert app.query_params["label_job"] in (job.id, [job.id]) and job.language == language
    assert [one["name"] for one in desk["classes"]] == ["one", "<b>two</b>"] and len(desk["queue"]) == asking.AHEAD
    texts = store.texts(job.id, OWNER)
    assert all(one["random"] and one["guess"] is None and texts["row"][one["row"]] == one["name"] for one in desk["queue"])
    assert message("label.before_model", language, n=10) in html(app)


def test_the_model_chooses_tells_its_score_and_answers_for_all_others(open_page, language, store):
    job, texts = made(store)
    app = open_page("label", language, visitor=OWNER, label_job=job.id)
    wait_until_read(store, job)
    for _ in range(6):
        app.run()
        for one in sent(app, "label_desk")["queue"][:10]:
            given = SKIPPED if one["row"] == 11 else one["row"] % 2
            store.change(job.id, OWNER, [Change(one["row"], given, one["random"], one["guess"])])
    app.run()
    assert_well(app)
    desk = sent(app, "label_desk")
    assert sum(desk["counts"].values()) == 60 and len(desk["queue"]) == 30
    assert {one["random"] for one in desk["queue"]} == {True, False} and all(one["guess"] == one["row"] % 2 for one in desk["queue"])
    drawn = sum(answer.random and answer.guess is not None and answer.labelled for answer in store.answers(job.id, OWNER))
    told = [
        rows  # as many as there were when it last learned
        for rows in range(10, drawn + 1)
        if message("label.score", language, right=rows, rows=rows, share="100%", low=f"{low(rows):.0%}", high="100%") in html(app)
    ]
    assert len(told) == 1, html(app)

    app.button(key="label-use").click().run()
    assert_well(app)
    table = app.dataframe[0].value
    assert table["label"].tolist() == [job.classes[row % 2] for row in range(90)]
    assert (table["from"] == "you").sum() == store.get(job.id, OWNER).labelled and table["confidence"].isna().sum() == (
        table["from"] == "you"
    ).sum()

    app.button(key="label-train").click().run()
    source = app.session_state["tune:source"]
    given = pd.read_csv(pd.io.common.BytesIO(source.data))
    assert len(given) == store.get(job.id, OWNER).labelled and set(given["asked"]) == {"random", "model"}
    assert all(
        texts[row] == text and label == job.classes[row % 2] for row, text, label in given[["row", "text", "label"]].itertuples(index=False)
    )


def low(rows: int) -> float:
    """Wilson's lower end where all are right: n / (n + z²)."""
    return rows / (rows + 1.959964**2)


def test_a_strangers_labelling_stays_closed_and_the_owner_renames_and_deletes(open_page, visit_page, store):
    language = "en"
    job, _ = made(store)
    stranger = visit_page("label", language, visitor=STRANGER, label_job=job.id)
    assert [error.value for error in stranger.error] == [message("label.missing", language)] and not stranger.get("bidi_component")[1:]
    assert job.id not in str([one.key for one in open_page("label", language, visitor=STRANGER).button])
    app = open_page("label", language, visitor=OWNER)
    assert "my <b>texts</b>.csv" in html(app) and "<b>texts" not in " ".join(one.proto.body for one in app.get("html"))
    app.text_input(key=f"label-name-{job.id}").set_value("renamed").run()
    assert store.get(job.id, OWNER).name == "renamed"
    app.checkbox(key=f"label-sure-{job.id}").check().run()
    app.button(key=f"label-delete-{job.id}").click().run()
    assert store.of(OWNER) == [] and not job.folder.exists()
    assert_well(app)


def test_labels_of_the_file_are_taken_and_files_go_out_with_the_labels(open_page, store):
    from components.ui.widgets.tables import Source
    from components.views.label.ways import labelled_file

    frame = pd.DataFrame({"text": ["good day", "=bad()", "", "good"], "label": ["yes", "", "no", "no"]})
    app = open_page("label", "en", visitor=OWNER)
    app.session_state["label:source"] = Source.of("few.csv", frame.to_csv(index=False).encode())
    app.run()
    app.button(key="label-begin").click().run()
    assert_well(app)
    [job] = store.of(OWNER)
    assert set(job.classes) == {"yes", "no"} and (job.rows, job.labelled) == (3, 2)
    store.change(job.id, OWNER, [Change(1, job.classes.index("no"), True, None)])
    csv, lines = (labelled_file(store, job.id, OWNER, kind).decode("utf-8-sig") for kind in ("csv", "jsonl"))
    assert [json.loads(line) for line in lines.splitlines()][1] == {"row": 2, "text": "=bad()", "label": "no", "asked": "random"}
    assert "'=bad()" in csv and csv.splitlines()[1].startswith("1,good day,yes")


def test_what_a_browser_sends_is_read_with_care(monkeypatch):
    def state(answers):
        monkeypatch.setattr(asking.st, "session_state", {f"{asking.KEY}_job": {"answers": answers}})
        return pressed("job")

    good = [[1, 5, 0, 1, None], [2, 5, None, 1, None], [3, 6, -1, 0, 2]]
    odd = [[4, "7", 0, 1, None], [True, 8, 0, 0, 0], [5, 9], "x", None, [6, 10, 2**40, 0, 0]]
    found = state({"job": "job", "token": "t" * 50, "entries": [*good, *odd]})
    assert found.token == "t" * 20 and [number for number, _ in found.changes] == [1, 2, 3]
    assert found.after(1) == [Change(5, None, True), Change(6, SKIPPED, False, 2)]
    for broken in (
        None,
        3,
        [],
        {},
        {"job": "job", "token": 1, "entries": []},
        {"job": "job", "token": "a", "entries": {}},
        {"job": "other", "token": "a", "entries": good},
    ):
        assert state(broken) is None
