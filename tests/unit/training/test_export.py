"""What is downloaded works where this app is not: in a clean process, with plain transformers."""

import csv
import io
import json
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from components.errors import TrainingError
from components.training import fine_tune
from components.training.export import export_zip, model_card, usage_code
from components.training.notebook import notebook_zip
from components.training.runs import Run
from components.training.settings import Settings
from components.training.store import RunStore
from tests.pages.clean import Job, Ran, run_clean

TEXT = "the lamp was very lovely"
FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3}


@pytest.fixture(scope="module")
def run(tmp_path_factory, tiny, reviews):
    home = tmp_path_factory.mktemp("home")
    os.environ["HIMOTOKU_HOME"] = str(home)
    yield fine_tune(reviews, backbone=tiny, epochs=4, store=RunStore(home), **FAST)
    del os.environ["HIMOTOKU_HOME"]


@dataclass(frozen=True)
class Taken:
    """A run, what of it was unpacked where, and what became of its code."""

    run: Run
    folder: Path
    ran: Ran


@pytest.fixture(scope="module")
def taken(run, tiny, reviews, tmp_path_factory) -> dict[str, Taken]:
    """The model and the notebooks of three runs, with plain transformers in a process that has nothing of this project on its path."""
    folder = tmp_path_factory.mktemp("taken")
    store = RunStore(folder / "home")
    head = fine_tune(reviews, backbone=tiny, epochs=8, tune="head", store=store, **FAST)
    adapted = fine_tune(reviews, task="domain_adaptation", backbone=tiny, epochs=1, tune="lora", store=store, **FAST)
    packed = {
        "model": (run, export_zip(run)),
        "notebook": (run, notebook_zip(run)),
        "head": (head, notebook_zip(head)),
        "adaptation": (adapted, notebook_zip(adapted, "ja")),
    }
    jobs = []
    for name, (one, zipped) in packed.items():
        with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
            archive.extractall(folder / name)
        code = usage_code(one).replace('"..."', json.dumps(TEXT)) if name == "model" else code_of(folder / name)
        jobs.append(Job(code, folder=folder / name))
    return {name: Taken(one, folder / name, ran) for (name, (one, _)), ran in zip(packed.items(), run_clean(jobs), strict=True)}


def code_of(folder: Path) -> str:
    book = nbformat.read(folder / "training.ipynb", as_version=4)
    nbformat.validate(book)
    return "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")


def printed(taken: Taken) -> str:
    assert not taken.ran.error, taken.ran.error[-2000:]
    return taken.ran.printed


def test_the_zip_loads_in_a_clean_process_and_answers_as_the_app_does(taken):
    from components.models import load

    run = taken["model"].run
    names = {path.name for path in taken["model"].folder.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer_config.json", "README.md", "scores.json", "settings.json"} <= names
    assert not any(name.endswith((".bin", ".pt", ".parquet", ".csv")) for name in names)
    answer = printed(taken["model"]).split()
    expected = load(f"run:{run.id}").predict([TEXT])[0]
    assert answer[0] == expected.label and float(answer[1]) == pytest.approx(expected.score, abs=1e-3)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_card_tells_data_settings_scores_and_limits_and_takes_no_markup(run, language):
    card = model_card(run, language)
    assert f"{run.scores['accuracy']:.3f}" in card and run.data["digest"] in card and "`epochs`: 4" in card
    import dataclasses

    hostile = dataclasses.replace(run, name="a\n# b <script>", data=run.data | {"name": "[x](javascript:1)|"})
    card = model_card(hostile, language)
    assert "<script" not in card.replace("\\<script", "") and "\n# b" not in card and "[x](" not in card


def test_the_notebook_repeats_the_training(taken):
    run, folder = taken["notebook"].run, taken["notebook"].folder
    with (folder / "training-data.csv").open(encoding="utf-8-sig") as file:
        parts = [row["part"] for row in csv.DictReader(file)]
    assert {name: parts.count(name) for name in set(parts)} == {
        name: getattr(run.result.rows, name) for name in ("train", "validation", "test")
    }
    found = re.search(r"accuracy ([\d.]+)", printed(taken["notebook"]))
    assert float(found.group(1)) == pytest.approx(run.scores["accuracy"], abs=0.1)
    assert (folder / "model" / "model.safetensors").exists()


def test_the_notebook_of_a_head_alone_repeats_the_training(taken):
    run = taken["head"].run
    found = re.search(r"accuracy ([\d.]+)", printed(taken["head"]))
    assert run.scores["accuracy"] > 0.6 and float(found.group(1)) == pytest.approx(run.scores["accuracy"], abs=0.1)


def test_the_notebook_of_a_domain_adaptation_runs(taken):
    assert "perplexity" in printed(taken["adaptation"])


def test_a_run_without_a_model_has_nothing_to_export(tmp_path, reviews):
    waiting, _ = RunStore(tmp_path).create("v", Settings(), reviews)
    for export in (export_zip, notebook_zip):
        with pytest.raises(TrainingError, match="no model yet"):
            export(waiting)
