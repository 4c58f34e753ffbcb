"""Integrated gradients: completeness, a case with a known answer, words, and the bound on steps."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from components.models import load
from components.models.attribution import STEPS, attribute
from components.text.tokens import Aligner
from tests.unit.models import tiny

LABELS = ("negative", "neutral", "positive")


def classifier(folder, language="en", temperature=1.0):
    settings = {"task": "classification", "temperature": temperature}
    return load(tiny.save(folder, "BertForSequenceClassification", language, list(LABELS), settings, seed=3))


def log_odds(model, inputs, label, temperature=1.0):
    """Straight from the library's logits: ln p - ln(1 - p)."""
    p = (model(**inputs).logits[0].double() / temperature).softmax(-1)[label]
    return float(torch.log(p) - torch.log1p(-p))


@pytest.mark.parametrize(("language", "text"), [("en", "The cat was sitting, on the mat!"), ("ja", "東京大学で自然言語処理を学ぶ。")])
@pytest.mark.parametrize("label", [0, 2])
def test_words_sum_to_the_difference_of_the_scores(tmp_path, language, text, label):
    model = classifier(tmp_path, language, temperature=1.5)
    found = attribute(model, text, LABELS[label])
    pad = model.aligner.pad_id
    ids = torch.tensor([found.text.ids])
    blank = torch.tensor([[id if special else pad for id, special in zip(found.text.ids, found.text.special, strict=True)]])
    with torch.no_grad():
        difference = log_odds(model.model, {"input_ids": ids}, label, 1.5) - log_odds(model.model, {"input_ids": blank}, label, 1.5)
    assert abs(difference) > 0.1
    assert found.words.sum() == pytest.approx(difference, abs=max(0.02, 0.01 * abs(difference)))
    assert found.score - found.blank_score == pytest.approx(difference, abs=1e-4)
    assert found.gap == pytest.approx(found.words.sum() - difference, abs=1e-4)


class BagOfWords(nn.Module):
    """logits = sum over tokens of embedding @ W. Of two classes the log-odds are linear, so a token's share is known exactly."""

    def __init__(self, vocabulary: int):
        super().__init__()
        torch.manual_seed(1)
        self.embedding, self.weight = nn.Embedding(vocabulary, 8), nn.Linear(8, 2, bias=False)
        self.config = SimpleNamespace(type_vocab_size=0)

    def get_input_embeddings(self):
        return self.embedding

    def forward(self, inputs_embeds, attention_mask):
        return SimpleNamespace(logits=self.weight(inputs_embeds).sum(dim=1))


def test_a_linear_models_words_get_exactly_their_terms(tmp_path):
    aligner = Aligner(tiny.english_tokenizer(tmp_path), 64)
    model = BagOfWords(len(aligner.tokenizer)).requires_grad_(False)
    network = SimpleNamespace(differentiable=model)
    bag = SimpleNamespace(model=model, network=network, aligner=aligner, labels=("no", "yes"), temperature=1.0, multi_label=False)
    found = attribute(bag, "the cat sitting", "yes")
    direction = model.weight.weight[1] - model.weight.weight[0]
    terms = ((model.embedding.weight[list(found.text.ids)] - model.embedding.weight[aligner.pad_id]) @ direction).numpy()
    assert found.tokens[1:-1] == pytest.approx(terms[1:-1], abs=1e-5)
    assert found.word_texts == ("the", "cat", "sitting")
    assert found.words == pytest.approx([terms[1], terms[2], terms[3:-1].sum()], abs=1e-5)
    assert found.tokens[0] == found.tokens[-1] == 0
    assert found.steps == STEPS[0]


def test_words_stand_where_they_say(tmp_path):
    text = "  ㍿ｱｯﾌﾟﾙは東京、です "
    found = attribute(classifier(tmp_path, "ja"), text, "neutral")
    for word, (start, end) in zip(found.word_texts, found.word_spans, strict=True):
        assert text[start:end] == word


def test_steps_and_passes_are_bounded_for_a_text_of_any_length(tmp_path):
    shares = []
    found = attribute(classifier(tmp_path), "cat " * 5_000, "negative", progress=shares.append)
    assert len(found.text) == 64 and found.text.left_out[0] == 4_938
    assert found.steps <= STEPS[-1] and len(shares) <= sum(STEPS) and shares[-1] == 1.0
    assert all(0 < share <= 1 for share in shares)


def test_of_a_label_that_may_hold_beside_others_the_logit_itself_is_explained(tmp_path):
    folder = tiny.save(tmp_path, "BertForSequenceClassification", "en", list(LABELS), problem_type="multi_label_classification")
    model = load(folder, "classification")
    found = attribute(model, "the cat sat", "neutral")
    probability = model.predict(["the cat sat"])[0].scores["neutral"]
    assert 1 / (1 + np.exp(-found.score)) == pytest.approx(probability, abs=1e-5)


def test_a_text_without_tokens_has_no_words(tmp_path):
    found = attribute(classifier(tmp_path), "   ", "negative")
    assert found.words.shape == (0,) and found.score == found.blank_score and np.all(found.tokens == 0)


def test_a_label_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="angry"):
        attribute(classifier(tmp_path), "cat", "angry")
