"""Models from a Hub: one of our own on loopback, asked by a process of its own (the client reads HF_ENDPOINT when it is imported)."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from components.models import files
from components.models.bundled import ENGLISH
from tests.unit.models import tiny
from tests.unit.models.hub import Hub

ASK = """
import json, sys, time
from huggingface_hub import HfApi, errors  # seconds of imports are not part of the waiting
from components.models import ModelError, files, load
answers = []
for id, task in json.loads(sys.argv[1]):
    start = time.monotonic()
    stages = []
    try:
        # "find" stops at the files: torch is not needed to see where they come from.
        answer = "found" if task == "find" and files.find(id, stages.append) else type(load(id, task, progress=stages.append)).__name__
    except ModelError as error:
        answer = error.key
        error.in_language("ja"), error.in_language("en")
    answers.append([id, task, answer, round(time.monotonic() - start, 2), stages])
print(json.dumps(answers))
"""


def ask(endpoint: str, cache: Path, *wanted: tuple[str, str | None], before: str = "", **environment: str) -> dict[tuple, list]:
    """{(id, task): [answer or error key, seconds, stages]} from a fresh process."""
    env = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(cache), "HF_HUB_OFFLINE": "0", **environment}
    done = subprocess.run(
        [sys.executable, "-c", before + ASK, json.dumps(wanted)], capture_output=True, text=True, env=env, cwd=files.ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return {(id, task): rest for id, task, *rest in json.loads(done.stdout.splitlines()[-1])}


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """Tiny models of each architecture and tokenizer, and ones that cannot be used."""
    root = tmp_path_factory.mktemp("hub")
    labels = ["O", "B-PER", "I-PER"]
    tiny.save(root / "lab/encoder", "BertModel")
    tiny.save(root / "lab/classes", "BertForSequenceClassification", labels=["no", "yes"])
    tiny.save(root / "lab/tags", "BertForTokenClassification", labels=labels)
    tiny.save(root / "lab/tags-ja", "BertForTokenClassification", "ja", labels=labels)
    tiny.save(root / "lab/questions", "BertForQuestionAnswering")
    tiny.save(root / "lab/masks", "BertForPreTraining")
    tiny.save(root / "lab/gated", "BertModel")
    tiny.save(root / "lab/malformed", "BertModel")
    (root / "lab/malformed/config.json").write_text('{"model_type": "bert", ')
    tiny.save(root / "lab/own-code", "BertModel")
    config = json.loads((root / "lab/own-code/config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoModel": "modeling.Mine", "AutoConfig": "modeling.MineConfig"}}
    (root / "lab/own-code/config.json").write_text(json.dumps(config))
    (root / "lab/own-code/modeling.py").write_text("raise SystemExit('code of a stranger ran')")
    tiny.save(root / "lab/pickled", "BertModel")
    (root / "lab/pickled/model.safetensors").rename(root / "lab/pickled/pytorch_model.bin")
    (root / "lab/empty").mkdir()
    (root / "lab/empty/config.json").write_text("{}")
    tiny.save(root / "lab/large", "BertModel", hidden_size=256, intermediate_size=2048)
    return root


def test_models_of_every_kind_and_every_refusal(root, tmp_path):
    cases = {
        ("lab/encoder", "encoder"): "LoadedEncoder",
        ("lab/encoder", "similarity"): "SentenceEncoder",
        ("lab/classes", None): "Classifier",
        ("lab/tags", None): "EntityTagger",
        ("lab/tags-ja", None): "EntityTagger",
        ("lab/questions", None): "QuestionAnswerer",
        ("lab/masks", None): "MaskedLM",
        ("lab/missing", None): "models.missing",
        ("lab/gated", "encoder"): "models.gated",
        ("lab/malformed", "encoder"): "models.malformed",
        ("lab/own-code", "encoder"): "models.foreign_code",
        ("lab/pickled", "encoder"): "models.pickle_only",
        ("lab/empty", "encoder"): "models.no_weights",
        ("lab/large", "encoder"): "models.too_large",
        ("lab/questions", "ner"): "models.wrong_task",
        ("lab/encoder", "qa"): "models.no_head",
    }
    with Hub(root, gated=("lab/gated",)) as hub:
        answers = ask(hub.url, tmp_path, *cases, HIMOTOKU_MAX_MODEL_MB="4")
        assert not any("pytorch_model.bin" in request and "GET" in request for request in hub.requests)
        assert not any("modeling.py" in request for request in hub.requests)
        assert not any("large" in request and "resolve" in request for request in hub.requests)
    assert {case: answer[0] for case, answer in answers.items()} == cases


def test_unreachable_is_said_in_three_seconds(root, tmp_path):
    with socket.socket() as listener:
        # A port that takes connections and never answers is the slowest kind of silence.
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        silent = f"http://127.0.0.1:{listener.getsockname()[1]}"
        answers = ask(silent, tmp_path, ("lab/encoder", "encoder"))
    answers |= ask("http://127.0.0.1:9", tmp_path, ("lab/masks", None))
    answers |= ask("http://hub.invalid", tmp_path, ("lab/tags", None))
    answers |= ask("http://127.0.0.1:9", tmp_path, ("lab/classes", None), HF_HUB_OFFLINE="1")
    for answer, seconds, _ in answers.values():
        assert answer == "models.unreachable"
        assert seconds < 3


def test_what_was_fetched_is_served_without_a_network(root, tmp_path):
    with Hub(root) as hub:
        first = ask(hub.url, tmp_path, ("lab/encoder", "find"))
    assert first["lab/encoder", "find"][2][0] == "models.stage_download"
    again = ask("http://127.0.0.1:9", tmp_path, ("lab/encoder", "find"))
    answer, _, stages = again["lab/encoder", "find"]
    assert answer == "found" and "models.stage_download" not in stages


def test_minilm_comes_from_the_hub_where_its_package_is_missing(tmp_path):
    """At the pinned revision and with the same sha256; a Hub that serves other bytes is refused."""
    root = tmp_path / "hub"
    good, bad = root / "sentence-transformers/all-MiniLM-L6-v2", tmp_path / "bad/sentence-transformers/all-MiniLM-L6-v2"
    for folder in (good, bad):
        shutil.copytree(files.find("embed-en").folder, folder)
    with (bad / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\xff")
    hide = "from components.models import files; files.package_folder = lambda package: None\n"
    with Hub(root) as hub:
        assert ask(hub.url, tmp_path / "a", ("embed-en", "find"), before=hide)["embed-en", "find"][0] == "found"
        assert any(ENGLISH.published.revision in request for request in hub.requests)
    with Hub(tmp_path / "bad") as hub:
        assert ask(hub.url, tmp_path / "b", ("embed-en", "find"), before=hide)["embed-en", "find"][0] == "models.damaged"


def test_the_hosts_token_is_shown_for_the_hosts_own_list_alone(root, tmp_path):
    with Hub(root) as hub:
        ask(
            hub.url,
            tmp_path,
            ("lab/encoder", "find"),
            ("lab/classes", "find"),
            HF_TOKEN="hf_secret",
            HIMOTOKU_HUB_MODELS="lab/encoder, lab/other",
        )
        shown = {path for path, token in hub.tokens if "hf_secret" in token}
    assert shown and all("encoder" in path for path in shown)


def test_fetched_models_hold_no_more_disk_than_the_host_allows(tmp_path):
    for name in ("first", "second"):
        tiny.save(tmp_path / "hub/lab" / name, "BertModel", hidden_size=256, intermediate_size=2048)
    cache = tmp_path / "cache"
    with Hub(tmp_path / "hub") as hub:
        limits = {"HIMOTOKU_HUB_CACHE_MB": "15", "HIMOTOKU_MAX_MODEL_MB": "100"}  # each is 11 MB
        assert ask(hub.url, cache, ("lab/first", "find"), **limits)["lab/first", "find"][0] == "found"
        assert ask(hub.url, cache, ("lab/second", "find"), **limits)["lab/second", "find"][0] == "found"
        assert [folder.name for folder in cache.glob("hub/models--*")] == ["models--lab--second"]
        refused = ask(hub.url, tmp_path / "other", ("lab/first", "find"), **limits | {"HIMOTOKU_HUB_CACHE_MB": "10"})
        assert refused["lab/first", "find"][0] == "models.too_large"
        assert not list((tmp_path / "other").rglob("*.safetensors"))
