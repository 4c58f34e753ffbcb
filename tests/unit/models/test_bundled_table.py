"""The table of bundled models: it agrees with their files, and no second place says which model serves a language."""

import ast
import json
import re
from pathlib import Path

import pytest

from components.models import bundled, files
from components.models.tasks import TASKS

IDS = {*bundled.BUNDLED_IDS, *bundled.BY_BACKBONE, *bundled.WRITERS.values()}
PUBLISHED = {
    value
    for models in bundled.BY_LANGUAGE.values()
    if models.published
    for value in (models.published.package, models.published.hub_name, models.published.revision, models.published.distribution)
}
PREFIXES = {id.split("-")[0] + "-" for id in IDS}


def names_in(path: Path) -> list[str]:
    """Bundled ids written out in a source, or put together from a task's prefix and a language."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value in IDS | PUBLISHED:
            found.append(f"{path.name}:{node.lineno} {node.value}")
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and node.values[0].value in PREFIXES:
            found.append(f"{path.name}:{node.lineno} {node.values[0].value}{{...}}")
    return found


def test_no_other_module_names_a_bundled_model():
    sources = [*(files.ROOT / "components").rglob("*.py"), *(files.ROOT / "pages").glob("*.py"), *files.ROOT.glob("*.py")]
    assert len(sources) > 150
    past = "starting_weights.py"  # names what was bundled once
    assert [name for path in sources if path.name not in ("bundled.py", past) for name in names_in(path)] == []
    assert len(names_in(Path(bundled.__file__))) >= len(IDS)


def test_the_reader_of_sources_finds_what_it_looks_for(tmp_path):
    source = tmp_path / "page.py"
    source.write_text('"""About embed-en."""\nmodel = "embed-ja" if japanese else f"mlm-{language}"\n')
    assert names_in(source) == ["page.py:2 embed-ja", "page.py:2 mlm-{...}"]


@pytest.mark.parametrize("models", bundled.BY_LANGUAGE.values(), ids=bundled.BY_LANGUAGE)
def test_a_line_agrees_with_the_files(models):
    assert set(models.tasks) <= set(TASKS)
    assert files.bundled_complete(models.backbone)
    for task, id in models.tasks.items():
        if models.published and id == models.backbone:
            continue
        settings = json.loads((files.MODELS / id / "settings.json").read_text(encoding="utf-8"))
        assert (settings["task"], settings["backbone"], settings["language"]) == (task, models.backbone, models.language)


def test_every_folder_of_models_is_in_the_table():
    folders = {path.parent.name for path in files.MODELS.glob("*/*.safetensors")}
    assert folders == {id for id in IDS if not bundled.published(id)}


def test_what_is_asked_of_the_table():
    assert bundled.models_for("ja") is bundled.JAPANESE and bundled.models_for("de") is bundled.ENGLISH
    assert (bundled.task_of("qa-ja"), bundled.language_of("qa-ja"), bundled.backbone_of("qa-ja")) == ("qa", "ja", "backbone-ja")
    assert (bundled.task_of("backbone-ja"), bundled.language_of("backbone-ja"), bundled.backbone_of("backbone-ja")) == (
        None,
        "ja",
        "backbone-ja",
    )
    assert (bundled.task_of("x/y"), bundled.language_of("x/y"), bundled.backbone_of("x/y"), bundled.published("x/y")) == (None,) * 4
    assert all(re.fullmatch(r"[a-z]+(-[a-z]{2}){1,2}", id) for id in IDS if id != bundled.WRITERS["en"])


def test_a_further_language_is_a_line(tmp_path, monkeypatch):
    """German, with a backbone of its own and one task model: listed, found, and chosen by its language."""
    from components.models import cards, catalog

    german = bundled.LanguageModels("de", "backbone-de", {"masked_lm": "mlm-de"})
    owners = bundled._OWNERS | {"mlm-de": (german, "masked_lm")}
    for name, value in {
        "BY_LANGUAGE": bundled.BY_LANGUAGE | {"de": german},
        "BY_BACKBONE": bundled.BY_BACKBONE | {"backbone-de": german},
        "BUNDLED_IDS": (*bundled.BUNDLED_IDS, "mlm-de"),
        "_OWNERS": owners,
    }.items():
        monkeypatch.setattr(bundled, name, value)
    monkeypatch.setattr(files, "MODELS", tmp_path)
    monkeypatch.setattr(cards, "RECHECK_SECONDS", 0.0)
    assert files.backbone_here("de") == "embed-en"
    for id, settings in (("backbone-de", None), ("mlm-de", {"task": "masked_lm", "backbone": "backbone-de"})):
        (tmp_path / id).mkdir()
        (tmp_path / id / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
        for name, content in (("config.json", {}),) if settings is None else (("settings.json", settings), ("scores.json", {})):
            (tmp_path / id / name).write_text(json.dumps(content))
        (tmp_path / id / "README.md").write_text("card")
    assert files.backbone_here("de") == "backbone-de" and files.find("mlm-de").backbone == "backbone-de"
    assert [(card.task, card.language) for card in catalog() if card.id == "mlm-de"] == [("masked_lm", "de")]
