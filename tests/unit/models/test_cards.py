"""The catalogue lists what is really here, and asking for it loads no heavy library."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from components.messages import LANGUAGES, catalogue, message
from components.models import bundled, cards, catalog, files
from components.models.cards import card
from components.models.tasks import TASKS


def test_catalogue_without_torch_or_transformers():
    code = (
        "import sys; from components.models import catalog, load, ModelError, Prediction; catalog();"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'huggingface_hub') if m in sys.modules])"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=files.ROOT)
    assert output.stdout.strip() == "[]"


def test_embed_en_has_the_published_size():
    minilm = card("embed-en")
    assert minilm.bundled and minilm.task == "similarity" and minilm.licence == "Apache-2.0"
    # 22.7 million parameters: the count on the model's own page.
    assert minilm.parameters == 22_713_216
    assert 90_000_000 < minilm.size_bytes < 95_000_000


def test_ids_are_unique_and_tasks_known():
    entries = catalog()
    assert len({entry.id for entry in entries}) == len(entries)
    assert {entry.task for entry in entries} <= set(TASKS)
    assert [entry.id for entry in entries if entry.bundled] == [id for id in bundled.BUNDLED_IDS if files.bundled_complete(id)]
    assert not any(entry.bundled for entry in entries if entry.id not in bundled.BUNDLED_IDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_has_a_name_and_a_description(language):
    for entry in catalog():
        assert message(entry.name_key, language)
        assert message(entry.about_key, language)
    for task in TASKS:
        assert message(f"models.task.{task}", language)


def test_a_bundled_folder_counts_only_when_complete(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MODELS", tmp_path)
    folder = tmp_path / "qa-ja"
    folder.mkdir()
    for name, content in {"settings.json": "{}", "scores.json": "{}", "README.md": "card"}.items():
        assert not files.bundled_complete("qa-ja")
        (folder / name).write_text(content)
    assert not files.bundled_complete("qa-ja")
    (folder / "head.safetensors").write_bytes(b"")
    assert files.bundled_complete("qa-ja")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_about_models_is_worded(language):
    sources = (files.ROOT / "components").rglob("*.py")
    used = {key for path in sources for key in re.findall(r'"(models\.[a-z_]+)"', path.read_text())}
    worded = {key for key in catalogue(language) if key.startswith("models.")}
    assert len(used) > 30 and used <= worded
    # Nothing is kept that nobody says (names, descriptions, tasks and languages are asked for by id).
    assert {key for key in worded if not key.startswith(("models.name.", "models.about.", "models.task.", "models.language_"))} <= used


def save(folder, scores: dict) -> None:
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps({"task": "qa"}))
    (folder / "README.md").write_text("card")
    (folder / "head.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    (folder / "scores.json").write_text(json.dumps(scores))


def test_nothing_is_read_again_while_nothing_changed(monkeypatch):
    entries = catalog()
    monkeypatch.setattr(files, "read_json", lambda *_: pytest.fail("a file was read"))
    monkeypatch.setattr(files, "tensors", lambda *_: pytest.fail("a header was read"))
    monkeypatch.setattr(cards, "RECHECK_SECONDS", 0.0)
    assert catalog() == entries
    monkeypatch.setattr(cards, "RECHECK_SECONDS", 60.0)
    monkeypatch.setattr(cards, "_contents", lambda: pytest.fail("folders were read"))
    assert catalog() == entries


def test_a_change_is_seen(tmp_path, monkeypatch):
    """Folders that come and go; a file that is written over, at the next look."""
    monkeypatch.setattr(cards, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(cards, "RECHECK_SECONDS", 60.0)
    monkeypatch.setattr(files, "MODELS", tmp_path)
    assert [entry.id for entry in catalog() if entry.bundled] == ["embed-en"]
    save(tmp_path / "qa-ja", {"f1": 0.5})
    assert card("qa-ja").scores == {"f1": 0.5}
    (tmp_path / "qa-ja" / "scores.json").unlink()
    assert card("qa-ja") is None
    (tmp_path / "qa-ja" / "scores.json").write_text(json.dumps({"f1": 0.75}))
    assert card("qa-ja").scores == {"f1": 0.75}
    monkeypatch.setattr(cards, "RECHECK_SECONDS", 0.0)
    (tmp_path / "qa-ja" / "scores.json").write_text(json.dumps({"f1": 0.25}))
    os.utime(tmp_path / "qa-ja" / "scores.json", ns=(1, 1))
    assert card("qa-ja").scores == {"f1": 0.25}
    shutil.rmtree(tmp_path / "qa-ja")
    assert card("qa-ja") is None


def test_a_burst_of_questions_looks_once(monkeypatch):
    looks = []
    monkeypatch.setattr(cards, "LOOK_SECONDS", 60.0)
    catalog()
    monkeypatch.setattr(cards, "_entries", lambda: looks.append(1))
    for _ in range(50):
        assert card("embed-en")
    assert not looks


def test_the_published_encoder_appears_where_it_is_fetched(tmp_path, monkeypatch):
    """Without its package it is listed once the Hub client has it."""
    here = files.bundled_folder("embed-en")
    monkeypatch.setattr(cards, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(cards, "RECHECK_SECONDS", 0.0)
    monkeypatch.setattr(files, "package_folder", lambda _: None)
    monkeypatch.setattr(files.hub, "cached", lambda *_: None)
    assert card("embed-en") is None
    monkeypatch.setattr(files.hub, "cached", lambda *_: here)
    assert card("embed-en").location == "sentence-transformers/all-MiniLM-L6-v2"


def test_nobody_can_change_the_list_of_another():
    catalog().clear()
    assert catalog()
