"""Sentence vectors against sentence-transformers' own, poolings against the formulas."""

import threading

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.util import cos_sim

from components.models import ModelError, files, load
from components.models.similarity import pool

SENTENCES = [
    "The cat sits on the mat.",
    "A feline rests on a rug.",
    "The dog plays in the park.",
    "Machine learning is a subset of artificial intelligence.",
    "Deep learning uses neural networks.",
    "",
    "emoji 🙂 and " + "many " * 400,
]


@pytest.fixture(scope="module")
def encoder():
    return load("embed-en")


@pytest.fixture(scope="module")
def reference():
    return SentenceTransformer(str(files.find("embed-en").folder), device="cpu")


def test_equals_sentence_transformers(encoder, reference):
    ours, theirs = encoder.encode(SENTENCES), reference.encode(SENTENCES)
    assert ours.dtype == np.float32 and ours.shape == (7, 384)
    assert np.abs(ours - theirs).max() < 1e-4
    assert np.abs(ours @ ours.T - cos_sim(theirs, theirs).numpy()).max() < 1e-4


@pytest.mark.parametrize("pooling", ["mean", "max", "cls", "pooler"])
def test_poolings_equal_the_library_model(encoder, reference, pooling):
    """Each text alone through transformers' BertModel, so that there is no padding at all."""
    model, tokenizer = reference[0].model, reference[0].tokenizer
    for text, vector in zip(SENTENCES, encoder.encode(SENTENCES, pooling=pooling, normalize=False), strict=True):
        with torch.inference_mode():
            output = model(**tokenizer([text], truncation=True, max_length=256, return_tensors="pt"))
        states = output.last_hidden_state[0].numpy()
        expected = {
            "mean": states.mean(axis=0),
            "max": states.max(axis=0),
            "cls": states[0],
            "pooler": output.pooler_output[0].numpy(),
        }[pooling]
        assert np.abs(vector - expected).max() < 1e-4


def test_layers_equal_the_library_hidden_states(encoder, reference):
    features = reference[0].tokenizer(SENTENCES[:1], return_tensors="pt")
    with torch.inference_mode():
        states = reference[0].model(**features, output_hidden_states=True).hidden_states
    for layer in range(7):
        vector = encoder.encode(SENTENCES[:1], pooling="mean", layer=layer, normalize=False)[0]
        assert np.abs(vector - states[layer][0].mean(dim=0).numpy()).max() < 1e-4
    assert np.array_equal(encoder.encode(SENTENCES, layer=-2), encoder.encode(SENTENCES, pooling="mean", layer=5))


def test_padding_does_not_change_a_vector(encoder):
    for pooling in ("mean", "max", "cls", "pooler"):
        alone = encoder.encode(SENTENCES[:1], pooling=pooling)
        beside = encoder.encode([SENTENCES[0], SENTENCES[6]], pooling=pooling)
        assert np.abs(alone[0] - beside[0]).max() < 1e-5


def test_variants_in_one_pass_equal_one_by_one(encoder):
    variants = [("mean", -1), ("max", 3), ("cls", 0), ("pooler", -1)]
    for (pooling, layer), vectors in encoder.encode_variants(SENTENCES, variants).items():
        assert np.allclose(vectors, encoder.encode(SENTENCES, pooling=pooling, layer=layer), atol=1e-5)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_pool_leaves_padding_out():
    hidden = torch.tensor([[[1.0, -5.0], [3.0, -7.0], [100.0, 100.0]]])
    mask = torch.tensor([[1, 1, 0]])
    assert pool(hidden, mask, "mean").tolist() == [[2.0, -6.0]]
    assert pool(hidden, mask, "max").tolist() == [[3.0, -5.0]]
    assert pool(hidden, mask, "cls").tolist() == [[1.0, -5.0]]


def test_order_progress_and_empty_input(encoder):
    texts = [f"Sentence number {n} " + "with more words " * (n % 7) for n in range(70)]
    done = []
    vectors = encoder.encode(texts, progress=done.append)
    assert sum(done) == 70 and len(done) == 3
    assert np.abs(vectors[41] - encoder.encode([texts[41]])[0]).max() < 1e-5
    assert encoder.encode([]).shape == (0, 384)


def test_token_counts_tell_what_is_not_read(encoder):
    counts = encoder.token_counts(SENTENCES)
    assert counts[5] == 2 and counts[6] > encoder.max_length == 256


def test_wrong_use(encoder):
    with pytest.raises(TypeError):
        encoder.encode("one string")
    with pytest.raises(TypeError):
        encoder.encode([None])
    with pytest.raises(ValueError, match="unknown pooling"):
        encoder.encode(["x"], pooling="median")
    with pytest.raises(ModelError) as caught:
        encoder.encode(["x"], layer=7)
    assert caught.value.key == "models.no_layer"
    with pytest.raises(ModelError) as caught:
        encoder.encode(["x"], pooling="pooler", layer=3)
    assert caught.value.key == "models.pooler_layer"


def test_threads_get_the_answers_of_one(encoder):
    expected = [encoder.encode([text]) for text in SENTENCES]
    wrong = []

    def work() -> None:
        for _ in range(3):
            for text, vector in zip(SENTENCES, expected, strict=True):
                encoder.token_counts([text])
                if np.abs(encoder.encode([text]) - vector).max() > 1e-5:
                    wrong.append(text)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_loaded_once_and_concurrently():
    found = []
    threads = [threading.Thread(target=lambda: found.append(load("embed-en"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in found}) == 1
