"""Words as vectors: rows, neighbours and states against plain transformers."""

import numpy as np
import pytest
import torch

from components.models import bundled, load
from components.models.masked_lm import bare
from components.models.word_vectors import across_layers, nearest, read, table


def test_rows_states_and_words_are_those_of_the_library(masked):
    model, text = masked
    reading = read(model, text)
    ids = torch.tensor([reading.text.ids])
    with torch.no_grad():
        output = model.model(input_ids=ids, output_hidden_states=True)
    assert np.allclose(reading.rows, model.model.get_input_embeddings()(ids)[0].detach().numpy())
    assert reading.states.shape == (model.model.config.num_hidden_layers + 1, *reading.rows.shape)
    assert np.allclose(reading.states, torch.cat(output.hidden_states).numpy(), atol=1e-4)
    probabilities = (output.logits[0] / model.temperature).softmax(-1)
    assert [fills[0].id for fills in reading.said] == probabilities.argmax(-1).tolist()
    assert reading.said[4][1].score == pytest.approx(float(probabilities[4].topk(2).values[1]), abs=1e-5)


def test_the_nearest_are_those_of_all_cosines_but_the_word_itself(masked):
    model, _ = masked
    rows = table(model).numpy()
    lengths = np.linalg.norm(rows, axis=1)
    id = 2_800
    cosines = rows @ rows[id] / (lengths * lengths[id])
    tokens = model.aligner.tokenizer.convert_ids_to_tokens(list(range(len(rows))))
    expected = [other for other in np.argsort(-cosines) if bare(tokens[other]) != bare(tokens[id])][:8]
    found = nearest(model, id, 8)
    assert [one.id for one in found] == expected
    assert found[0].cosine == pytest.approx(float(cosines[expected[0]]), abs=1e-5)


def test_a_word_is_nearer_to_itself_in_the_same_sense():
    """What the page's example shows: the river's bank is less like the bank for money than two banks for money are like one another."""
    model = load(bundled.models_for("en").masked_lm, "masked_lm")
    river, money, loan = (
        read(model, text)
        for text in ("He sat on the bank of the river and fished.", "She put her money in the bank.", "The bank lent him the money.")
    )
    bank = model.aligner.tokenizer.convert_tokens_to_ids("bank")
    states = [reading.states[:, reading.text.ids.index(bank)] for reading in (river, money, loan)]
    other, same = across_layers(states[1], states[0])[-1], across_layers(states[1], states[2])[-1]
    assert other < 0.75 < same


def test_the_head_compares_with_the_table_itself():
    for spoken in ("en", "ja"):
        model = load(bundled.models_for(spoken).masked_lm, "masked_lm").model
        assert torch.equal(model.get_output_embeddings().weight, model.get_input_embeddings().weight)
