"""Classes and next sentences against transformers' own models; calibration; what a text is that a model wasn't made for."""

import threading

import numpy as np
import pytest
import torch
from transformers import AutoModelForNextSentencePrediction, AutoModelForSequenceClassification, AutoTokenizer

from components.models import ModelError, Prediction, load
from components.models.classification import untrained
from tests.unit.models import tiny

TEXTS = ["the cat sat", "", "tim cook is the ceo of apple inc.", "cat " * 100, "日本 🙂"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "classes"
    return tiny.save(path, "BertForSequenceClassification", labels=["bad", "fair", "good"], settings={"temperature": 2.0})


def library_logits(folder, auto_class, *texts, **arguments):
    model, tokenizer = auto_class.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        # Lists of one, because the tokenizer drops an empty second text that is not in a list.
        return model(**tokenizer(*([text] for text in texts), truncation=True, max_length=64, return_tensors="pt", **arguments)).logits[0]


def test_probabilities_are_the_librarys_with_a_temperature(folder):
    predictions = load(folder).predict(TEXTS)
    for text, prediction in zip(TEXTS, predictions, strict=True):
        expected = (library_logits(folder, AutoModelForSequenceClassification, text) / 2).softmax(-1).tolist()
        assert isinstance(prediction, Prediction)
        assert list(prediction.scores) == ["bad", "fair", "good"]
        assert list(prediction.scores.values()) == pytest.approx(expected, abs=1e-5)
        assert prediction.score == max(prediction.scores.values()) == prediction.scores[prediction.label]
    assert [prediction.truncated for prediction in predictions] == [False, False, False, True, False]


def test_many_texts_keep_their_order_and_can_be_stopped(folder):
    classifier = load(folder)
    texts = [f"cat {n} " + "sat " * (n % 40) for n in range(600)]
    done: list[int] = []
    predictions = classifier.predict(texts, progress=done.append)
    assert sum(done) == len(predictions) == 600
    assert predictions[123].score == pytest.approx(classifier.predict([texts[123]])[0].score, abs=1e-5)
    rows, first = next(classifier.stream(texts))
    assert len(rows) == len(first) < 600


def test_an_untrained_head_says_nothing(folder):
    """The same text gets another label with another seed: the chapter's pitfall."""
    answers = {untrained(str(folder), seed=seed).predict(["the cat sat"])[0].label for seed in range(12)}
    assert answers == {"negative", "positive"}
    same = [untrained(str(folder), seed=3).predict(TEXTS) for _ in range(2)]
    assert same[0] == same[1]


def test_next_sentence_equals_the_library(tmp_path):
    folder = tiny.save(tmp_path / "nsp", "BertForNextSentencePrediction")
    pairs = [("the cat sat", "on the mat"), ("apple inc", "tim cook is ceo"), ("a", ""), ("cat " * 80, "mat " * 80)]
    probabilities = load(folder).predict(pairs)
    assert probabilities.dtype == np.float32 and probabilities.shape == (4,)
    for (a, b), ours in zip(pairs, probabilities, strict=True):
        logits = library_logits(folder, AutoModelForNextSentencePrediction, a, b)
        # Index 0 is "is next" in transformers: BertForNextSentencePrediction's own documentation.
        assert ours == pytest.approx(float(logits.softmax(-1)[0]), abs=1e-5)
    for wrong in (["ab"], [("a",)], [("a", 1)], ["one string"]):
        with pytest.raises(TypeError):
            load(folder).predict(wrong)


def test_wrong_use(folder, tmp_path):
    with pytest.raises(TypeError):
        load(folder).predict("one string")
    with pytest.raises(TypeError):
        load(folder).predict([None])
    with pytest.raises(ModelError) as caught:
        load(folder, task="ner")
    assert caught.value.key == "models.wrong_task"
    single = tiny.save(tmp_path / "score", "BertForSequenceClassification", labels=["score"])
    with pytest.raises(ModelError) as caught:
        load(single)
    assert caught.value.key == "models.one_label"


def test_threads_get_the_answers_of_one(folder):
    classifier = load(folder)
    expected = [classifier.predict([text])[0].score for text in TEXTS]
    wrong = []

    def work() -> None:
        for _ in range(20):
            for text, score in zip(TEXTS, expected, strict=True):
                if abs(classifier.predict([text])[0].score - score) > 1e-5:
                    wrong.append(text)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
