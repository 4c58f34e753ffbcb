"""Today's parts from scratch against transformers' own Llama modules, and counts against models built without memory."""

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaMLP, LlamaRMSNorm, LlamaRotaryEmbedding, apply_rotary_pos_emb, repeat_kv

from components.transformer.modern import (
    cache_bytes,
    grouped_attention,
    layer_norm,
    products_by_distance,
    rms_norm,
    rotate_halves,
    silu,
    swiglu,
)
from components.transformer.parameters import (
    FIRST_BASE,
    SMOLLM2_135M,
    DecoderConfig,
    FirstConfig,
    count_parameters,
    decoder_groups,
    first_groups,
)
from components.transformer.positional import rotary


@pytest.fixture
def generator():
    return np.random.default_rng(3)


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array))


def test_layer_norm_is_torch_s(generator):
    x, gain, bias = generator.normal(2, 3, (5, 16)), generator.normal(size=16), generator.normal(size=16)
    expected = torch.nn.functional.layer_norm(tensor(x), (16,), tensor(gain), tensor(bias), eps=1e-12)
    assert np.allclose(layer_norm(x, gain, bias), expected.numpy(), atol=1e-12)


def test_rms_norm_is_llama_s(generator):
    x, gain = generator.normal(2, 3, (5, 16)).astype(np.float32), generator.normal(size=16).astype(np.float32)
    norm = LlamaRMSNorm(16, eps=1e-5)
    norm.weight.data = tensor(gain)
    assert np.allclose(rms_norm(x, gain), norm(tensor(x)).detach().numpy(), atol=1e-6)


def test_rms_norm_is_layer_norm_where_the_mean_is_zero_and_only_there(generator):
    x = generator.normal(size=(4, 32))
    centred = x - x.mean(axis=-1, keepdims=True)
    assert np.allclose(rms_norm(centred, eps=0), layer_norm(centred, eps=0)) and not np.allclose(
        rms_norm(x + 1, eps=0), layer_norm(x + 1, eps=0)
    )


def test_silu_is_torch_s_and_never_overflows():
    x = np.array([-1e4, -30.0, -1.0, 0.0, 1.0, 30.0, 1e4])
    with np.errstate(all="raise"):
        assert np.allclose(silu(x), torch.nn.functional.silu(tensor(x)).numpy(), atol=1e-12)


def test_swiglu_is_llama_s_mlp(generator):
    config = LlamaConfig(hidden_size=12, intermediate_size=20, num_attention_heads=2)
    mlp = LlamaMLP(config)
    x = generator.normal(size=(3, 12)).astype(np.float32)
    matrices = (layer.weight.detach().numpy().T for layer in (mlp.gate_proj, mlp.up_proj, mlp.down_proj))
    assert np.allclose(swiglu(x, *matrices), mlp(tensor(x)).detach().numpy(), atol=1e-6)


def test_positions_turn_as_in_llama(generator):
    config = LlamaConfig(hidden_size=32, num_attention_heads=4, rope_theta=10_000.0)
    query, key = generator.normal(size=(2, 4, 9, 8)).astype(np.float32)
    positions = np.array([0, 1, 2, 5, 8, 13, 100, 500, 1000])
    cosine, sine = LlamaRotaryEmbedding(config)(torch.zeros(1, 9, 8), tensor(positions)[None])
    expected = apply_rotary_pos_emb(tensor(query)[None], tensor(key)[None], cosine, sine)
    for ours, library in zip((query, key), expected, strict=True):
        assert np.allclose(rotate_halves(ours, positions), library[0].numpy(), atol=2e-4)  # float32 angles of the library


def test_both_pairings_give_the_same_products(generator):
    """Neighbours or halves: only the order of dimensions differs."""
    query, key, positions = generator.normal(size=(7, 8)), generator.normal(size=(7, 8)), np.arange(7) * 3
    order = [0, 4, 1, 5, 2, 6, 3, 7]  # a half's pair becomes neighbours
    ours = rotate_halves(query, positions) @ rotate_halves(key, positions).T
    assert np.allclose(ours, rotary(query[:, order], positions) @ rotary(key[:, order], positions).T)


def test_a_rotated_product_knows_the_distance_alone(generator):
    turned, added = products_by_distance(generator.normal(size=64), generator.normal(size=64), [0, 7, 300], 50)
    assert np.abs(turned - turned[0]).max() < 1e-10 < 0.1 < np.abs(added - added[0]).max()
    assert turned.shape == added.shape == (3, 51)


def test_an_odd_width_has_no_pairs():
    with pytest.raises(ValueError, match="is 5"):
        rotate_halves(np.ones((2, 5)), np.arange(2))


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_grouped_heads_are_the_library_s(generator, groups):
    Q, (K, V) = generator.normal(size=(6, 5, 4)), generator.normal(size=(2, groups, 5, 4))
    causal = np.tril(np.ones((5, 5), dtype=bool))
    K_, V_ = (repeat_kv(tensor(one)[None], 6 // groups) for one in (K, V))
    expected = torch.nn.functional.scaled_dot_product_attention(tensor(Q)[None], K_, V_, is_causal=True)[0]
    assert np.allclose(grouped_attention(Q, K, V, causal), expected.numpy(), atol=1e-12)


def test_heads_that_do_not_divide_are_refused(generator):
    with pytest.raises(ValueError, match="6 query heads"):
        grouped_attention(generator.normal(size=(6, 5, 4)), *generator.normal(size=(2, 4, 5, 4)))


def test_the_cache_is_as_large_as_the_library_s():
    from transformers import DynamicCache

    cache = DynamicCache()
    for layer in range(30):
        cache.update(*torch.zeros(2, 1, 3, 1, 64, dtype=torch.bfloat16), layer)
    kept = sum(one.keys.nbytes + one.values.nbytes for one in cache.layers)
    assert cache_bytes(30, 3, 64) == kept == 23_040


PARTS = {"word_embeddings": "embed_tokens", "attention": "self_attn", "feed_forward": "mlp", "layer_norms": "norm"}


@pytest.mark.parametrize("config", [SMOLLM2_135M, DecoderConfig(1_000, 64, 3, 8, 2, 100), DecoderConfig(77, 24, 1, 4, 4, 31)])
def test_a_decoder_s_parts_are_those_of_the_library(config):
    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig(**vars(config), tie_word_embeddings=True))
    parts = decoder_groups(config)
    for part, name in PARTS.items():
        found = [
            one.numel() for key, one in model.named_parameters() if (name in key.split(".")[-2] if part == "layer_norms" else name in key)
        ]
        assert parts[part] == sum(found), part
    assert sum(parts.values()) == sum(one.numel() for one in model.parameters())


def test_smollm2_has_as_many_parameters_as_it_says():
    assert sum(decoder_groups(SMOLLM2_135M).values()) == 134_515_008


@pytest.mark.parametrize("config", [FIRST_BASE, FirstConfig(100, 24, 2, 4, 40)])
def test_the_first_transformer_s_parts_are_torch_s(config):
    d, layers = config.hidden_size, config.num_hidden_layers
    model = torch.nn.Transformer(d, config.num_attention_heads, layers, layers, config.intermediate_size, batch_first=True, device="meta")
    kinds = {"attention": "attn", "feed_forward": "linear", "layer_norms": ".norm"}
    parts = first_groups(config)
    last = ("encoder.norm", "decoder.norm")  # after the stacks: torch's own addition
    named = {name: one.numel() for name, one in model.named_parameters() if not name.startswith(last)}
    for part, kind in kinds.items():
        assert parts[part] == sum(count for name, count in named.items() if kind in name), part
    assert sum(parts.values()) - config.vocab_size * d == sum(named.values())


def test_minilm_s_parts_are_the_library_s():
    from components.models import files
    from components.models.bundled import ENGLISH
    from components.transformer.encoder import EncoderConfig

    stored = files.find(ENGLISH.encoder).config
    with torch.device("meta"):
        model = BertModel(BertConfig(**stored))
    assert sum(count_parameters(EncoderConfig.from_mapping(stored)).groups().values()) == sum(one.numel() for one in model.parameters())
