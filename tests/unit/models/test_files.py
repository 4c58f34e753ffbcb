"""Finding files: every kind of id, nothing outside its place, and a clear sentence for what cannot be used."""

import json
import shutil

import pytest

from components.errors import ModelError as SameError
from components.models import ModelError, files, load


def error_key(id) -> str:
    with pytest.raises(ModelError) as caught:
        files.find(id)
    for language in ("en", "ja"):
        assert caught.value.in_language(language)
    return caught.value.key


def test_one_error_type():
    assert SameError is ModelError


def test_a_truncated_copy_of_minilm_is_called_damaged(tmp_path):
    copy = shutil.copytree(files.find("embed-en").folder, tmp_path / "copy")
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:50_000_000])
    with pytest.raises(ModelError) as caught:
        load(str(copy), task="similarity")
    assert caught.value.key == "models.damaged"
    assert "model.safetensors" in str(caught.value)


def test_minilm_of_the_right_length_with_other_bytes_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "package" / "model"
    shutil.copytree(files.find("embed-en").folder, folder)
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\xff")
    monkeypatch.setattr(files, "package_folder", lambda _: folder)
    assert error_key("embed-en") == "models.damaged"


@pytest.mark.parametrize(
    "id", ["run:../../etc", "run:", "run:a/b", "run:a.b", "run:" + "a" * 65, "a/b/c", "owner/../x", "", "a b", "日本語/モデル"]
)
def test_ids_that_are_no_ids(id):
    assert error_key(id) == "models.bad_id"


def test_a_run_is_found_under_the_home_of_the_host(tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    assert error_key("run:gone") == "models.run_missing"
    folder = tmp_path / "runs" / "mine" / "model"
    shutil.copytree(files.find("embed-en").folder, folder)
    assert files.find("run:mine").folder == folder


def test_folders_that_cannot_be_used(tmp_path):
    assert error_key(tmp_path / "nothing") == "models.no_folder"
    assert error_key(tmp_path) == "models.no_weights"
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    assert error_key(tmp_path) == "models.pickle_only"
    shutil.copy(files.find("embed-en").folder / "model.safetensors", tmp_path)
    assert error_key(tmp_path) == "models.malformed"
    (tmp_path / "config.json").write_text("{")
    assert error_key(tmp_path) == "models.malformed"
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "no such architecture"}))
    with pytest.raises(ModelError, match="describes a model"):
        load(tmp_path, task="similarity")


def test_the_host_limits_the_size(monkeypatch):
    monkeypatch.setenv("HIMOTOKU_MAX_MODEL_MB", "50")
    assert error_key(files.bundled_folder("embed-en")) == "models.too_large"


def test_what_a_visitor_types(monkeypatch):
    monkeypatch.delenv("HIMOTOKU_LOCAL_MODELS", raising=False)
    assert files.typed_id("  google-bert/bert-base-uncased ") == "google-bert/bert-base-uncased"
    assert files.typed_id("run:abc") == "run:abc"
    for path in ("/etc", "./x", "../x", "~/x", "C:\\x", "."):
        with pytest.raises(ModelError) as caught:
            files.typed_id(path)
        assert caught.value.key == "models.local_off"
    monkeypatch.setenv("HIMOTOKU_LOCAL_MODELS", "1")
    assert files.typed_id("/srv/model") == "/srv/model"


def test_wrong_and_unknown_tasks(tmp_path):
    with pytest.raises(ValueError, match="unknown task"):
        load("embed-en", task="poetry")
    with pytest.raises(ModelError) as caught:
        load("kyoto-bert")
    assert caught.value.key == "models.not_on_hub"
