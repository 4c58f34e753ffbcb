"""Named entities of one's own: a labelling tool's file on the page, the judged run, and its model on the entities page."""

import json

import pandas as pd
import pytest

from components.messages import message
from components.training.store import RunStore
from components.ui.widgets.tables import Source, source_key
from tests.pages.conftest import assert_well, sent
from tests.pages.test_runs import VISITOR, field, html, said, trained
from tests.unit.training.conftest import tiny  # noqa: F401
from tests.unit.training.test_entities import marked_rows


@pytest.fixture(scope="module")
def home(tmp_path_factory, tiny):  # noqa: F811
    """A store with a finished run, trained once for both languages."""
    folder = tmp_path_factory.mktemp("entities")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMOTOKU_HOME", str(folder))
        return folder, trained(RunStore(folder), tiny, marked_rows(100), task="entities", epochs=5)


@pytest.fixture
def run(home, monkeypatch):
    import streamlit as st

    from components.training.launcher import LocalLauncher

    monkeypatch.setenv("HIMOTOKU_HOME", str(home[0]))
    monkeypatch.setattr(LocalLauncher, "ensure", lambda self: None)
    st.cache_resource.clear()
    yield home[1]
    st.cache_resource.clear()


def test_a_judged_run_shows_its_names_and_answers_on_the_entities_page(open_page, run, language):
    app = open_page("fine_tune", language, visitor=VISITOR, run=run.id)
    result = run.result
    value = f"{result.measures['span_f1'].value:.0%}"
    measure = message("runs.measure_span_f1", language)
    assert message("runs.judged_finding", language, measure=measure, value=value, rows=f"{result.rows.test}") in html(app)
    tried = sent(app, "runs_entities")
    text = "".join(piece[0] for piece in tried["pieces"])
    rows = pd.read_parquet(run.folder / "data.parquet").set_index("row")
    assert text in rows["text"].tolist() and {kind["name"] for kind in tried["kinds"]} == {"HOW", "THING"}
    wanted = pd.read_parquet(run.folder / "predictions.parquet").set_index("row")["label"]
    row = next(row for row in wanted.index if rows["text"][row] == text)
    assert [piece[0] for piece in tried["pieces"] if piece[1] >= 0] == [text[start:end] for start, end, _ in json.loads(wanted[row])]
    parts = next(frame.value for frame in app.dataframe if message("runs.part", language) in frame.value)
    assert parts[message("runs.part_wanted", language)].tolist() == [part.wanted for part in result.parts]
    used = open_page("entities", language, visitor=VISITOR, ner_model=f"run:{run.id}", ner_text=text)
    assert [piece[0] for piece in sent(used, "ner_text_0")["pieces"] if piece[1] >= 0] == [
        piece[0] for piece in tried["pieces"] if piece[1] >= 0
    ]
    table = "\n".join(
        json.dumps({"text": text, "label": json.loads(label)}) for text, label in zip(rows["text"][:8], rows["label"][:8], strict=True)
    )
    used = open_page("entities", language, visitor=VISITOR, ner_model=f"run:{run.id}", ner_mode="table")
    used.session_state[source_key("ner")] = Source.of("mine.jsonl", table.encode())
    used.run()
    next(button for button in used.button if button.label == message("entities.start", language, n="8")).click().run()
    assert_well(used)
    assert message("entities.strict", language) in [one.label for one in used.metric]


def test_a_labelling_tools_file_is_read_examined_and_cured(open_page, run, language):
    rows = [
        {"text": f"田中太郎さんは{place}市に住む。{number}", "label": [[0, 4, "人名"], [7, 9, "地名"]]}
        for number, place in enumerate(["東京都", "大阪府"] * 15)
    ]
    rows[3]["label"] = [[0, 4, "人名"], [0, 2, "人名"], [90, 95, "地名"]]
    app = open_page("fine_tune", language)
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    app.session_state[source_key("tune")] = Source.of("all.jsonl", lines.encode())
    app.run()
    assert_well(app)
    assert app.selectbox(key="tune_task").value == "entities"
    assert message("tune.read_doccano", language, rows="30") in said(app)
    assert message("training.found-entities-outside", language, n=1, rows=1) in html(app)
    button = field(app.button, "tune:cure:entities-overlapping")
    button.click().run()
    assert_well(app)
    assert message("tune.fixed_entities_overlapping", language, n=1) in html(app)
