"""Several labels and numbers trained on a tiny backbone: from the table to a model that the app and plain transformers use alike."""

import contextlib
import io
import json

import numpy as np
import pandas as pd
import pytest

from components.errors import TrainingError
from components.models import load
from components.training import fine_tune
from components.training.export import export_zip, model_card, usage_code
from components.training.notebook import notebook, program
from components.training.settings import Settings
from components.training.store import RunStore
from tests.unit.training.conftest import BAD, GOOD

FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3, "test": 0.3, "validation": 0.2}
TEXTS = ["the lamp was very lovely", "my chair felt quite nasty"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    home = tmp_path_factory.mktemp("label-tasks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMOTOKU_HOME", str(home))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield RunStore(home)


@pytest.fixture(scope="module")
def labelled(reviews) -> pd.DataFrame:
    """A column of yes and no for each of three labels: any good word, any bad one, "very"."""
    words = reviews["text"].str.split()
    columns = {
        name: words.map(lambda row, of=of: "1" if set(of) & set(row) else "0")
        for name, of in (("good", GOOD), ("bad", BAD), ("strong", ["very"]))
    }
    return reviews[["text"]].assign(**columns)


@pytest.fixture(scope="module")
def sets(store, tiny, labelled):
    return fine_tune(labelled, label=("good", "bad", "strong"), task="several_labels", backbone=tiny, epochs=4, store=store, **FAST)


@pytest.fixture(scope="module")
def priced(reviews) -> pd.DataFrame:
    """A good thing costs some 9,000, a bad one some 5,000, and more where it is the radio."""
    random = np.random.default_rng(3)
    prices = [
        (9_000 if label == "good" else 5_000) + 500 * ("radio" in text) + random.integers(0, 40)
        for text, label in zip(reviews["text"], reviews["label"], strict=True)
    ]
    return pd.DataFrame({"text": reviews["text"], "price": [f"¥{price:,}" for price in prices]})


@pytest.fixture(scope="module")
def numbers(store, tiny, priced):
    return fine_tune(priced, label="price", task="number", backbone=tiny, epochs=4, store=store, **FAST)


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    return out.getvalue().strip().splitlines()[-1]


def test_several_labels_are_learned_and_told_by_thresholds_of_the_validation_rows(sets, labelled):
    assert sets.state == "done" and sets.scores["micro_f1"] > 0.8 > sets.result.baselines["common_set"]["micro_f1"].value
    assert sets.result.main == "micro_f1" and set(sets.result.labels) == {"good", "bad", "strong"} == set(sets.result.thresholds)
    rows = pd.read_parquet(sets.folder / "predictions.parquet")
    wanted = [[name for name in ("good", "bad", "strong") if labelled[name][row] == "1"] for row in rows["row"]]
    assert [set(json.loads(cell)) for cell in rows["label"]] == [set(names) for names in wanted]
    answers = load(f"run:{sets.id}").predict(TEXTS)
    assert set(answers[0].labels) == {"good", "strong"} and "bad" in answers[1].labels and "good" not in answers[1].labels
    # What was written of a judged row is what the loaded model says of its text.
    again = load(f"run:{sets.id}").predict(labelled["text"][rows["row"]].tolist())
    assert [set(answer.labels) for answer in again] == [set(json.loads(cell)) for cell in rows["predicted"]]
    for answer in again:
        assert set(answer.labels) == {name for name, share in answer.scores.items() if share >= sets.result.thresholds[name]}


def test_plain_transformers_says_the_same_labels(sets):
    said = printed(usage_code(sets, str(sets.model_dir)).replace('tokenizer("..."', f"tokenizer({TEXTS[0]!r}"))
    answer = load(f"run:{sets.id}").predict(TEXTS[:1])[0]
    assert eval(said) == pytest.approx({label: answer.scores[label] for label in answer.labels}, abs=1e-4)
    card = model_card(sets, "ja")
    assert "text-classification" in card and f"{sets.scores['micro_f1']:.3f}" in card and "しきい値" in card and export_zip(sets)


def test_a_number_is_learned_in_its_own_size_and_plain_transformers_gives_it(numbers):
    assert numbers.state == "done" and numbers.scores["spearman"] > 0.6 and numbers.scores["mae"] < 1_200
    constant = numbers.result.baselines["median"]
    assert constant["spearman"].value == 0 and constant["mae"].value > numbers.scores["mae"]
    assert numbers.result.best_baseline == "words" and 4_900 < numbers.result.facts["low"] < 5_100
    found = [answer.value for answer in load(f"run:{numbers.id}").predict(TEXTS)]
    assert found[0] - found[1] > 2_000
    said = printed(usage_code(numbers, str(numbers.model_dir)).replace('tokenizer("..."', f"tokenizer({TEXTS[0]!r}"))
    assert float(said) == pytest.approx(found[0], rel=1e-4)
    rows = pd.read_parquet(numbers.folder / "predictions.parquet")
    assert np.abs(rows["label"] - rows["predicted"]).mean() == pytest.approx(numbers.scores["mae"])


def test_the_model_answers_for_its_own_task_alone(sets, numbers):
    from components.errors import ModelError

    for run, other in ((sets, "classification"), (numbers, "several_labels")):
        with pytest.raises(ModelError):
            load(f"run:{run.id}", other)


def test_what_cannot_be_learned_is_said(store, tiny, reviews):
    for task, cell, key in (("several_labels", "[]", "training.found-no-labels"), ("number", "4", "training.found-one-number")):
        with pytest.raises(TrainingError) as raised:
            fine_tune(reviews.assign(label=cell), task=task, backbone=tiny, store=store, epochs=1, **FAST)
        assert raised.value.key == key


@pytest.mark.parametrize("task", ["several_labels", "number"])
def test_the_programs_are_code(sets, numbers, task):
    run = sets if task == "several_labels" else numbers
    for cell in json.loads(notebook(run))["cells"]:
        if cell["cell_type"] == "code":
            compile("".join(cell["source"]), "cell", "exec")
    shown = program(Settings(task=task, language="en"))
    compile(shown, "program", "exec")
    assert ("multi_label_classification" if task == "several_labels" else "regression") in shown
