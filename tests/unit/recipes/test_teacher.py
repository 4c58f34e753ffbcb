import struct

import numpy as np
import pytest
import torch

from recipes.teacher import dequantise_q4_0, read_weights


def block(scale: float, weights: list[int]) -> bytes:
    """ggml's Q4_0, written from its definition: weights -8..7, weight j in the low nibble of byte j, weight j + 16 in the high one."""
    nibbles = [weight + 8 for weight in weights]
    return struct.pack("<e", scale) + bytes(nibbles[j] | nibbles[j + 16] << 4 for j in range(16))


def test_a_block_worked_by_hand():
    data = struct.pack("<e", 0.5) + bytes([0x80, 0x0F, 0xF8] + [0x88] * 13)
    found = dequantise_q4_0(data, 32)
    assert found[:3].tolist() == [-4.0, 3.5, 0.0]
    assert found[16:19].tolist() == [0.0, -4.0, 3.5]
    assert not found[3:16].any()
    assert not found[19:].any()


def test_every_weight_comes_back():
    random = np.random.default_rng(0)
    weights = random.integers(-8, 8, size=(5, 32))
    scales = [0.25, 1.0, -2.0, 0.125, 8.0]
    data = b"".join(block(scale, row.tolist()) for scale, row in zip(scales, weights, strict=True))
    np.testing.assert_array_equal(dequantise_q4_0(data, 160), (weights * np.array(scales)[:, None]).ravel())


def test_wrong_size_is_told():
    with pytest.raises(ValueError, match="18 bytes"):
        dequantise_q4_0(bytes(17), 32)


def e5s1(hidden=32, layers=1, heads=2, ff=64, words=3, positions=4, types=2) -> tuple[bytes, dict[str, np.ndarray]]:
    """A small file in the format of the wheel, with random weights, and the weights as they should be read."""
    random = np.random.default_rng(1)
    shapes = {
        "emb.word": (words, hidden),
        "emb.pos": (positions, hidden),
        "emb.type": (types, hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    for part, shape in {
        "q": (hidden, hidden),
        "k": (hidden, hidden),
        "v": (hidden, hidden),
        "ao": (hidden, hidden),
        "fi": (ff, hidden),
        "fo": (hidden, ff),
    }.items():
        shapes |= {f"l0.{part}.w": shape, f"l0.{part}.b": shape[:1]}
    shapes |= {f"l0.{norm}.{kind}": (hidden,) for norm in ("aln", "oln") for kind in "wb"}
    pieces = b"abc"
    head = struct.pack("<4sI7ifi", b"E5S1", 1, hidden, layers, heads, ff, words, positions, types, 1e-12, 32)
    head += struct.pack("<5iQ", words, 0, 2, 1, 3, len(pieces)) + struct.pack("<4I3f", 0, 1, 2, 3, 0, 0, 0) + pieces
    head += struct.pack("<iI", 0, 2) + b"nn" + struct.pack("<i", len(shapes))
    index = sum(2 + len(name) + 1 + 4 + 8 + 8 for name in shapes)
    offset, entries, body, expected = len(head) + index, b"", b"", {}
    for name, shape in shapes.items():
        count = int(np.prod(shape))
        if name == "emb.word" or (len(shape) == 2 and name.startswith("l0")):
            whole = random.integers(-8, 8, size=count)
            raw = b"".join(block(0.5, whole[i : i + 32].tolist()) for i in range(0, count, 32))
            expected[name] = (whole * 0.5).reshape(shape)
        else:
            values = random.normal(size=count).astype("<f4")
            raw, expected[name] = values.tobytes(), values.reshape(shape)
        entries += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", len(shape) == 2, count, offset, len(raw))
        body, offset = body + raw, offset + len(raw)
    return head + entries + body, expected


def test_a_file_becomes_a_bert():
    data, expected = e5s1()
    config, state = read_weights(data)
    assert (config.hidden_size, config.num_hidden_layers, config.num_attention_heads, config.intermediate_size) == (32, 1, 2, 64)
    assert (config.vocab_size, config.max_position_embeddings, config.pad_token_id) == (3, 4, 1)
    places = {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
        "l0.k.w": "encoder.layer.0.attention.self.key.weight",
        "l0.ao.b": "encoder.layer.0.attention.output.dense.bias",
        "l0.aln.w": "encoder.layer.0.attention.output.LayerNorm.weight",
        "l0.fi.w": "encoder.layer.0.intermediate.dense.weight",
        "l0.oln.b": "encoder.layer.0.output.LayerNorm.bias",
    }
    for name, place in places.items():
        torch.testing.assert_close(state[place], torch.tensor(expected[name], dtype=torch.float32))
    from transformers import BertModel

    BertModel(config, add_pooling_layer=False).load_state_dict(state)


def test_another_file_is_told():
    with pytest.raises(ValueError, match="E5S1"):
        read_weights(b"GGUF" + bytes(100))
