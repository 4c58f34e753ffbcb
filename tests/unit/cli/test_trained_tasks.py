"""Every task that can be trained: from a file to a model and its answers by the command line, held against what was kept of the judged rows."""

import ast
import csv
import io
import json
import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest

from components.cli.main import main
from components.models import load
from components.training.kept import kept_runs
from components.training.portable.report import onnx_folder, report_of
from components.training.settings import LEARNING_RATES
from components.training.store import RunStore
from tests.unit.training.conftest import BAD, GOOD, THINGS, reviews, tiny  # noqa: F401
from tests.unit.training.test_pair_tasks import made_pairs, made_questions
from tests.unit.training.test_portable import OWNER, clean_processes, opened, readme_program

TASKS = ("several_labels", "number", "entities", "pairs", "pair_classes", "questions")


def table_of(task: str, frame: pd.DataFrame) -> tuple[bytes, str, pd.DataFrame, list[str]]:
    """The file to train on, its ending, the same rows as a table to be asked about, and the options that name what nothing tells."""
    words = frame["text"].str.split()
    if task == "several_labels":
        columns = {
            name: words.map(lambda row, of=of: "1" if set(of) & set(row) else "0")
            for name, of in (("good", GOOD), ("bad", BAD), ("strong", ["very"]))
        }
        made = frame[["text"]].assign(**columns)
        return made.to_csv(index=False).encode(), "csv", made, ["--label", "good", "--label", "bad", "--label", "strong"]
    if task == "number":
        prices = [f"¥{(9_000 if label == 'good' else 5_000) + place:,}" for place, label in enumerate(frame["label"])]
        made = frame[["text"]].assign(price=prices)
        return made.to_csv(index=False).encode(), "csv", made, ["--label", "price"]
    if task == "entities":
        rows = [{"text": text, "label": marked(text)} for text in frame["text"]]
        return "\n".join(map(json.dumps, rows)).encode(), "jsonl", frame[["text"]], []
    if task == "questions":
        made = made_questions()
        asked = [
            {
                "context": one["context"],
                "qas": [
                    {
                        "question": one["question"],
                        "answers": [{"text": one["answer"], "answer_start": int(one["answer_start"])}] if one["answer"] else [],
                    }
                ],
            }
            for one in made.to_dict("records")
        ]
        return json.dumps({"data": [{"paragraphs": asked}]}).encode(), "json", made, []
    made = made_pairs(100)
    return made.to_csv(index=False).encode(), "csv", made, ["--label", "score" if task == "pairs" else "label"]


def marked(text: str) -> list[tuple[int, int, str]]:
    found = []
    for word in {*THINGS, *GOOD} & set(text.split()):
        start = f" {text} ".index(f" {word} ")
        found.append((start, start + len(word), "THING" if word in THINGS else "PRAISE"))
    return sorted(found)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("tasks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMOTOKU_HOME", str(home / "store"))
        patch.setenv("LANG", "en_US.UTF-8")
        patch.setitem(LEARNING_RATES, "all", 3e-3)
        yield home


@pytest.fixture(scope="module")
def made(home, reviews, tiny):  # noqa: F811
    """`trained` of a task, once."""
    return cache(lambda task: trained(task, home, reviews.head(140), tiny))


def trained(task: str, home, frame: pd.DataFrame, backbone: str):
    """The run that `train` made of the task's file, what it printed and said, and the rows to ask about."""
    data, ending, rows, options = table_of(task, frame)
    path = home / f"{task}.{ending}"
    path.write_bytes(data)
    told = [] if task in ("entities", "questions") else ["--task", task]  # such a file says what it is for
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code = main(["train", str(path), *told, *options, "--backbone", backbone, "--epochs", "3", "--language", "en"])
    assert code == 0, err.getvalue()
    run = next(run for run in kept_runs() if run.settings.task == task)
    return run, out.getvalue(), err.getvalue(), rows


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_trained_and_answers_as_on_its_judged_rows(task, home, made, capsys):
    run, printed, said, rows = made(task)
    lines = printed.splitlines()
    for name, score in run.result.measures.items():
        assert f"{name:<24} {score.value:.3f}  ({score.low:.3f} - {score.high:.3f})" in lines
    for method, measures in run.result.baselines.items():
        assert any(line.startswith(f"{run.result.main}, {method}") and f"{measures[run.result.main].value:.3f}" in line for line in lines)
    if task in ("entities", "questions"):
        assert ("doccano" if task == "entities" else "SQuAD") in said
    kept = pd.read_parquet(run.folder / "predictions.parquet").set_index("row")
    rows = rows.loc[kept.index].drop(columns=["answer", "answer_start"], errors="ignore")
    if task == "pairs":
        rows = pd.DataFrame({"text": [*rows["sentence1"], *rows["sentence2"]]})
    rows.to_csv(home / "asked.csv", index=False)
    # A table without the column that was learned, or with it: the texts are found in either.
    answers = {}
    for kind in ("csv", "jsonl"):
        assert main(["predict", f"run:{run.id}", str(home / "asked.csv"), "--to", kind]) == 0
        answers[kind] = capsys.readouterr().out
    cells = list(csv.DictReader(io.StringIO(answers["csv"], newline="")))
    records = [json.loads(line)["answer"] for line in answers["jsonl"].splitlines()]
    assert len(cells) == len(records) == len(rows)
    if task == "several_labels":
        assert [set(filter(None, one["labels"].split("; "))) for one in cells] == [set(json.loads(cell)) for cell in kept["predicted"]]
        assert [{name for name in ("good", "bad", "strong") if one[f"{name} (0/1)"] == "1"} for one in cells] == [
            set(one["labels"]) for one in records
        ]
    elif task == "number":
        assert [one["number"] for one in records] == pytest.approx(kept["predicted"].tolist(), rel=1e-4)
        assert [float(one["number"]) for one in cells] == pytest.approx(kept["predicted"].tolist(), abs=1)
    elif task == "pair_classes":
        assert [one["label_found"] for one in cells] == [one["label"] for one in records] == kept["predicted"].tolist()
        assert [float(one["probability_found"]) for one in cells] == pytest.approx(kept["confidence"].tolist(), abs=2e-3)
    elif task == "entities":
        spans = [[[one["start"], one["end"], one["label"]] for one in record["entities"]] for record in records]
        assert spans == [json.loads(cell) for cell in kept["found"]] and any(spans)
    elif task == "questions":
        assert [one["answer"] for one in cells] == kept["found"].tolist()
    else:
        vectors = np.array([one["vector"] for one in records])
        assert (vectors[: len(kept)] * vectors[len(kept) :]).sum(axis=1) == pytest.approx(kept["found"].to_numpy(), abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_a_model_answers_without_pytorch_as_with_it(task, made, tmp_path):
    """The score of float32 is the run's own, the README's program says what the command line says."""
    run, _, _, rows = made(task)
    store = RunStore()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunStore, "_owns", lambda *_: True)
        run = opened(store, run)
        kept = store.rows(run.id, OWNER, "predictions")
    report, main_score = report_of(run), run.result.measures[run.result.main].value
    if task != "entities":  # its program takes each token's best tag
        assert report.measure == run.result.main and report.exact == pytest.approx(main_score, abs=1e-6)
    assert report.difference < 1e-3 and report.rows == len(kept) == run.result.rows.test and 0 <= report.changed <= report.answers
    asked = rows.loc[kept.index[:3]]
    two = task in ("pairs", "pair_classes", "questions")
    texts = asked.iloc[:, :2].apply(list, axis=1).tolist() if two else asked["text"].tolist()
    programs = {variant: readme_program(run, tmp_path / variant, variant) for variant in ("float32", "int8")}
    code = programs["int8"].replace('[("...", "...")]', json.dumps(texts)).replace('["..."]', json.dumps(texts))
    code = code.replace('["...", "..."]', json.dumps([text for pair in texts for text in pair] if two else texts))
    if task == "questions":
        texts = rows.loc[kept.index, ["question", "context"]].apply(list, axis=1).tolist()
        code = code.replace(
            'print(answer("...", "..."))', f"for question, passage in {json.dumps(texts)}:\n    print(answer(question, passage))"
        )
    printed = clean_processes(code, [tmp_path / variant for variant in programs])
    said = {variant: lines.splitlines() for variant, lines in zip(programs, printed, strict=True)}
    assert task == "entities" or said["float32"] != said["int8"]
    if task == "several_labels":
        assert [set(ast.literal_eval(line)) for line in said["float32"]] == [set(json.loads(cell)) for cell in kept["predicted"][:3]]
    elif task == "entities":
        from transformers import pipeline

        # Independently: plain transformers, on all judged rows.
        tagger = pipeline("ner", str(run.model_dir), aggregation_strategy="simple", device="cpu")
        found = [[(one["entity_group"], one["start"], one["end"]) for one in row] for row in tagger(rows.loc[kept.index, "text"].tolist())]
        assert [ast.literal_eval(line) for line in said["float32"]] == [
            [(kind, text[start:end]) for kind, start, end in row] for text, row in zip(texts, found, strict=False)
        ]
        wanted = [{(kind, start, end) for start, end, kind in json.loads(cell)} for cell in kept["label"]]
        both = sum(len(one & set(other)) for one, other in zip(wanted, found, strict=True))
        assert report.exact == pytest.approx(2 * both / (sum(map(len, wanted)) + sum(map(len, found)))) and both
    elif task == "pairs":
        cosines = np.array([ast.literal_eval(line) for line in said["float32"]])
        assert cosines[::2, 1::2].diagonal() == pytest.approx(kept["found"][:3].to_numpy(), abs=1e-3)
        assert cosines.shape == (6, 6) and cosines.diagonal() == pytest.approx(np.ones(6), abs=1e-4)
    elif task == "questions":
        answers = [ast.literal_eval(line) for line in said["float32"]]
        assert [answer[0] if answer else "" for answer in answers] == kept["found"].tolist() and any(answers)
        told = [(answer, one) for answer, one in zip(answers, kept.itertuples(), strict=True) if answer]
        assert [(start, end) for (_, start, end, _), _ in told] == [(one.start, one.start + len(one.found)) for _, one in told]
        assert [answer[3] for answer, _ in told] == pytest.approx([one.probability for _, one in told], abs=1e-3)
        assert report.answers == report.rows
    elif task == "number":
        assert [float(line) for line in said["float32"]] == pytest.approx(kept["predicted"][:3].tolist(), rel=1e-4)
    else:
        assert [line.split()[0] for line in said["float32"]] == kept["predicted"][:3].tolist()
        assert [float(line.split()[1]) for line in said["float32"]] == pytest.approx(kept["confidence"][:3].tolist(), abs=1e-3)
        import onnxruntime

        session = onnxruntime.InferenceSession(onnx_folder(run) / "model.onnx")
        assert "token_type_ids" in [one.name for one in session.get_inputs()]


def test_what_a_task_cannot_take_is_said_in_one_sentence(home, reviews, capsys):  # noqa: F811
    reviews.to_csv(home / "reviews.csv", index=False)
    for options, part in (
        (["--second", "label"], "--second"),
        (["--label", "label", "--label", "text"], "several_labels"),
        (["--task", "several_labels", "--label", "label", "--label", "nope"], "nope"),
        (["--task", "pair_classes"], "--second"),
        (["--task", "number", "--text", "text"], "--label"),
    ):
        assert main(["train", str(home / "reviews.csv"), *options]) == 1
        told = capsys.readouterr()
        assert part in told.err and told.err.count("\n") == 1 and told.out == "", told.err


def test_the_columns_of_two_texts_are_never_one(tmp_path, capsys, monkeypatch):
    """A text that is named leaves the other one to be guessed; what nothing tells is asked for."""
    from tests.unit.models import tiny as models

    monkeypatch.setenv("LANG", "en_US.UTF-8")
    pd.DataFrame({"sentence1": ["the cat sat", "is it"], "sentence2": ["the mat", "paris was"]}).to_csv(tmp_path / "pairs.csv", index=False)
    pd.DataFrame({"id": ["1", "2"], "text": ["the cat sat", "paris was"]}).to_csv(tmp_path / "texts.csv", index=False)
    pd.DataFrame({"question": ["who is?", "who was?"], "context": ["tim is the ceo", "the cat"]}).to_csv(
        tmp_path / "asked.csv", index=False
    )
    models.save(tmp_path / "pair_classes", "BertForSequenceClassification", labels=["one", "two"], settings={"task": "pair_classes"})
    models.save(tmp_path / "qa", "BertForQuestionAnswering", settings={"task": "qa"})
    monkeypatch.chdir(tmp_path)
    said = {}
    for name, options in (("both", []), ("second", ["--second", "sentence2"]), ("turned", ["--text", "sentence2"])):
        assert main(["predict", "pair_classes", "pairs.csv", *options, "--to", "jsonl"]) == 0
        said[name] = [json.loads(line)["answer"]["probability"] for line in capsys.readouterr().out.splitlines()]
    pairs = [("the mat", "the cat sat"), ("paris was", "is it")]
    assert said["both"] == said["second"]
    assert said["turned"] == pytest.approx([one.score for one in load(tmp_path / "pair_classes").predict_pairs(pairs)], abs=1e-6)
    for arguments, part in (
        (["pair_classes", "pairs.csv", "--text", "sentence1", "--second", "sentence1"], "--second"),
        (["pair_classes", "texts.csv"], "--second"),
        (["pair_classes", "texts.csv", "--text", "nope"], "nope"),
        (["qa", "asked.csv", "--question", "context", "--text", "context"], "--text"),
        (["qa", "texts.csv", "--question", "text"], "--text"),
        (["qa", "asked.csv", "--second", "context"], "--second"),
    ):
        assert main(["predict", *arguments]) == 1
        told = capsys.readouterr()
        assert part in told.err and told.err.count("\n") == 1 and told.out == "", told.err


def test_a_row_without_text_gets_no_answer(tmp_path):
    """And a pair without one of its texts neither, as on the page."""
    from components.cli.answering import load_answering
    from tests.unit.models import tiny as models

    for name, rows in (
        ("several_labels", [("the cat",), (" ",)]),
        ("number", [("the cat",), ("",)]),
        ("pair_classes", [("a", "b"), ("a", " ")]),
    ):
        folder = tmp_path / name
        models.save(
            folder, "BertForSequenceClassification", labels=["one"] if name == "number" else ["one", "two"], settings={"task": name}
        )
        _, answering = load_answering(str(folder), name)
        columns, records = answering.answer(rows, len(rows))
        empty = columns.drop(columns=["note"], errors="ignore").iloc[1]
        assert (empty == "").all() and not any(value for key, value in records[1].items() if key != "note")
        assert records[0] and (columns.iloc[0, 0] or name == "several_labels")
        model = load(folder, name)
        if name == "pair_classes":
            assert records[0]["label"] == model.predict_pairs(rows[:1])[0].label
        else:
            assert records[0].get("number", 0) == pytest.approx(getattr(model.predict(["the cat"])[0], "value", 0), abs=1e-5)
