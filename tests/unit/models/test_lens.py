"""The logit lens against plain transformers, and its bounds."""

import pytest
import torch

from components.errors import ModelError
from components.models.lens import MAX_TOKENS, lens


def test_every_cell_is_the_head_over_that_layer(masked):
    model, text = masked
    seen = lens(model, text)
    assert list(seen.places) == list(range(len(seen.text))) and seen.layers == model.model.config.num_hidden_layers
    with torch.no_grad():
        states = model.model(input_ids=torch.tensor([seen.text.ids]), output_hidden_states=True).hidden_states
        for layer, state in enumerate(states):
            best = (model.model.cls(state[0]) / model.temperature).softmax(-1).max(-1)
            assert [fills[0].id for fills in seen.said[layer]] == best.indices.tolist()
            assert [fills[0].score for fills in seen.said[layer]] == pytest.approx(best.values.tolist(), abs=1e-4)


def test_the_last_layer_says_what_filling_the_gap_says(masked):
    model, text = masked
    seen = lens(model, text)
    gap = seen.text.ids.index(model.mask_id)
    assert seen.said[-1][gap][0].id == model.fill(text, 1)[0][0].id
    settled = seen.settled(gap)
    answers = [seen.said[layer][gap][0].id for layer in range(seen.layers + 1)]
    assert len(set(answers[settled:])) == 1 and (settled == 0 or answers[settled - 1] != answers[-1])


def test_of_a_long_text_the_tokens_round_the_gap_are_asked_about(masked):
    model, text = masked
    seen = lens(model, "a " * 100 + text)
    gap = seen.text.ids.index(model.mask_id)
    assert len(seen.places) == MAX_TOKENS and gap in seen.places and len(seen.said[0]) == MAX_TOKENS


def test_a_head_of_another_kind_gets_a_sentence():
    class Other:
        id, model = "other/model", object()

    with pytest.raises(ModelError) as problem:
        lens(Other(), "猫")
    assert problem.value.key == "masked_lm.no_lens"
