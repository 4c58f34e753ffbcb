"""The packed encoder against the library's modules and PEFT's own adapters: the same answers, and nothing of a shared tensor written."""

import numpy as np
import pytest
import torch

from components.models import files, load
from components.models.adapters import backbone
from components.models.bundled import BUNDLED_IDS
from components.models.model_inputs import tensors
from components.models.network import Network
from components.models.packed import Packed, pack
from tests.unit.models import tiny

TEXTS = ["The battery easily lasts two days.", "Tim Cook is the CEO of Apple Inc. in Cupertino. " * 6, "映画はとても[MASK]かった。", "?"]
TASK_MODELS = [id for id in BUNDLED_IDS if not id.startswith("embed")]


def inputs(model, texts=TEXTS):
    return tensors([model.aligner.tokenize(text) for text in texts], model.aligner.pad_id, True)


@pytest.mark.parametrize("id", TASK_MODELS)
def test_answers_are_those_of_the_adapter_beside_the_weights(id):
    """`model.model` is transformers' class with PEFT's LoRA layers as they were trained; probabilities within 1e-4, padding beside."""
    model = load(id)
    given = inputs(model)
    with torch.inference_mode():
        expected = model.model(**given)
    found = model.network.in_callers_precision()(**given)
    assert set(found) == set(expected)
    real = given["attention_mask"].bool()
    for name in expected:
        theirs, ours = expected[name].softmax(-1), found[name].softmax(-1)
        if theirs.shape[:2] == real.shape and theirs.dim() == 3:
            theirs, ours = theirs[real], ours[real]
        assert (theirs - ours).abs().max() < 1e-4, name
    assert any("lora" in name for name, _ in model.model.named_parameters())


@pytest.mark.parametrize("id", ["embed-en", "embed-ja", "embed-ja-en"])
def test_states_of_every_layer_are_the_librarys(id):
    encoder = load(id)
    given = encoder._transformer.preprocess(TEXTS)
    given = {name: given[name] for name in ("input_ids", "attention_mask", "token_type_ids") if name in given}
    with torch.inference_mode():
        expected = encoder.model(**given, output_hidden_states=True)
        found = Packed(encoder.model)(**given, output_hidden_states=True)
    real = given["attention_mask"].bool()
    for theirs, ours in zip(expected.hidden_states, found.hidden_states, strict=True):
        assert (theirs - ours)[real].abs().max() < 1e-4
    assert torch.equal(found.hidden_states[-1], found.last_hidden_state)


def test_shared_tensors_stay_and_own_ones_are_counted():
    base = backbone(files.find("embed-en")).model
    before = {name: tensor.clone() for name, tensor in base.state_dict().items()}
    model = load("sentiment-en")
    model.predict(TEXTS)
    assert all(torch.equal(tensor, before[name]) for name, tensor in base.state_dict().items())
    packed = model.network._packed.bert
    assert packed.embeddings.word_embeddings.weight.data_ptr() == base.embeddings.word_embeddings.weight.data_ptr()
    blocks = sum(
        parameter.nbytes for name, parameter in base.encoder.named_parameters() if name.endswith("weight") and "LayerNorm" not in name
    )
    assert packed.own_bytes == blocks and model.own_bytes > blocks
    assert Packed(base).own_bytes == 0  # without an adapter nothing is copied


def test_a_whole_models_change_is_seen(tmp_path):
    """No copy of weights that no adapter is added into: what is changed in the model is changed in its answers."""
    model = load(tiny.save(tmp_path / "classes", "BertForSequenceClassification", labels=["no", "yes"]))
    assert model.own_bytes == sum(parameter.nbytes for parameter in {*model.model.parameters(), *model.model.buffers()})
    before = model.predict(["the cat"])[0].scores["yes"]
    with torch.no_grad():
        model.model.bert.encoder.layer[1].output.dense.weight.mul_(-3)
    assert abs(model.predict(["the cat"])[0].scores["yes"] - before) > 1e-4


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "relu"])
def test_activations_and_heads_are_the_configurations(activation, tmp_path):
    from transformers import BertConfig, BertForTokenClassification

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=50, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, hidden_act=activation
    )
    model = BertForTokenClassification(config).eval()
    ids, mask = torch.randint(0, 50, (3, 9)), torch.tensor([[1] * 9, [1] * 5 + [0] * 4, [1] + [0] * 8])
    with torch.inference_mode():
        expected, found = model(input_ids=ids, attention_mask=mask).logits, pack(model)(input_ids=ids, attention_mask=mask).logits
    assert (expected - found)[mask.bool()].abs().max() < 1e-5


def test_gradients_of_what_is_read_are_the_library_s():
    model = load("sentiment-ja")
    given = inputs(model, ["この映画は本当に素晴らしかった。", "とても残念です。"])
    rows = model.model.get_input_embeddings()(given.pop("input_ids")).detach().requires_grad_()
    expected, found = (
        torch.autograd.grad(run(inputs_embeds=rows, **given).logits[:, 0].sum(), rows)[0]
        for run in (model.model, model.network.differentiable)
    )
    assert expected.abs().max() > 1e-3 and torch.allclose(expected, found, atol=1e-4)


def test_other_architectures_are_left_to_the_library():
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

    assert pack(DistilBertModel(DistilBertConfig(vocab_size=9, dim=8, n_heads=2, n_layers=1, hidden_dim=8))) is None
    small = {"vocab_size": 9, "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "intermediate_size": 8}
    assert pack(BertModel(BertConfig(**small, is_decoder=True))) is None
    watched = BertModel(BertConfig(**small))
    watched.encoder.layer[0].register_forward_hook(lambda *_: None)  # as an opened encoder's
    assert pack(watched) is None
    other = DistilBertModel(DistilBertConfig(vocab_size=9, dim=8, n_heads=2, n_layers=1, hidden_dim=8)).eval()
    assert Network(other).in_callers_precision()(input_ids=torch.tensor([[1, 2]])).last_hidden_state.shape == (1, 2, 8)


def test_an_encoder_that_is_opened_later_goes_on_answering_in_both_precisions():
    from transformers import BertConfig, BertModel

    base = BertModel(BertConfig(vocab_size=9, hidden_size=8, num_attention_heads=2, num_hidden_layers=1, intermediate_size=8)).eval()
    network, ids = Network(base), torch.tensor([[1, 2, 3]])
    exact = network.in_callers_precision()(input_ids=ids).last_hidden_state
    base.encoder.layer[0].register_forward_hook(lambda *_: None)
    with torch.autocast("cpu", torch.bfloat16):
        reduced = network.in_callers_precision()(input_ids=ids).last_hidden_state
    assert torch.allclose(exact, reduced, atol=0.05) and not torch.equal(exact, reduced)


def test_masked_words_many_at_once_and_one_by_one():
    model = load("mlm-en")
    texts = ["The capital of France is [MASK].", "[MASK] sat on the [MASK].", "word " * 700 + "[MASK] end [MASK]."]
    together = model.fill_all(texts, 3)
    for text, fills in zip(texts, together, strict=True):
        for ours, alone in zip(fills, model.fill(text, 3), strict=True):
            assert [fill.id for fill in ours] == [fill.id for fill in alone]
            assert np.allclose([fill.score for fill in ours], [fill.score for fill in alone], atol=1e-5)
    # the library's whole logits at the same position
    sequence = model.aligner.tokenize(texts[0])
    with torch.inference_mode():
        logits = model.model(**tensors([sequence], model.aligner.pad_id, True)).logits[0, sequence.ids.index(model.mask_id)]
    assert together[0][0][0].id == int(logits.argmax())
    assert together[0][0][0].score == pytest.approx(float((logits / model.temperature).softmax(-1).max()), abs=1e-4)
