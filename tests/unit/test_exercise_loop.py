"""Exercise 5's files: the finished loop passes the tests that learners get, the scaffold as given fails them, and the loop runs on the sample."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from transformers import BertConfig, BertModel

from components.messages import CONTENT
from components.views.exercises import loop as exercise_loop

FILES = CONTENT / "exercises"


MISTAKES = {
    "own_gradient_alone": ("optimizer.zero_grad()", "pass"),
    "back_to_training_mode": ("model.train()  #", "pass  #"),
    "without_dropout": ("model.eval()", "pass"),
    "without_gradients": ("@torch.no_grad()\n", ""),
    "mean_over_samples": ("losses.append(total / count)", "losses.append(total / len(train_loader))"),
}
# The learners' tests on each folder in turn, in one process, since importing the libraries takes longer than the tests.
DRIVER = """
import contextlib, io, json, os, sys
import pytest

class Outcomes:
    def __init__(self):
        self.passed, self.failed = [], []
    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            (self.passed if report.passed else self.failed).append(report.nodeid.split("::")[1])

found = {}
for folder in sys.argv[1:]:
    for name in ("sentiment", "test_sentiment"):
        sys.modules.pop(name, None)
    sys.path.insert(0, folder)
    os.chdir(folder)
    outcomes = Outcomes()
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["-q", "-p", "no:cacheprovider", "test_sentiment.py"], plugins=[outcomes])
    sys.path.remove(folder)
    found[os.path.basename(folder)] = [outcomes.passed, outcomes.failed]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> dict[str, list[list[str]]]:
    """Folder -> names of the learners' tests that passed and that failed there."""
    root = tmp_path_factory.mktemp("exercise")
    finished = (FILES / "sentiment_solution.py").read_text(encoding="utf-8")
    codes = {"finished": finished, "scaffold": (FILES / "sentiment.py").read_text(encoding="utf-8")}
    for name, (line, wrong) in MISTAKES.items():
        assert finished.count(line) == 1
        codes[name] = finished.replace(line, wrong)
    for name, code in codes.items():
        (root / name).mkdir()
        (root / name / "sentiment.py").write_text(code, encoding="utf-8")
        shutil.copy(FILES / "test_sentiment.py", root / name)
    command = [sys.executable, "-c", DRIVER, *(str(root / name) for name in codes)]
    result = subprocess.run(command, env=os.environ | {"HF_HUB_OFFLINE": "1"}, capture_output=True, text=True, timeout=300)
    return json.loads(result.stdout.splitlines()[-1])


def test_the_finished_loop_passes(outcomes):
    passed, failed = outcomes["finished"]
    assert len(passed) == 10 and not failed


def test_the_scaffold_as_given_fails_every_test(outcomes):
    passed, failed = outcomes["scaffold"]
    assert not passed and len(failed) == 10


@pytest.mark.parametrize("mistake", MISTAKES)
def test_common_mistakes_are_found(outcomes, mistake):
    _, failed = outcomes[mistake]
    assert any(mistake in name for name in failed)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_sample_is_balanced_and_says_nothing_twice(language):
    with (FILES / f"reviews_{language}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60 and sum(row["label"] == "positive" for row in rows) == 30
    assert len({row["text"] for row in rows}) == 60


@pytest.fixture
def tiny_model(tmp_path, monkeypatch) -> Path:
    """A BERT small enough to train in a second, with a vocabulary of letters."""
    folder = tmp_path / "tiny"
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    BertModel(BertConfig(vocab_size=len(vocabulary), **sizes)).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}', encoding="utf-8")
    monkeypatch.setenv("HIMOTOKU_LOCAL_MODELS", "1")
    return folder


def finished(run: exercise_loop.LoopRun, seconds: float = 120) -> str:
    end = time.monotonic() + seconds
    while run.running and time.monotonic() < end:
        time.sleep(0.2)
    assert not run.running
    return run.text()


def test_the_loop_runs_on_the_sample_one_at_a_time_and_can_be_stopped(tiny_model):
    data = FILES / "reviews_en.csv"
    run = exercise_loop.start(data, str(tiny_model), seed=3)
    assert exercise_loop.start(data, str(tiny_model), seed=3) is None  # another visitor has to wait
    printed = finished(run)
    assert run.process.returncode == 0, printed
    assert len(run.losses()) == exercise_loop.EPOCHS
    assert re.search(r"^trained  accuracy [\d.]+ \(\d+ of 15 rows\)", printed, re.MULTILINE)

    time.sleep(0.5)
    again = exercise_loop.start(data, str(tiny_model), seed=3)
    assert again is not None
    again.stop()
    finished(again)
    assert again.process.returncode != 0
