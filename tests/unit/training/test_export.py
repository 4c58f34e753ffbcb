"""What is downloaded works where this app is not: in a clean process, with plain transformers."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile

import nbformat
import pytest

from components.errors import TrainingError
from components.training import fine_tune
from components.training.export import export_zip, model_card, usage_code
from components.training.notebook import notebook_zip
from components.training.settings import Settings
from components.training.store import RunStore

FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3}


def clean_process(code: str, folder) -> str:
    """Run `code` in `folder` with nothing of this project on the path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHONPATH", "HIMOTOKU"))}
    environment |= {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    found = subprocess.run([sys.executable, "-I", "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stderr[-2000:]
    return found.stdout


@pytest.fixture(scope="module")
def run(tmp_path_factory, tiny, reviews):
    home = tmp_path_factory.mktemp("home")
    os.environ["HIMOTOKU_HOME"] = str(home)
    yield fine_tune(reviews, backbone=tiny, epochs=4, store=RunStore(home), **FAST)
    del os.environ["HIMOTOKU_HOME"]


@pytest.mark.timeout(180)
def test_the_zip_loads_in_a_clean_process_and_answers_as_the_app_does(run, tmp_path):
    from components.models import load

    with zipfile.ZipFile(io.BytesIO(export_zip(run))) as archive:
        archive.extractall(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer_config.json", "README.md", "scores.json", "settings.json"} <= names
    assert not any(name.endswith((".bin", ".pt", ".parquet", ".csv")) for name in names)
    text = "the lamp was very lovely"
    answer = clean_process(usage_code(run).replace('"..."', json.dumps(text)), tmp_path).split()
    expected = load(f"run:{run.id}").predict([text])[0]
    assert answer[0] == expected.label and float(answer[1]) == pytest.approx(expected.score, abs=1e-3)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_card_tells_data_settings_scores_and_limits_and_takes_no_markup(run, language):
    card = model_card(run, language)
    assert f"{run.scores['accuracy']:.3f}" in card and run.data["digest"] in card and "`epochs`: 4" in card
    import dataclasses

    hostile = dataclasses.replace(run, name="a\n# b <script>", data=run.data | {"name": "[x](javascript:1)|"})
    card = model_card(hostile, language)
    assert "<script" not in card.replace("\\<script", "") and "\n# b" not in card and "[x](" not in card


@pytest.mark.timeout(180)
def test_the_notebook_repeats_the_training(run, tmp_path):
    with zipfile.ZipFile(io.BytesIO(notebook_zip(run))) as archive:
        archive.extractall(tmp_path)
    book = nbformat.read(tmp_path / "training.ipynb", as_version=4)
    nbformat.validate(book)
    with (tmp_path / "training-data.csv").open(encoding="utf-8-sig") as file:
        parts = [row["part"] for row in csv.DictReader(file)]
    assert {name: parts.count(name) for name in set(parts)} == {
        name: getattr(run.result.rows, name) for name in ("train", "validation", "test")
    }
    code = "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    found = re.search(r"accuracy ([\d.]+)", clean_process(code, tmp_path))
    assert float(found.group(1)) == pytest.approx(run.scores["accuracy"], abs=0.1)
    assert (tmp_path / "model" / "model.safetensors").exists()


@pytest.mark.timeout(180)
def test_the_notebook_of_a_head_alone_repeats_the_training(tiny, reviews, tmp_path):
    run = fine_tune(reviews, backbone=tiny, epochs=8, tune="head", store=RunStore(tmp_path / "home"), **FAST)
    with zipfile.ZipFile(io.BytesIO(notebook_zip(run))) as archive:
        archive.extractall(tmp_path)
    book = nbformat.read(tmp_path / "training.ipynb", as_version=4)
    found = re.search(
        r"accuracy ([\d.]+)", clean_process("\n".join(cell.source for cell in book.cells if cell.cell_type == "code"), tmp_path)
    )
    assert run.scores["accuracy"] > 0.6 and float(found.group(1)) == pytest.approx(run.scores["accuracy"], abs=0.1)


@pytest.mark.timeout(180)
def test_the_notebook_of_a_domain_adaptation_runs(tiny, reviews, tmp_path):
    store = RunStore(tmp_path / "home")
    run = fine_tune(reviews, task="domain_adaptation", backbone=tiny, epochs=1, tune="lora", store=store, **FAST)
    with zipfile.ZipFile(io.BytesIO(notebook_zip(run, "ja"))) as archive:
        archive.extractall(tmp_path)
    book = nbformat.read(tmp_path / "training.ipynb", as_version=4)
    assert "perplexity" in clean_process("\n".join(cell.source for cell in book.cells if cell.cell_type == "code"), tmp_path)


def test_a_run_without_a_model_has_nothing_to_export(tmp_path, reviews):
    waiting, _ = RunStore(tmp_path).create("v", Settings(), reviews)
    for export in (export_zip, notebook_zip):
        with pytest.raises(TrainingError, match="no model yet"):
            export(waiting)
