"""Pairs of texts and questions on passages, from the file to the judged run and to the page that uses its model."""

import json
import os

import pandas as pd
import pytest

from components.messages import message
from components.training import worker
from components.training.settings import Settings
from components.training.store import RunStore
from components.training.task_tables import Columns, task_table
from tests.pages.conftest import assert_well, drawn
from tests.pages.test_runs import FAST, VISITOR, field, html, said, store  # noqa: F401
from tests.unit.training.conftest import tiny  # noqa: F401
from tests.unit.training.test_pair_tasks import made_pairs, made_questions

TABLES = {
    "pairs": (made_pairs, Columns("sentence1", "score", "sentence2")),
    "pair_classes": (made_pairs, Columns("sentence1", "label", "sentence2")),
    "questions": (made_questions, Columns("context", "answer", "question", "answer_start")),
}


def trained(store: RunStore, backbone: str, task: str, **changes):  # noqa: F811
    made, columns = TABLES[task]
    frame, named = task_table(task).prepare(made(), columns)
    columns_of = {"text": named.text, "label": named.label, "second": named.second}
    settings = Settings(**columns_of, task=task, backbone=backbone, **(FAST | {"epochs": 1, "max_length": 48} | changes))
    run, _ = store.create(VISITOR, settings, frame.rename(index=lambda row: row + 1), f"my {task}", {"name": f"{task}.csv"})
    worker.train_run(store, store.claim(os.getpid(), run.id))
    done = store.get(run.id, VISITOR)
    assert done.state == "done", done.reason
    return done


@pytest.mark.parametrize(("language", "task"), [("ja", "questions"), ("en", "pairs"), ("ja", "pair_classes")])
def test_a_judged_run_is_shown_and_its_model_answers(open_page, store, tiny, language, task):  # noqa: F811
    run = trained(store, tiny, task)
    app = open_page("fine_tune", language, visitor=VISITOR, run=run.id)
    main = message(f"runs.measure_{run.result.main}", language)
    assert main in html(app) and message(f"runs.short_{run.result.best_baseline}", language) in html(app)
    said_of = pd.read_parquet(run.folder / "predictions.parquet")
    if task == "questions":
        answerable = [bool(json.loads(cell)) for cell in said_of["wanted"]]
        right = int(said_of["exact"][answerable].sum())
        assert message("runs.questions_answerable", language, right=right, rows=sum(answerable)) in html(app)
        field(app.text_input, "runs:question:").set_value("the lamp was very ?").run()
        assert_well(app)
        assert "tl-mark" in html(app)
        menu = open_page("question_answering", language, visitor=VISITOR, qa_model=f"run:{run.id}").selectbox(key="qa_model")
        assert menu.value == f"run:{run.id}"
    elif task == "pairs":
        assert drawn(app, "run-pairs", field="y") == pytest.approx(said_of["found"])
        field(app.text_area, "runs:pair-text:").set_value("the lamp was fine").run()
        field(app.text_area, "runs:pair-second:").set_value("the lamp was fine").run()
        assert_well(app)
        assert message("runs.cosine_is", language, cosine="1.00") in html(app)
        menu = open_page("similarity", language, visitor=VISITOR, sim_model=f"run:{run.id}").selectbox(key="sim_model")
        assert menu.value == f"run:{run.id}"
    else:
        right = int((said_of["label"] == said_of["predicted"]).sum())
        assert message("runs.classes_finding", language, right=right, rows=len(said_of)) in html(app)
        table = "sentence1,sentence2\nthe lamp was fine,my radio was poor\nthe lamp was fine,\n"
        app.file_uploader(key="runs_pairs:file").upload("more.csv", table.encode(), "text/csv").run()
        app.button(key="runs_pairs:start").click().run()
        assert_well(app)
        labels = next(frame.value for frame in app.dataframe if "label_found" in frame.value.columns)["label_found"].tolist()
        assert labels[0] in ("other", "same") and labels[1] == ""


def test_two_runs_of_a_task_are_compared_on_the_rows_they_share(open_page, store, tiny):  # noqa: F811
    first, second = (trained(store, tiny, "pairs", epochs=epochs) for epochs in (1, 2))
    from components.views.runs.judged import compared

    rows = [pd.read_parquet(run.folder / "predictions.parquet").set_index("row") for run in (first, second)]
    values = [one["found"].corr(one["wanted"], method="spearman") for one in rows]
    gain = compared.rank_gain(*rows)
    assert gain.value == pytest.approx(values[1] - values[0]) and gain.low <= gain.value <= gain.high
    app = open_page("my_models", "en", visitor=VISITOR)
    assert_well(app)


def test_a_squad_file_is_read_as_questions_and_mended(open_page, store, language):  # noqa: F811
    context = "Ada was born in London and moved to Ockham." if language == "en" else "エイダはロンドンで生まれ、オッカムに移りました。"
    city, other = ("London", "Paris") if language == "en" else ("ロンドン", "パリ")
    paragraphs = []
    for number in range(20):
        passage = f"{number}. {context}"
        answer = city if number else other
        asked = {
            "question": f"{number}: {city}?",
            "id": str(number),
            "answers": [{"text": answer, "answer_start": max(passage.find(answer), 0)}],
        }
        paragraphs.append({"context": passage, "qas": [asked]})
    data = json.dumps({"version": "1.1", "data": [{"title": "Ada", "paragraphs": paragraphs}]}).encode()
    app = open_page("fine_tune", language, visitor=VISITOR)
    app.file_uploader(key="tune:file").upload("questions.json", data, "application/json").run()
    assert_well(app)
    assert app.selectbox(key="tune_task").value == "questions"
    assert message("tune.read_squad", language, rows="20") in said(app)
    assert message("training.found-answer-missing", language, n=1) in html(app)
    app.button(key="tune:cure:answer-missing").click().run()
    assert message("tune.fixed_answer_missing", language, n=1) in html(app)
