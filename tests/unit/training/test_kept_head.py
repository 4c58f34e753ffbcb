"""The frozen encoder kept as a model: a plain one whose answers are the regression's, here, in the app and where the app is not."""

import io
import json
import os
import re
import zipfile

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from components.errors import TrainingError
from components.training.cheap import cheap_scores
from components.training.export import export_zip, model_card
from components.training.kept_head import request_kept
from components.training.notebook import notebook_zip
from components.training.relabelled import task_frame
from components.training.settings import Settings
from components.training.store import RunStore
from components.training.tasks.classification import Classification
from components.training.worker import train_run


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMOTOKU_HOME", str(home := tmp_path_factory.mktemp("kept")))
        yield RunStore(home)


@pytest.fixture(scope="module")
def settings(tiny):
    return Settings(backbone=tiny, max_length=16, epochs=7, seed=3)


@pytest.fixture(scope="module")
def kept(store, settings, reviews):
    run = request_kept(store, "v" * 32, settings, reviews, "kept", {"name": "reviews.csv"})
    train_run(store, store.claim(os.getpid(), run.id))
    return store.get(run.id, "v" * 32)


def test_its_score_is_the_one_that_was_shown_before_on_the_same_rows(kept, settings, reviews):
    assert kept.state == "done", kept.reason
    shares = []
    before = cheap_scores(reviews, settings, progress=shares.append)
    assert kept.result.judgement.right == before.scores["frozen"].right > before.scores["majority"].right
    assert kept.result.rows.test == before.test and shares[-1] == 1
    assert kept.result.methods == ("tfidf", "majority"), "it is not held against itself"
    assert {name: kept.result.baselines[name].right for name in kept.result.methods} == {
        name: before.scores[name].right for name in kept.result.methods
    }


def test_the_plain_models_logits_are_the_regressions(kept, settings, reviews):
    from components.models import load

    task = Classification(settings, task_frame(reviews, settings, {}))
    test = task.parts.test
    expected = task.quick_head().logits(task.vectors(test))
    model, tokenizer = (each.from_pretrained(kept.model_dir) for each in (AutoModelForSequenceClassification, AutoTokenizer))
    with torch.no_grad():
        found = [model.eval()(**tokenizer(task.texts[row], return_tensors="pt")).logits[0].numpy() for row in test]
    assert np.array(found) == pytest.approx(expected, abs=1e-3)
    answers = load(f"run:{kept.id}", "classification").predict([task.texts[row] for row in test])
    assert [task.labels.index(answer.label) for answer in answers] == expected.argmax(axis=1).tolist()


def test_the_card_says_what_it_is_and_nothing_of_steps(kept):
    card = model_card(kept)
    assert "logistic regression" in card and "learning_rate" not in card and "`epochs`" not in card


def test_the_notebook_makes_the_model_that_is_downloaded(kept, tmp_path, monkeypatch, capsys):
    for name, made in (("", notebook_zip(kept)), ("export", export_zip(kept))):
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            archive.extractall(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    book = json.loads((tmp_path / "training.ipynb").read_text(encoding="utf-8"))
    cells: dict = {"__name__": "notebook"}
    exec("\n".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"), cells)
    assert float(re.search(r"accuracy ([\d.]+)", capsys.readouterr().out)[1]) == pytest.approx(kept.scores["accuracy"])
    batch = cells["collate"](cells["features"](cells["parts"]["test"]))
    batch.pop("labels")
    with torch.no_grad():
        found = [model.eval()(**batch).logits for model in (cells["model"], AutoModelForSequenceClassification.from_pretrained("export"))]
    assert (found[0] - found[1]).abs().max() < 0.02


def test_another_architecture_is_a_sentence(store, reviews, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "distilbert"}')
    with pytest.raises(TrainingError) as refused:
        request_kept(store, "v" * 32, Settings(backbone=str(tmp_path)), reviews, "kept", {})
    assert refused.value.key == "training.kept-other-kind"
