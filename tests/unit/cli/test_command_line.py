"""The command line as it is used: processes, files, pipes and HTTP; answers are those that the page's model gives."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from components.cli.main import main
from components.messages import message
from components.models import load
from components.training.export import export_folder
from components.training.kept import kept_runs
from tests.unit.training.conftest import reviews, tiny  # noqa: F401

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ["the lamp was very lovely", "=my chair felt quite nasty", "", "the door, and\nthe table looked superb"]


def environment(home, **more: str) -> dict[str, str]:
    return {**os.environ, "HIMOTOKU_HOME": str(home), "OMP_NUM_THREADS": "1", "LC_ALL": "", "LANG": "en_US.UTF-8", **more}


def cli(home, *arguments: str, given: bytes = b"", **more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "components.cli", *arguments]
    return subprocess.run(command, input=given, cwd=ROOT, env=environment(home, **more), capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def home(tmp_path_factory, reviews):  # noqa: F811
    """A folder with a table, a store, and a model that the command line trained there; HIMOTOKU_HOME is that store."""
    home = tmp_path_factory.mktemp("cli")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMOTOKU_HOME", str(home / "store"))
        patch.setenv("LANG", "en_US.UTF-8")
        reviews.assign(id=range(len(reviews))).to_csv(home / "reviews.csv", index=False)
        pd.DataFrame({"id": range(len(TEXTS)), "review": TEXTS}).to_csv(home / "texts.csv", index=False)
        yield home


@pytest.fixture(scope="module")
def trained(home, tiny):  # noqa: F811
    """What `train` printed. In this process: torch is here already."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        options = [
            "--backbone",
            tiny,
            "--text",
            "text",
            "--epochs",
            "20",
            "--how",
            "head",
            "--seed",
            "3",
            "--name",
            "my <model>",
            "--language",
            "en",
        ]
        assert main(["train", str(home / "reviews.csv"), *options, "-o", str(home / "model")]) == 0
    return out.getvalue()


def test_a_table_becomes_a_model_with_scores_and_baselines(home, trained, capsys, tiny):  # noqa: F811
    run = kept_runs()[0]
    judged = run.result.judgement
    assert run.name == "my <model>" and (run.settings.epochs, run.settings.tune, run.settings.seed, run.settings.label) == (
        20,
        "head",
        3,
        "label",
    )
    assert {one.label for one in load(f"run:{run.id}").predict(TEXTS)} == {"good", "bad"}
    accuracy, majority = judged.accuracy, run.result.baselines["majority"].accuracy
    assert re.search(rf"accuracy +{accuracy.value:.3f}  \({accuracy.low:.3f} - {accuracy.high:.3f}\)", trained)
    assert re.search(rf"accuracy, majority +{majority.value:.3f}", trained) and trained.endswith(f"Kept as run:{run.id}.\n")
    assert {"model.safetensors", "config.json", "README.md", "scores.json"} <= {path.name for path in (home / "model").iterdir()}
    assert main(["models", "--json"]) == 0
    listed = {entry["model"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert listed[f"run:{run.id}"]["name"] == "my <model>" and "sentiment-ja" in listed
    assert main(["train", str(home / "reviews.csv"), "-o", str(home / "model")]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["train", str(home / "reviews.csv"), "--label", "id", "--text", "text", "--backbone", tiny, "--epochs", "1"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "Traceback" not in error


@pytest.mark.slow
def test_a_process_answers_a_table_as_the_page_does(home, trained):
    """One start: CSV in, CSV out, a guessed column, a formula defused."""
    done = cli(home / "store", "predict", str(home / "model"), str(home / "texts.csv"), "-o", str(home / "out.csv"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), "neither bar nor warning in a pipe"
    data = (home / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "Excel in Japan opens it"
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    expected = load(f"run:{kept_runs()[0].id}").predict(TEXTS)
    assert [row["review"] for row in rows] == [TEXTS[0], "'" + TEXTS[1], "", TEXTS[3]]
    assert [row["prediction"] for row in rows] == [one.label if text else "" for one, text in zip(expected, TEXTS, strict=True)]
    assert [float(row["probability"] or 0) for row in rows] == pytest.approx(
        [one.score if text else 0 for one, text in zip(expected, TEXTS, strict=True)], abs=2e-4
    )
    assert rows[2]["note"] == "empty"


def test_other_kinds_of_tables_and_a_pipe(home, trained, capfdbinary, monkeypatch):
    run = f"run:{kept_runs()[0].id}"
    pd.DataFrame({"review": TEXTS}).to_json(home / "texts.jsonl", orient="records", lines=True)
    written = [text.removeprefix("=") for text in TEXTS]  # Excel's own would be a formula
    pd.DataFrame({"n": "1", "review": written}).to_excel(home / "texts.xlsx", index=False)
    pd.DataFrame({"n": "1", "review": TEXTS}).to_csv(home / "texts.tsv", sep="\t", index=False)
    found = {}
    for kind in ("jsonl", "xlsx", "tsv"):
        assert main(["predict", run, str(home / f"texts.{kind}"), "--text", "review", "--to", "jsonl"]) == 0
        found[kind] = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [[row["answer"]["prediction"] for row in rows] for rows in found.values()] == [
        [row["answer"]["prediction"] for row in found["tsv"]]
    ] * 3
    assert found["jsonl"][1]["review"] == TEXTS[1], "JSON is no spreadsheet"
    expected = load(run).predict([TEXTS[0]])[0]
    assert found["tsv"][0]["answer"]["probabilities"] == pytest.approx(expected.scores, abs=1e-6)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"review\nthe lamp was very lovely\n")))
    assert main(["predict", run, "-"]) == 0
    assert capfdbinary.readouterr().out.decode().splitlines()[1].startswith(f"the lamp was very lovely,{expected.label},")


@pytest.mark.slow
def test_wrong_usage_and_what_cannot_be_done_are_said_in_one_sentence(home, trained):
    """No start here loads a library of models, but for the last ones, which run in this process."""
    for language, locale in (("en", "en_US.UTF-8"), ("ja", "ja_JP.UTF-8")):
        wrong = cli(home, "predict", "sentiment-en", LANG=locale)
        assert wrong.returncode == 2 and message("cli.required", language).split("%s")[0] in wrong.stderr.decode()
    missing = cli(home, "predict", "sentiment-en", "/nowhere.csv", "--language", "ja")
    assert missing.returncode == 1 and missing.stderr.decode().splitlines() == ["/nowhere.csv：No such file or directory"]
    shown = cli(home, "serve", "--help").stdout.decode()
    assert "--host" in shown and "127.0.0.1" in shown


def test_what_a_model_or_a_table_lacks_is_said(home, trained, capsys, monkeypatch):
    for arguments, part in (
        (["predict", "nsp-en", "texts.csv"], "next_sentence"),
        (["predict", "no/../such", "texts.csv"], "no/../such"),
        (["predict", "model", "texts.csv", "--text", "nope"], "nope"),
        (["predict", "model", "texts.csv", "--question", "id"], "--question"),
        (["predict", "run:0123456789abcdef", "texts.csv"], "run:0123456789abcdef"),
    ):
        monkeypatch.chdir(home)
        assert main(arguments) == 1
        told = capsys.readouterr()
        assert part in told.err and told.err.count("\n") == 1 and told.out == ""
    monkeypatch.setattr("components.cli.predict.run", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert main(["predict", "model", "texts.csv"]) == 130


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_served_model_answers_over_http_within_its_bounds(home, trained):
    """One start of the service, asked for everything."""
    options = [
        "--port",
        "0",
        "--token",
        "secret",
        "--max-texts",
        "3",
        "--max-characters",
        "200",
        "--max-bytes",
        "4000",
        "--max-waiting",
        "2",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "components.cli", "serve", str(home / "model"), *options],
        cwd=ROOT, env=environment(home / "store"), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        url = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())[0]

        def ask(path: str, body: object = None, **headers: str) -> tuple[int, dict]:
            data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
            sent = {
                "Content-Type": "application/json",
                "Authorization": "Bearer secret",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            }
            try:
                with urllib.request.urlopen(urllib.request.Request(url + path, data, sent), timeout=60) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as error:
                return error.code, json.load(error)

        assert ask("/healthz") == (200, {"status": "ok", "model": str(home / "model"), "task": "classification"})
        expected = load(f"run:{kept_runs()[0].id}").predict([TEXTS[0], TEXTS[3]])
        status, said = ask("/predict", {"texts": [TEXTS[0], TEXTS[3]]})
        assert status == 200 and [one["prediction"] for one in said["answers"]] == [one.label for one in expected]
        assert [one["probability"] for one in said["answers"]] == pytest.approx([one.score for one in expected], abs=1e-5)
        alone = ask("/predict", {"text": TEXTS[0]})[1]["answers"]
        assert [one["probability"] for one in alone] == pytest.approx([expected[0].score], abs=1e-5)
        refusals = {
            (401, "token"): ({"text": "a"}, {"Authorization": "Bearer other"}),
            (413, "too_many_texts"): ({"texts": ["a"] * 4}, {}),
            (413, "text_too_long"): ({"text": "a" * 201}, {}),
            (413, "too_large"): ({"texts": ["a" * 5000]}, {}),
            (415, "content_type"): (b"text=a", {"Content-Type": "application/x-www-form-urlencoded"}),
            (422, "malformed"): (b"{broken", {}),
        }
        for (status, code), (body, headers) in refusals.items():
            found = ask("/predict", body, **headers)
            assert (found[0], found[1]["error"]["code"]) == (status, code) and found[1]["error"]["message"]
        for body in ({}, {"text": "a", "texts": ["b"]}, {"text": "a", "more": 1}, {"text": "a", "question": "b"}, {"texts": []}):
            assert ask("/predict", body)[1]["error"]["code"] == "malformed"
        with ThreadPoolExecutor(20) as pool:  # of many at once some may be told to come again; none is wrong or lost
            answers = list(pool.map(lambda _: ask("/predict", {"text": TEXTS[0]}), range(20)))
        assert {status for status, _ in answers} <= {200, 503} and sum(status == 200 for status, _ in answers) >= 1
        assert all(one["answers"] == alone for status, one in answers if status == 200)
        described = ask("/openapi.json")[1]
        assert {"/predict", "/healthz"} == set(described["paths"]) and "cdn" not in json.dumps(described)
        assert ask("/docs")[0] == ask("/redoc")[0] == 404
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert process.stderr.read() == ""


def test_every_bundled_task_answers_as_its_page(capsys, tmp_path):
    """The tasks without a model of one's own, on tiny models."""
    from components.cli.answering import load_answering
    from tests.unit.models import tiny as models

    tags = ["O", "B-PER", "I-PER"]
    for kind, labels in (
        ("BertForTokenClassification", tags),
        ("BertForQuestionAnswering", None),
        ("BertForMaskedLM", None),
        ("BertModel", None),
    ):
        folder = tmp_path / kind
        models.save(folder, kind, **({"labels": labels} if labels else {}))
        name, answering = load_answering(str(folder), "similarity" if kind == "BertModel" else None)
        model = load(folder, name)
        rows = [("who?", "the cat sat on the mat")] if name == "qa" else [("the cat [MASK] on the mat",)]
        columns, records = answering.answer(rows, len(rows))
        assert len(columns) == len(records) == 1
        if name == "ner":
            assert [one["text"] for one in records[0]["entities"]] == [one.text for one in model.predict([rows[0][0]])[0]]
        elif name == "qa":
            best = model.answer(*rows[0])
            assert records[0]["answer"] == (best[0].text if best else None) == (columns["answer"][0] or None)
        elif name == "masked_lm":
            assert [fill["id"] for fill in records[0]["masks"][0]] == [fill.id for fill in model.fill(rows[0][0])[0]]
            _, several = answering.answer([*rows, ("no gap",)], 2)
            assert several[1] == {"masks": [], "note": "no [MASK]"} and several[0]["masks"] == records[0]["masks"]
        else:
            assert records[0]["vector"] == pytest.approx(model.encode([rows[0][0]])[0].tolist(), abs=1e-6)


def test_an_exported_folder_is_what_the_zip_has(home, trained, tmp_path):
    from components.training.export import export_files

    run = kept_runs()[0]
    export_folder(run, tmp_path / "out")
    assert {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()} == set(
        export_files(run)
    )
