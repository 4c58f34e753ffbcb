"""The nearest training rows: of the rows learned from alone, by what the run's own head reads, and for whoever may read them."""

import numpy as np
import pytest

from components.errors import TrainingError
from components.training import fine_tune, neighbours
from components.training.store import RunStore

FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3}


@pytest.fixture(scope="module")
def trained(tiny, reviews, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("HIMOTOKU_HOME", str(home))
        store = RunStore(home)
        run = fine_tune(reviews, backbone=tiny, epochs=4, store=store, **FAST)
        with store.database.connection() as database:
            yield store, run, database.execute("select read_key from runs").fetchone()["read_key"]


def test_the_vectors_are_what_the_head_reads(trained, reviews):
    """The head on the vectors gives the model's logits, so nearness is nearness for the decision."""
    import torch

    from components.models import load

    _, run, _ = trained
    texts = reviews["text"].head(7).tolist()
    encoder, classifier = load(f"run:{run.id}", "similarity"), load(f"run:{run.id}")
    vectors = torch.tensor(encoder.encode(texts, pooling="pooler", normalize=False))
    sequences = [classifier.aligner.tokenize(text) for text in texts]
    expected = torch.zeros(len(texts), 2)
    for rows, output in classifier.outputs(sequences):
        expected[rows] = output["logits"]
    assert torch.allclose(classifier.model.classifier(vectors), expected, atol=1e-5)


def test_nearest_are_rows_learned_from_with_the_cosine_and_the_labels_of_the_table(trained, reviews):
    store, run, key = trained
    index = neighbours.training_index(store, run, key)
    assert len(index.rows) == index.trained == run.result.rows.train and not set(index.rows) & set(run.result.test_rows)
    found = index.nearest("the lamp was very lovely and door felt radio", 5)
    assert [one.label for one in found] == ["good"] * 5
    for one in found:
        assert (reviews.loc[one.row, "text"], reviews.loc[one.row, "label"]) == (one.text, one.label)
    similarities = [one.similarity for one in found]
    assert similarities == sorted(similarities, reverse=True)
    itself = index.nearest(index.texts[3], 1)[0]
    assert itself.similarity == pytest.approx(1, abs=1e-5)
    assert np.allclose(np.linalg.norm(index.vectors, axis=1), 1, atol=1e-5)


def test_many_rows_are_sampled_and_a_stranger_gets_none(trained, monkeypatch):
    store, run, key = trained
    monkeypatch.setattr(neighbours, "MOST_ROWS", 20)
    index = neighbours.training_index(store, run, key)
    assert len(index.rows) == 20 < index.trained and index.rows == neighbours.training_index(store, run, key).rows
    with pytest.raises(TrainingError, match="does not open"):
        neighbours.training_index(store, run, "another key")
