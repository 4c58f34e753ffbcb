"""Any architecture opened up: its attention is the library's own, and heads are switched off as if W_O had no columns for them."""

import numpy as np
import pytest
import torch
import transformers

from components.models import ModelError, load
from components.models.tokenizers import load_tokenizer
from components.transformer.analysis import is_causal, rollout
from tests.unit.models import architectures
from tests.unit.models.architectures import KINDS, TEXT

PAIR = "the cat sat"
# Where each architecture keeps W_O of its first block.
OUTPUT = {
    "DistilBert": "transformer.layer.0.attention.out_lin",
    "Roberta": "encoder.layer.0.attention.output.dense",
    "Albert": "encoder.albert_layer_groups.0.albert_layers.0.attention.dense",
    "GPT2": "h.0.attn.c_proj",
    "Electra": "encoder.layer.0.attention.output.dense",
    "Deberta": "encoder.layer.0.attention.output.dense",
    "DebertaV2": "encoder.layer.0.attention.output.dense",
    "MPNet": "encoder.layer.0.attention.attn.o",
    "Bert": "encoder.layer.0.attention.output.dense",
}


def library(folder):
    model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    return model, transformers.AutoTokenizer.from_pretrained(folder)


def answer(folder, text, pair=None, change=None):
    model, tokenizer = library(folder)
    if change:
        change(model)
    types = getattr(model.config, "type_vocab_size", 0) > 1
    inputs = tokenizer(text, pair, return_tensors="pt", truncation=True, max_length=64, return_token_type_ids=types)
    with torch.inference_mode():
        return inputs["input_ids"][0].tolist(), model(**inputs, output_hidden_states=True, output_attentions=True)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("pair", [None, PAIR])
def test_attention_is_the_librarys_own(tmp_path, name, pair):
    folder = architectures.save(tmp_path / name, name)
    ours = load(folder, task="encoder").run(TEXT, pair, attentions=True, hidden_states=True)
    ids, theirs = answer(folder, TEXT, pair)
    assert list(ours.text.ids) == ids
    assert ours.attentions.shape == (3, 4, len(ids), len(ids))
    np.testing.assert_allclose(ours.attentions, torch.cat(theirs.attentions).numpy(), atol=1e-6)
    np.testing.assert_allclose(ours.hidden_states, torch.cat(theirs.hidden_states).numpy(), atol=1e-4)
    np.testing.assert_allclose(ours.attentions.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(rollout(ours.attentions).sum(axis=-1), 1, atol=1e-5)
    assert is_causal(ours.attentions) == (name == "GPT2")
    if name == "GPT2":
        assert np.triu(ours.attentions, 1).max() == 0 == np.triu(rollout(ours.attentions), 1).max()


@pytest.mark.parametrize("name", KINDS)
def test_a_head_off_equals_zeroed_output_weights(tmp_path, name):
    folder = architectures.save(tmp_path / name, name)
    encoder = load(folder, task="encoder")
    assert encoder.opened.switches_heads
    every = name == "Albert"  # whose layers share one W_O
    off = [(layer, 1) for layer in range(3 if every else 1)]

    def zero(model):
        weight = model.get_submodule(OUTPUT[name]).weight.data
        columns = weight.T if name != "GPT2" else weight  # GPT-2's Conv1D keeps (in, out)
        columns[4:8] = 0

    _, theirs = answer(folder, TEXT, change=zero)
    ours = encoder.run(TEXT, masked_heads=off).last_hidden_state
    np.testing.assert_allclose(ours, theirs.last_hidden_state[0].numpy(), atol=1e-4)
    assert np.abs(ours - encoder.run(TEXT).last_hidden_state).max() > 1e-3


def test_alberts_layers_are_switched_one_by_one(tmp_path):
    encoder = load(architectures.save(tmp_path / "albert", "Albert"), task="encoder")
    plain = encoder.run(TEXT, hidden_states=True).hidden_states
    last = encoder.run(TEXT, hidden_states=True, masked_heads=[(2, 0)]).hidden_states
    np.testing.assert_array_equal(plain[:3], last[:3])
    assert np.abs(plain[3] - last[3]).max() > 1e-3


@pytest.mark.parametrize("name", ["DistilBert", "Albert", "GPT2"])
def test_without_positions_order_is_lost_where_it_came_from_a_table(tmp_path, name):
    encoder = load(architectures.save(tmp_path / name, name), task="encoder")

    def forget(model):
        next(module for part, module in model.named_modules() if part.endswith(("position_embeddings", "wpe"))).weight.data.zero_()

    _, theirs = answer(tmp_path / name, TEXT, change=forget)
    np.testing.assert_allclose(encoder.run(TEXT, positions="none").last_hidden_state, theirs.last_hidden_state[0].numpy(), atol=1e-4)


def test_gpt2_is_cut_at_its_own_length_with_its_model_and_without(tmp_path):
    folder = architectures.save(tmp_path / "gpt2", "GPT2", n_positions=32)
    for reader in (load(folder, task="encoder"), load_tokenizer(str(folder))):
        assert reader.max_length == 32
    run = load(folder, task="encoder").run("cat " * 60, attentions=[0])
    assert len(run.text) == 32 and run.text.left_out[0] > 0


def test_what_a_model_lacks_is_said(tmp_path):
    gpt2 = load(architectures.save(tmp_path / "gpt2", "GPT2"), task="encoder")
    deberta = load(architectures.save(tmp_path / "deberta", "Deberta"), task="encoder")
    for encoder, settings, key in (
        (gpt2, {"mask_tokens": [0]}, "models.no_mask"),
        (gpt2, {"ffn_layer": 0}, "models.not_bert_like"),
        (deberta, {"positions": "none"}, "models.not_bert_like"),
    ):
        with pytest.raises(ModelError) as caught:
            encoder.run(TEXT, **settings)
        assert caught.value.key == key
    with pytest.raises(ModelError) as caught:
        gpt2.run("")
    assert caught.value.key == "models.no_tokens"


def test_a_model_whose_attention_is_no_square_is_refused(tmp_path):
    folder = tmp_path / "longformer"
    architectures.TOKENIZERS["bytes"](folder_made(folder), "Longformer")
    config = transformers.LongformerConfig(vocab_size=330, attention_window=4, pad_token_id=1, **architectures.SIZES)
    transformers.LongformerModel(config).save_pretrained(folder)
    with pytest.raises(ModelError) as caught:
        load(folder, task="encoder").run(TEXT, attentions=True)
    assert caught.value.key == "models.no_attentions"


def folder_made(folder):
    folder.mkdir()
    return folder


def test_an_electra_that_tells_replaced_tokens_is_opened(tmp_path):
    folder = architectures.save(tmp_path / "electra", "Electra", "ForPreTraining")
    encoder = load(folder, task="encoder")
    assert encoder.task is None and encoder.run(TEXT, attentions=[1]).attentions.shape[0] == 1


@pytest.mark.parametrize("name", ["DistilBert", "Albert", "GPT2"])
def test_the_answers_of_a_classifier_can_be_watched(tmp_path, name):
    settings = {"id2label": {0: "no", 1: "yes"}, "label2id": {"no": 0, "yes": 1}}
    folder = architectures.save(tmp_path / name, name, "ForSequenceClassification", **settings)
    ours = load(folder, task="encoder").run(TEXT, attentions=True)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        expected = model(torch.tensor([list(ours.text.ids)])).logits[0].softmax(-1)
    np.testing.assert_allclose(list(ours.probabilities.values()), expected, atol=1e-5)
    if name == "Albert":
        assert ours.pooler_output.shape == (16,)
