"""The store of labellings: every answer is kept, for its owner alone, within bounds; and what reads the texts beside it."""

import os
import threading
import time

import numpy as np
import pandas as pd
import pytest

from components.errors import ModelError, TrainingError
from components.training import labelling_facts, labellings, text_reader
from components.training.database import Database
from components.training.labelling import SKIPPED, Answer
from components.training.labelling_facts import Change
from components.training.labellings import Labellings
from components.training.text_reader import PIECE, TextReader, pieces_read, vectors_read

TEXTS = pd.Series([f"text number {row}" for row in range(40)], index=range(2, 42))
DAY = 86_400


@pytest.fixture
def store(tmp_path):
    return Labellings(Database(tmp_path), days=30)


def made(store, visitor="mine", texts=TEXTS, classes=("good", "bad"), **more):
    return store.create(visitor, "answers", texts, list(classes), "en", "embed-en", **more)


def fault(run) -> str:
    with pytest.raises(TrainingError) as error:
        run()
    return error.value.key


def test_answers_outlive_the_process_and_are_the_same_when_they_are_sent_twice(store, tmp_path):
    job = made(store)
    changes = [Change(3, 1, True, 0), Change(7, 0), Change(3, 0, True, 1), Change(9, SKIPPED), Change(7, None)]
    store.change(job.id, "mine", changes)
    another = Labellings(Database(tmp_path), days=30)  # as another process opens it
    expected = [Answer(3, 0, True, 1), Answer(9, SKIPPED)]
    assert another.answers(job.id, "mine") == expected
    another.change(job.id, "mine", changes)
    assert store.answers(job.id, "mine") == expected
    found = store.get(job.id, "mine")
    assert (found.labelled, found.skipped, found.rows) == (1, 1, 40)
    frame = store.texts(job.id, "mine")
    assert frame["text"].tolist() == TEXTS.tolist() and frame["row"].tolist() == list(TEXTS.index)


def test_presses_of_many_threads_are_all_there(store):
    job = made(store)
    threads = [threading.Thread(target=store.change, args=(job.id, "mine", [Change(row, row % 2)])) for row in range(40)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {(one.row, one.given) for one in store.answers(job.id, "mine")} == {(row, row % 2) for row in range(40)}


def test_a_stranger_finds_nothing_and_changes_nothing(store):
    job = made(store)
    for attempt in (
        lambda: store.get(job.id, "yours"),
        lambda: store.answers(job.id, "yours"),
        lambda: store.texts(job.id, "yours"),
        lambda: store.change(job.id, "yours", [Change(0, 0)]),
        lambda: store.rename(job.id, "yours", "x"),
        lambda: store.add_class(job.id, "yours", "x"),
        lambda: store.delete(job.id, "yours"),
        lambda: store.get("nothing", "mine"),
    ):
        assert fault(attempt) == "label.missing"
    assert store.of("yours") == [] and store.answers(job.id, "mine") == []
    with store.database.connection() as database:
        assert "mine" not in [row["visitor"] for row in database.execute("select visitor from labellings")]
    assert {oct(path.stat().st_mode)[-2:] for path in (job.folder, *job.folder.iterdir())} == {"00"}


def test_what_no_row_or_class_answers_to_is_passed_over(store):
    job = made(store)
    store.change(job.id, "mine", [Change(-1, 0), Change(40, 0), Change(1, 2), Change(2, -2), Change(4, 1, True, 99), Change(5, None)])
    assert store.answers(job.id, "mine") == [Answer(4, 1, True, None)]


def test_classes_are_renamed_added_and_taken_away_while_their_labels_stay(store):
    job = made(store, classes=("good", "bad", "odd"))
    store.change(job.id, "mine", [Change(0, 1), Change(1, 0)])
    store.rename_class(job.id, "mine", 1, "  poor ")
    assert fault(lambda: store.remove_class(job.id, "mine", 1)) == "label.class_has_labels"
    store.remove_class(job.id, "mine", 2)
    store.change(job.id, "mine", [Change(2, 2)])
    found = store.get(job.id, "mine")
    assert found.named == {0: "good", 1: "poor"} and found.labelled == 2, "nothing is labelled with a class that is gone"
    store.add_class(job.id, "mine", "new")
    store.add_class(job.id, "mine", "newer")
    assert store.get(job.id, "mine").named == {0: "good", 1: "poor", 2: "new", 3: "newer"}
    assert fault(lambda: store.add_class(job.id, "mine", "POOR")) == "label.class_twice"
    assert fault(lambda: store.rename_class(job.id, "mine", 0, " ")) == "label.class_no_name"
    for number in range(46):
        store.add_class(job.id, "mine", f"c{number}")
    assert fault(lambda: store.add_class(job.id, "mine", "one too many")) == "label.too_many_classes"
    assert len(store.get(job.id, "mine").named) == 50


def test_labels_of_the_file_are_there_from_the_start_and_say_nothing_of_chance(store):
    job = made(store, given={4: 0, 9: 1})
    assert store.answers(job.id, "mine") == [Answer(4, 0), Answer(9, 1)]


def test_everything_has_a_bound(store, monkeypatch):
    assert fault(lambda: made(store, classes=("only",))) == "label.too_few_classes"
    assert fault(lambda: made(store, texts=TEXTS.head(1))) == "label.too_few_texts"
    monkeypatch.setattr(labellings, "MOST_ROWS", 39)
    assert fault(lambda: made(store)) == "label.too_many_rows"
    monkeypatch.setattr(labellings, "MOST_ROWS", 40)
    monkeypatch.setattr(labellings, "MOST_CHARACTERS", 100)
    assert fault(lambda: made(store)) == "label.too_long"
    monkeypatch.setattr(labellings, "MOST_CHARACTERS", 10_000)
    monkeypatch.setattr(labellings, "MOST_LABELLINGS", 2)
    first = made(store)
    made(store)
    assert fault(lambda: made(store)) == "label.quota" and len(list(store.folder.iterdir())) == 2
    made(store, "yours")
    store.delete(first.id, "mine")
    assert not first.folder.exists() and made(store)
    monkeypatch.setattr(labellings, "MOST_LABELLINGS", 20)
    monkeypatch.setattr(labellings, "MOST_BYTES", 1_000)
    assert fault(lambda: made(store)) == "label.quota_bytes"
    monkeypatch.setattr(labellings, "MOST_BYTES", 10**9)
    monkeypatch.setattr(labellings, "LEAST_FREE", 10**18)
    assert fault(lambda: made(store)) == "training.disk-full"


def test_what_nobody_works_on_leaves_after_its_days_and_strays_do_too(store, monkeypatch):
    old, kept = made(store), made(store)
    monkeypatch.setattr(labellings.time, "time", lambda: 20 * DAY + kept.created)
    store.change(kept.id, "mine", [Change(0, 0)])
    stray = store.folder / "stray"
    stray.mkdir()
    os.utime(stray, (0, 0))
    assert store.clean(31 * DAY + kept.created) == [old.id]
    assert [one.id for one in store.of("mine")] == [kept.id] and not old.folder.exists() and not stray.exists()


def test_a_lost_database_loses_no_more_than_the_last_answers(store, tmp_path):
    job = made(store)
    store.change(job.id, "mine", [Change(row, row % 2, True, 1) for row in range(labelling_facts.NOTED_EACH)])
    store.database.file.write_bytes(b"no database at all" * 100)
    for ending in ("-wal", "-shm"):
        (tmp_path / f"runs.sqlite{ending}").unlink(missing_ok=True)
    again = Labellings(Database(tmp_path), days=30)
    again.clean()
    assert [one.name for one in again.of("mine")] == ["answers"] and again.of("yours") == []
    assert again.answers(job.id, "mine") == [Answer(row, row % 2, True, 1) for row in range(labelling_facts.NOTED_EACH)]


def until(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_reader_reads_every_text_once_in_pieces_and_goes_on_where_it_was(tmp_path, monkeypatch):
    read = []

    def encoded(backbone, texts):
        read.extend(texts)
        return np.array([[float(text), 1.0] for text in texts], np.float32)

    monkeypatch.setattr(text_reader, "encoded", encoded)
    texts = [str(number) for number in range(2 * PIECE + 5)]
    text_reader.write_piece(tmp_path, 0, encoded("", texts[:PIECE]))  # as another process left it
    read.clear()
    reader = TextReader()
    for _ in range(3):
        reader.want("job", tmp_path, texts, "embed-en")
    until(lambda: pieces_read(tmp_path) == 3)
    assert read == texts[PIECE:]
    assert vectors_read(tmp_path, 0, 3)[:, 0].tolist() == [float(text) for text in texts]
    assert vectors_read(tmp_path, 2, 3).shape == (5, 2)


def test_a_model_that_is_not_here_is_said_and_not_asked_for_again(tmp_path, monkeypatch):
    asked = []

    def encoded(backbone, texts):
        asked.append(backbone)
        raise ModelError("models.out_of_time", seconds=1)

    monkeypatch.setattr(text_reader, "encoded", encoded)
    reader = TextReader()
    reader.want("job", tmp_path, ["a"], "embed-en")
    until(lambda: reader.problem("job"))
    reader.want("job", tmp_path, ["a"], "embed-en")
    assert reader.problem("job").key == "models.out_of_time" and asked == ["embed-en"]
