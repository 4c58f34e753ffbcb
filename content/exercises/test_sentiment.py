"""Tests for exercise 5. Put this file beside your sentiment.py and run `pytest`. No download is needed, and it takes seconds."""

import copy
import json
from types import SimpleNamespace

import pytest
import torch
from sentiment import SentimentDataset, evaluate_model, train_model
from torch.utils.data import DataLoader
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "very", "not"]
CPU = torch.device("cpu")


@pytest.fixture
def tokenizer(tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}), encoding="utf-8")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}), encoding="utf-8")
    return AutoTokenizer.from_pretrained(tmp_path)


@pytest.fixture
def model():
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    return BertForSequenceClassification(BertConfig(vocab_size=len(WORDS), num_labels=2, **sizes))


class KnownAnswers(torch.nn.Module):
    """Answers class 1 where the first token's id is 5, else class 0, and remembers how it was called."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))
        self.modes, self.gradients = [], []

    def forward(self, input_ids, attention_mask=None, labels=None):
        self.modes.append(self.training)
        self.gradients.append(torch.is_grad_enabled())
        one = (input_ids[:, 0] == 5).float() * self.weight
        return SimpleNamespace(logits=torch.stack([1 - one, one], dim=1), loss=None)


class Line(torch.nn.Module):
    """loss = mean of (w - x)^2 over the batch, x the first id: every number can be worked out on paper."""

    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor(0.0))
        self.dropout = torch.nn.Dropout(0.5)

    def forward(self, input_ids, attention_mask=None, labels=None):
        assert labels is not None, "the model needs the labels to compute its loss"
        assert self.training, "train_model must switch the model to training mode"
        return SimpleNamespace(loss=((self.w - input_ids[:, 0].float()) ** 2).mean(), logits=None)


def batch(*first_ids, labels=None):
    ids = torch.tensor([[value, 0] for value in first_ids])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": torch.tensor(labels or [0] * len(first_ids))}


def test_dataset_has_a_length_and_gives_tensors_of_one_shape(tokenizer):
    data = SentimentDataset(["good film", "bad"], [1, 0], tokenizer, max_length=6)
    assert len(data) == 2
    for index, label in enumerate([1, 0]):
        item = data[index]
        assert item["input_ids"].shape == (6,) and item["attention_mask"].shape == (6,)
        assert item["labels"].dtype == torch.long and item["labels"].shape == () and item["labels"].item() == label
    assert data[0]["input_ids"].tolist() == [2, 5, 7, 3, 0, 0]
    assert data[0]["attention_mask"].tolist() == [1, 1, 1, 1, 0, 0]


def test_dataset_cuts_a_long_text_and_keeps_its_last_special_token(tokenizer):
    ids = SentimentDataset(["very " * 50], [1], tokenizer, max_length=6)[0]["input_ids"].tolist()
    assert ids == [2, 8, 8, 8, 8, 3]


def test_dataset_works_in_a_loader(tokenizer):
    data = SentimentDataset(["good", "bad film", "very good"], [1, 0, 1], tokenizer, max_length=5)
    sizes = [tuple(part["input_ids"].shape) for part in DataLoader(data, batch_size=2)]
    assert sizes == [(2, 5), (1, 5)]


def test_each_step_uses_its_own_gradient_alone():
    model = Line()
    train_model(model, [batch(4), batch(8)], torch.optim.SGD(model.parameters(), lr=0.25), CPU, epochs=1)
    # Step 1: w = 0 - 0.25 * 2 * (0 - 4) = 2. Step 2: w = 2 - 0.25 * 2 * (2 - 8) = 5. Left-over gradients would give 7.
    assert model.w.item() == pytest.approx(5.0)


def test_the_loss_of_an_epoch_is_the_mean_over_samples_not_over_batches():
    model = Line()
    losses = train_model(model, [batch(1, 1, 1), batch(3)], torch.optim.SGD(model.parameters(), lr=0.0), CPU, epochs=2)
    assert losses == pytest.approx([(1 + 1 + 1 + 9) / 4] * 2)


def test_training_switches_back_to_training_mode():
    model = Line().eval()
    train_model(model, [batch(1)], torch.optim.SGD(model.parameters(), lr=0.1), CPU, epochs=1)


def test_training_learns_a_separable_task(model, tokenizer):
    data = SentimentDataset(["good film", "bad film", "very good", "very bad"] * 4, [1, 0, 1, 0] * 4, tokenizer, max_length=5)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    losses = train_model(model, DataLoader(data, batch_size=4), optimizer, CPU, epochs=8)
    assert len(losses) == 8 and losses[-1] < losses[0] / 2
    assert evaluate_model(model, DataLoader(data, batch_size=5), CPU)["accuracy"] == 1.0


def test_evaluation_counts_right_answers_over_uneven_batches():
    # Predictions 1 0 1 0 against labels 1 0 0 0: 3 of 4 right; F1 is 0.8 for class 0 and 2/3 for class 1.
    loader = [batch(5, 6, 5, labels=[1, 0, 0]), batch(6, labels=[0])]
    found = evaluate_model(KnownAnswers(), loader, CPU)
    assert list(found["predictions"]) == [1, 0, 1, 0]
    assert found["accuracy"] == pytest.approx(0.75)
    assert found["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 2)


def test_evaluation_runs_without_dropout_and_without_gradients():
    model = KnownAnswers().train()
    evaluate_model(model, [batch(5, labels=[1])], CPU)
    assert model.modes == [False] and model.gradients == [False]


def test_evaluation_changes_no_weight(model, tokenizer):
    before = copy.deepcopy(model.state_dict())
    data = SentimentDataset(["good", "bad"], [1, 0], tokenizer, max_length=4)
    evaluate_model(model, DataLoader(data, batch_size=2), CPU)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
