"""Loading: once, one at a time, within a bound, and again when the files have changed."""

import gc
import json
import os
import subprocess
import sys
import threading
import weakref

import pytest
import torch

from components.models import ModelError, files, load
from components.models.loading import forget, loaded, remember
from components.settings import cache_bytes, home
from tests.unit.models import tiny


@pytest.fixture(autouse=True)
def empty():
    forget()
    yield
    forget()


class Thing:
    def __init__(self, own_bytes: int, shares: tuple | None = None):
        self.own_bytes, self.shares = own_bytes, shares


def test_the_longest_unused_goes_first(monkeypatch):
    monkeypatch.setenv("HIMOTOKU_MODEL_CACHE_MB", "10")
    for name in "abc":
        remember((name,), lambda: Thing(4_000_000))
        remember(("a",), lambda: pytest.fail("built twice"))
    assert loaded() == [("c",), ("a",)]
    remember(("huge",), lambda: Thing(50_000_000))
    assert loaded() == [("huge",)]


def test_a_backbone_in_use_stays(monkeypatch):
    monkeypatch.setenv("HIMOTOKU_MODEL_CACHE_MB", "10")
    backbone = ("backbone",)
    remember(backbone, lambda: Thing(4_000_000))
    remember(("shell",), lambda: Thing(1_000, shares=backbone))
    remember(("other",), lambda: Thing(4_000_000))
    remember(("shell",), lambda: pytest.fail("built twice"))
    # The backbone was unused longest, but the shell stands on it: the other model goes.
    remember(("new",), lambda: Thing(4_000_000))
    assert loaded() == [backbone, ("shell",), ("new",)]


def test_what_was_dropped_is_freed(monkeypatch, tmp_path):
    folder = tiny.save(tmp_path / "classes", "BertForSequenceClassification", labels=["no", "yes"])
    model = weakref.ref(load(folder))
    assert model() is not None
    forget()
    gc.collect()
    assert model() is None


def test_stages_are_told_on_the_first_load_alone(tmp_path):
    folder = tiny.save(tmp_path / "classes", "BertForSequenceClassification", labels=["no", "yes"])
    stages: list[str] = []
    first = load(folder, progress=stages.append)
    assert stages == ["models.stage_libraries", "models.stage_weights"]
    assert load(folder, progress=stages.append) is first and len(stages) == 2


def test_a_retrained_model_is_loaded_anew_and_a_deleted_one_is_gone(tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    assert home() == tmp_path
    folder = tmp_path / "runs" / "one" / "model"
    tiny.save(folder, "BertForSequenceClassification", labels=["no", "yes"], seed=1)
    before = load("run:one").predict(["the cat"])[0].scores
    tiny.save(folder, "BertForSequenceClassification", labels=["no", "yes"], seed=2)
    assert load("run:one").predict(["the cat"])[0].scores != before
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    with pytest.raises(ModelError) as caught:
        load("run:one")
    assert caught.value.key == "models.run_missing"


def test_builds_do_not_overlap_and_hits_do_not_wait():
    """from_pretrained sets torch's default dtype for the process while it works, so two builds at once are one too many."""
    building, most, started, go_on = [0], [0], threading.Event(), threading.Event()
    remember(("ready",), lambda: Thing(1))

    def build() -> Thing:
        building[0] += 1
        most[0] = max(most[0], building[0])
        started.set()
        assert go_on.wait(20)
        building[0] -= 1
        return Thing(1)

    threads = [threading.Thread(target=remember, args=((name,), build)) for name in "abcdee"]
    for thread in threads:
        thread.start()
    assert started.wait(20)
    remember(("ready",), lambda: pytest.fail("built twice"))  # answers while another is being built
    assert most[0] == 1
    go_on.set()
    for thread in threads:
        thread.join()
    assert most[0] == 1 and len(loaded()) == 6


def test_half_precision_files_are_computed_in_float32_and_leave_no_trace(tmp_path):
    folder = tiny.save(tmp_path / "half", "BertForSequenceClassification", labels=["no", "yes"])
    from transformers import AutoModelForSequenceClassification

    AutoModelForSequenceClassification.from_pretrained(folder).half().save_pretrained(folder)
    results = []
    threads = [threading.Thread(target=lambda: results.append(load(folder))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {parameter.dtype for parameter in results[0].model.parameters()} == {torch.float32}
    assert torch.get_default_dtype() == torch.float32


def test_a_configuration_that_promises_more_than_the_weights_is_refused(tmp_path, monkeypatch):
    folder = tiny.save(tmp_path / "bomb", "BertModel")
    from transformers import PreTrainedModel

    monkeypatch.setattr(PreTrainedModel, "__init__", lambda *_: pytest.fail("something was built of it"))
    config = json.loads((folder / "config.json").read_text())
    without_width = {name: value for name, value in config.items() if name != "hidden_size"}
    for promise in (
        config | {"num_hidden_layers": 10**7},
        config | {"vocab_size": 10**10},
        config | {"vocab_size": 1e10},
        without_width | {"vocab_size": 10**8},
        config | {"intermediate_size": 10**9},
        config | {"hidden_size": 10**8},
        config | {"num_labels": 300_000_000},
        config | {"text_config": {"num_labels": 300_000_000}},
    ):
        (folder / "config.json").write_text(json.dumps(promise))
        with pytest.raises(ModelError) as caught:
            load(folder, task="encoder")
        assert caught.value.key == "models.malformed"


def test_settings_of_the_host_are_checked(monkeypatch):
    monkeypatch.setenv("HIMOTOKU_MODEL_CACHE_MB", "lots")
    with pytest.raises(ValueError, match="HIMOTOKU_MODEL_CACHE_MB"):
        cache_bytes()


def test_threads_that_wait_do_not_spin():
    """Set before torch is loaded, and left to the host where it has set it."""
    code = "import os; from components.models import catalog; print(os.environ['OMP_WAIT_POLICY'])"
    for given, expected in ((None, "PASSIVE"), ("ACTIVE", "ACTIVE")):
        environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
        environment |= {"OMP_WAIT_POLICY": given} if given else {}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=files.ROOT, env=environment)
        assert done.stdout.strip() == expected
