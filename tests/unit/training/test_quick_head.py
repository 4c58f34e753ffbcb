"""Frozen features and the head on them, against the block that a model has for them and against scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from components.errors import TrainingError
from components.models.inference import TaskModel
from components.training.frozen import add_mean_block
from components.training.quick_head import STRENGTH, QuickHead, encoded

TEXTS = ["the lamp was very lovely", "my chair", "a radio felt quite nasty and the clock stayed poor and the table", ""]


def test_a_texts_vector_is_what_the_block_on_top_gives_the_first_token(tiny):
    model = AutoModelForSequenceClassification.from_pretrained(tiny).eval()
    add_mean_block(model)
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    with torch.no_grad():
        for text, vector in zip(TEXTS, encoded(tiny, TEXTS, max_length=12), strict=True):
            inputs = tokenizer(text, truncation=True, max_length=12, return_tensors="pt")
            expected = model.bert(inputs["input_ids"], inputs["attention_mask"]).last_hidden_state[0, 0]
            assert vector == pytest.approx(expected.numpy(), abs=1e-4)


def test_a_text_is_encoded_once(tiny, monkeypatch):
    before, told = encoded(tiny, TEXTS[:2], max_length=9), []
    read = []
    outputs = TaskModel.outputs
    monkeypatch.setattr(
        TaskModel, "outputs", lambda self, sequences, *rest, **more: read.extend(sequences) or outputs(self, sequences, *rest, **more)
    )
    after = encoded(tiny, [TEXTS[1], TEXTS[2], TEXTS[2], TEXTS[0]], max_length=9, progress=told.append)
    assert len(read) == 1 and (after[[3, 0]] == before).all() and (after[1] == after[2]).all() and sum(told) == 4


@pytest.mark.parametrize("classes", [2, 4])
def test_probabilities_are_scikit_learns(classes):
    random = np.random.default_rng(0)
    labels = random.integers(0, classes, 90)
    features = random.standard_normal((90, 12)) * 3 + random.standard_normal((classes, 12))[labels] + 5
    head = QuickHead.fit(features, labels, classes + 1, 0)
    found = head.probabilities(features)
    expected = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=500)).fit(features, labels).predict_proba(features)
    assert found[:, :classes] == pytest.approx(expected, abs=1e-3) and found[:, classes].max() < 1e-6, "no row has the last class"
    assert found.sum(axis=1) == pytest.approx(1)


def test_one_class_is_called_for_every_text_and_no_row_is_a_sentence():
    assert QuickHead.fit(np.ones((3, 4)), np.array([1, 1, 1]), 3, 0).probabilities(np.zeros((2, 4))).argmax(axis=1).tolist() == [1, 1]
    with pytest.raises(TrainingError):
        QuickHead.fit(np.ones((0, 4)), np.array([], dtype=int), 3, 0)
