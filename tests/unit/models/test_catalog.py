"""The catalogue lists what is really here, and asking for it loads no heavy library."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from components.messages import LANGUAGES, catalogue, message
from components.models import catalog, files
from components.models.catalog import card
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
    assert [entry.id for entry in entries if entry.bundled] == [id for id in files.BUNDLED_IDS if files.bundled_complete(id)]
    assert not any(entry.bundled for entry in entries if entry.id not in files.BUNDLED_IDS)


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
def test_every_message_of_this_floor_is_worded(language):
    used = {key for path in Path(files.__file__).parent.glob("*.py") for key in re.findall(r'"(models\.[a-z_]+)"', path.read_text())}
    worded = {key for key in catalogue(language) if key.startswith("models.")}
    assert len(used) > 30 and used <= worded
    # Nothing is kept that nobody says (names, descriptions and tasks are asked for by id).
    assert {key for key in worded if not key.startswith(("models.name.", "models.about.", "models.task."))} <= used
