"""Accuracy against masking rate, against probabilities computed by hand from the library's logits."""

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from components.models import load
from components.models.masked_accuracy import MAX_DRAWS, RATES, accuracy_by_rate
from components.models.masking import NOT_CHOSEN, draw_maskings
from tests.unit.models import tiny

TEXT = "the cat sat on the mat, cook sat on the cat."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.save(tmp_path_factory.mktemp("models") / "mlm", "BertForMaskedLM")


def test_scores_are_those_of_the_librarys_logits(folder):
    model = load(folder)
    (scores,) = accuracy_by_rate(model, TEXT, masked=0.8, random=0.1, seed=2, rates=[0.4])
    tokenizer = model.aligner.tokenizer
    text = model.tokenize(TEXT)
    maskings = draw_maskings(
        text, rate=0.4, masked=0.8, random=0.1, mask_id=model.mask_id, vocabulary=len(tokenizer), special_ids=tokenizer.all_special_ids,
        draws=MAX_DRAWS, seed=2,
    )  # fmt: skip
    library = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.no_grad():
        logits = library(input_ids=torch.tensor(maskings.ids)).logits
    chosen = torch.tensor(maskings.action != NOT_CHOSEN)
    truth = torch.tensor(text.ids).expand(chosen.shape)[chosen]
    assert scores.tokens == len(truth) > 20
    loss = torch.nn.functional.cross_entropy(logits[chosen], truth)
    assert scores.loss == pytest.approx(float(loss), abs=1e-4)
    assert scores.top1 == pytest.approx(float((logits[chosen].argmax(-1) == truth).float().mean()))
    assert scores.top5 == pytest.approx(float((logits[chosen].topk(5).indices == truth[:, None]).any(-1).float().mean()))


def test_every_rate_gets_a_score_one_at_a_time(folder):
    scores = accuracy_by_rate(load(folder), TEXT, masked=1.0, random=0.0)
    first = next(scores)
    assert first.rate == RATES[0]
    assert [first.rate, *(point.rate for point in scores)] == list(RATES)


def test_no_chosen_token_is_nan_and_not_an_error(folder):
    (scores,) = accuracy_by_rate(load(folder), TEXT, masked=0.8, random=0.1, rates=[0.0])
    assert scores.tokens == 0 and np.isnan(scores.loss)
