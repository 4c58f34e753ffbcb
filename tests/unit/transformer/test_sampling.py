"""Choosing the next token, against the library's own processors."""

import pytest
import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from components.transformer.sampling import Sampling, distribution, draw, entropy_bits

LOGITS = torch.randn(500, generator=torch.Generator().manual_seed(3)) * 3


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7])
@pytest.mark.parametrize("top_k", [0, 1, 20, 500, 900])
@pytest.mark.parametrize(("top_p", "min_p"), [(1.0, 0.0), (0.5, 0.0), (0.05, 0.0), (1.0, 0.1), (0.95, 0.05)])
def test_it_is_the_librarys(temperature, top_k, top_p, min_p):
    steps = LogitsProcessorList([RepetitionPenaltyLogitsProcessor(1.4), TemperatureLogitsWarper(temperature)])
    steps += [TopKLogitsWarper(top_k)] if top_k else []
    steps += [TopPLogitsWarper(top_p)] if top_p < 1 else []
    steps += [MinPLogitsWarper(min_p)] if min_p else []
    there = [5, 17, 5, 400]
    wanted = steps(torch.tensor([there]), LOGITS[None].clone())[0].softmax(-1)
    found = distribution(LOGITS, Sampling(temperature, top_k, top_p, min_p, 1.4), there)
    assert torch.equal(found > 0, wanted > 0)
    torch.testing.assert_close(found, wanted)


def test_no_temperature_is_the_likeliest():
    found = distribution(LOGITS, Sampling(temperature=0))
    assert found.sum() == 1 and found[LOGITS.argmax()] == 1
    assert entropy_bits(found) == 0


def test_the_logits_stay_as_they_are():
    before = LOGITS.clone()
    distribution(LOGITS, Sampling(0.5, 10, 0.5, 0.1, 2), [1])
    assert torch.equal(LOGITS, before)


def test_entropy_of_equal_chances_is_the_logarithm_of_their_number():
    assert entropy_bits(torch.full((64,), 1 / 64)) == pytest.approx(6)


def test_draws_follow_the_chances_and_the_seed():
    chances = torch.tensor([0.7, 0.2, 0.1, 0.0])
    found = [draw(chances, torch.Generator().manual_seed(seed)) for seed in range(2000)]
    shares = torch.bincount(torch.tensor(found), minlength=4) / 2000
    torch.testing.assert_close(shares, chances, atol=0.04, rtol=0)
    assert shares[3] == 0
    assert found[:50] == [draw(chances, torch.Generator().manual_seed(seed)) for seed in range(50)]
