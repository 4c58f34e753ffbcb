import hashlib
import re
import tarfile
from pathlib import Path

import pytest

from recipes import sources
from recipes.sources import DATA, WHEELS, Data, folder

RECIPES = Path(sources.__file__).parent


def test_every_data_set_that_a_recipe_reads_is_named_in_full():
    used = {name for path in RECIPES.glob("*.py") for name in re.findall(r'sources\.folder\("(\w+)"', path.read_text(encoding="utf-8"))}
    assert used == set(DATA)
    for source in DATA.values():
        assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
        assert re.search(r"[0-9a-f]{7}", source.commit)
        assert source.repository.startswith("github.com/")
        assert source.licence
        assert source.content
    for wheel in WHEELS.values():
        assert re.fullmatch(r"[0-9a-f]{64}", wheel.sha256)
        assert wheel.licence


@pytest.fixture
def archive(tmp_path, monkeypatch):
    (tmp_path / "made/notes").mkdir(parents=True)
    (tmp_path / "made/notes/text.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/notes.tar.xz"
    with tarfile.open(path, "w:xz") as tar:
        tar.add(tmp_path / "made/notes", "notes")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setitem(DATA, "notes", Data("notes", "text", "notes", "github.com/a/b", "abcdef0", "CC0", digest))
    return path


def test_an_archive_is_unpacked_into_the_work_folder(archive, tmp_path):
    found = folder("notes", archive.parent, tmp_path / "work")
    assert (found / "text.txt").read_text(encoding="utf-8") == "hello"
    assert tmp_path / "work" in found.parents
    assert folder("notes", archive.parent, tmp_path / "work") == found


def test_an_unpacked_folder_is_taken_as_it_is(archive, tmp_path):
    assert folder("notes", tmp_path / "made", tmp_path / "work") == tmp_path / "made/notes"


def test_a_changed_archive_is_refused(archive, tmp_path):
    archive.write_bytes(archive.read_bytes() + b"x")
    with pytest.raises(ValueError, match="sha256"):
        folder("notes", archive.parent, tmp_path / "work")


def test_missing_data_are_named_with_their_source(archive, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"github\.com/a/b"):
        folder("notes", tmp_path / "nowhere", tmp_path / "work")
